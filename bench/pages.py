"""The demo's pages that are measured: who looks at which, once a session runs."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from coachhub.demo import ACCOUNTS
from programs.models import Member
from sessions.domain import running
from sessions.models import MicroSession, Phase

LEAN, RATING, FULL = 6, 9, 10  # times an empty page; the phase in which both rate: docs/adr/0013


@dataclass(frozen=True)
class Page:
    what: str
    member: Member
    url: str
    bound: int = FULL
    phase: Phase | None = None
    micro: MicroSession | None = None

    def prepare(self) -> None:
        """Bring the running session into the phase that the page is to show."""
        if self.micro and self.phase:
            running.go_to(self.micro, by=self.member, phase=self.phase)


def demo_pages() -> Iterator[Page]:
    """Dana's session with Amira is started: nobody's day is empty."""
    dana, amira, mia, ada = (named(name) for name, _role, _story in ACCOUNTS)
    micro = MicroSession.objects.filter(coach=dana, learner=amira, status="planned").earliest("scheduled_for")
    micro = running.start(micro, by=dana)
    home = reverse("today")
    for role, member in {"coach": dana, "learner": amira, "manager": mia, "administrator": ada}.items():
        yield Page(f"Today, {role}", member, home, LEAN)
    for phase in Phase:
        bound = RATING if phase == Phase.RATE else LEAN
        yield Page(f"Run page, {phase.label}", dana, reverse("coach:micro-run", args=[micro.pk]), bound, phase, micro)
    yield Page("Rate page, coach", dana, reverse("coach:rating-edit", args=[micro.pk]))
    yield Page("Rate page, learner", amira, reverse("learn:rating-edit", args=[micro.pk]))
    yield Page("My record", amira, reverse("learn:record"))
    yield Page("A learner's page, coach", dana, reverse("coach:enrolment-show", args=[micro.enrolment_id]))
    yield Page("My learners", dana, reverse("coach:enrolment-list"))
    yield Page("Library", amira, reverse("design:pillar-list"))
    yield Page("Insights", mia, reverse("insights:home"))


def named(name: str) -> Member:
    return Member.objects.select_related("user", "organization").get(name=name, organization__is_demo=True)
