"""The longest useful gap between two prompts, from how long a behaviour should last."""

from itertools import pairwise
from math import exp, log

PUBLISHED_BEST_GAPS = ((7, 3), (35, 8), (70, 12), (350, 27))
"""(days to the test, best gap in days): Cepeda 2008, doi 10.1111/j.1467-9280.2008.02209.x"""


def best_gap_days(horizon_days: float) -> float:
    """Log-log interpolation of the published points, the end segments extended, in days.

    The curve is flat: half to double of it does nearly as well. Raises ValueError below a
    horizon that is more than 0.
    """
    if horizon_days <= 0:
        raise ValueError("A horizon is a number of days above 0.")
    segments = list(pairwise(PUBLISHED_BEST_GAPS))
    (left, low), (right, high) = next((s for s in reversed(segments) if s[0][0] <= horizon_days), segments[0])
    slope = log(high / low) / log(right / left)
    return exp(log(low) + slope * log(horizon_days / left))


def max_gap_days(horizon_days: float) -> int:
    """`best_gap_days` in whole days, at least 1. Raises ValueError as it does."""
    return max(1, round(best_gap_days(horizon_days)))
