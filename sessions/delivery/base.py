"""What a channel is: something that hands one delivery over and says how that went."""

from abc import ABC, abstractmethod
from types import TracebackType
from typing import ClassVar, Self

from sessions.models import Delivery


class DeliveryFailed(Exception):
    """The receiver did not take it. `reason` is for the outbox page: no content, no address.

    `permanent`: trying again is pointless. `address_refused`: this person cannot be reached this way.
    `everybody`: it would be the same for the whole batch, since nobody answers.
    """

    def __init__(
        self, reason: str, *, permanent: bool = False, address_refused: bool = False, everybody: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.address_refused = address_refused
        self.everybody = everybody


class Channel(ABC):
    """One way to reach people. Used as a context manager for one batch, which may share a connection."""

    kind: ClassVar[str]

    @abstractmethod
    def send(self, delivery: Delivery) -> None:
        """Hand it over; returning means that the receiver has taken it. Raises DeliveryFailed.

        The delivery's id is its identity for the receiver, the same at every try.
        """

    def close(self) -> None:  # noqa: B027 (a channel may hold nothing)
        """Give back what the batch held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
