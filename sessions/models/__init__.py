"""Models of the loop; the layers above import them from here."""

from sessions.models.deliveries import Delivery, Heartbeat, Message
from sessions.models.feedback import Feedback
from sessions.models.followups import FollowUp, Prompt
from sessions.models.micro import MicroMove, MicroSession, Tick
from sessions.models.notes import PrivateNote
from sessions.models.plans import ImprovementPlan
from sessions.models.ratings import Rating, RatingCode, RatingRole, Score
from sessions.models.reflections import Reflection, Reply
from sessions.models.states import HELD, OPEN, MoveReason, Phase, PractiseOn, Status

__all__ = [
    "HELD",
    "OPEN",
    "Delivery",
    "Feedback",
    "FollowUp",
    "Heartbeat",
    "ImprovementPlan",
    "Message",
    "MicroMove",
    "MicroSession",
    "MoveReason",
    "Phase",
    "PractiseOn",
    "PrivateNote",
    "Prompt",
    "Rating",
    "RatingCode",
    "RatingRole",
    "Reflection",
    "Reply",
    "Score",
    "Status",
    "Tick",
]
