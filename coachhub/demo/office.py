"""What waits for the administrator today: a learner whose coach has left, an address that refuses mail."""

from datetime import datetime, timedelta

from coachhub.demo.history import MINUTE, Historian
from coachhub.demo.people import ADMINISTRATOR, People
from programs.domain import enrolments
from programs.models import Enrolment, Member
from sessions.models import Delivery, Message, MicroSession

WITHOUT_COACH = "Carla Bianchi"
UNREACHABLE = "Idris Bello"


def plan_for_unreachable(people: People, historian: Historian, now: datetime) -> None:
    """A session tomorrow, of which the learner will not hear."""
    tomorrow = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    historian.planned(enrolment_of(people, UNREACHABLE), tomorrow, 20)


def tell_office(people: People, now: datetime) -> None:
    """Needs the sessions in the database."""
    administrator = people.organization.members.get(name=ADMINISTRATOR)
    enrolments.reassign(enrolment_of(people, WITHOUT_COACH), coach=None, by=administrator)
    refuse_mail(people.learners[UNREACHABLE], now - 50 * MINUTE)


def enrolment_of(people: People, name: str) -> Enrolment:
    return next(enrolment for enrolment in people.enrolments if enrolment.learner.name == name)


def refuse_mail(learner: Member, at: datetime) -> None:
    """The message about the session of tomorrow failed at that time."""
    micro = MicroSession.objects.get(learner=learner, status="planned")
    message = Message.objects.create(
        organization=learner.organization, recipient=learner, kind=Message.Kind.SCHEDULE, micro=micro, due_at=at,
        local_date=at.date(),
    )  # fmt: skip
    Delivery.objects.create(
        message=message, state=Delivery.State.FAILED, next_try_at=at, first_try_at=at, attempts=1,
        reason="550 5.1.1 no such mailbox",
    )  # fmt: skip
    Member.objects.filter(pk=learner.pk).update(mail_bounced_at=at)
