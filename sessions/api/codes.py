"""A 6-digit code for the coach's screen, with which the learner rates without a login."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from coachhub.api.given import Instant
from coachhub.api.shown import Composed
from programs.api.calls import Call, does
from programs.api.tokens import ApiRequest
from sessions.api.doors import coached
from sessions.domain import codes
from sessions.domain.codes import Handout


@dataclass(frozen=True)
class Made:
    """A code that opens one rating until `expires_at`."""

    session: int
    handout: Handout
    expires_at: datetime


class CodeShown(Composed):
    """Answered once: only hashes are kept."""

    route = "api:code"
    key = "session"
    session = serializers.IntegerField()
    code = serializers.CharField(source="handout.code", help_text="Six digits, to be typed at `enter_at`.")
    link = serializers.SerializerMethodField(help_text="Opens the rating too, for a QR code.")
    enter_at = serializers.SerializerMethodField(help_text="The page that asks for the six digits.")
    expires_at = Instant()

    def get_link(self, made: Made) -> str:
        return self._absolute("learn:code-follow", made.handout.token)

    def get_enter_at(self, made: Made) -> str:
        return self._absolute("learn:code-enter")

    def _absolute(self, name: str, *args: str) -> str:
        address: str = self.context["request"].build_absolute_uri(reverse(name, args=args))
        return address


class MakeCode(Call):
    tag = "Ratings"

    @does("Make a code for the learner's rating", gives=CodeShown, keyed=False)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Made:
        """Opens the learner's rating for 15 minutes without a login; who has it rates on the page behind the link.

        A newer code closes the older one, so the call is repeated when its answer was lost. For the coach.
        """
        handout = codes.make(coached(request, pk), by=request.member)
        return Made(pk, handout, timezone.now() + handout.expires_in)
