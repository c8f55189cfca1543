"""Agreements: a draft from the program's default at enrolment, accepted by the learner with one tap, then frozen."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coachhub.errors import NotAllowed, WrongState
from programs import registry
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.models import Agreement, AgreementText, Enrolment, Member, Organization, Program


@dataclass(frozen=True)
class Clauses:
    """What a coach and a learner agree on."""

    purpose: str
    confidential: str
    feedback_style: str
    success_measure: str


def clauses_of(text: AgreementText | Agreement) -> Clauses:
    """The four clauses of a default or of an agreement."""
    return Clauses(text.purpose, text.confidential, text.feedback_style, text.success_measure)


def default_of(program: Program) -> AgreementText:
    """What its pairs start from; a blank text where a program has none."""
    return program.agreement_text or AgreementText(organization_id=program.organization_id)


def write_default(organization: Organization) -> AgreementText:
    """The first default of a new organization; every program starts with it."""
    clauses = Clauses(
        purpose=_(
            "We practise one skill at a time, on real work, in 10 to 20 minutes. The learner picks what matters."
        ),
        confidential=_(
            "What is said, written and rated stays between the two of us. Managers see groups, never a person."
        ),
        feedback_style=_(
            "About what was done and what it led to, never about the person. One thing to keep, one to change."
        ),
        success_measure=_("The success criterion of each session, and the target level of the program."),
    )
    return AgreementText.objects.create(organization=organization, name=_("Coaching agreement"), **asdict(clauses))


@transaction.atomic
def revise(
    program: Program, *, by: Member, clauses: Clauses, review_after_days: int, known: Known[Program] = unasked
) -> AgreementText:
    """A new version of the program's default, unless it says the same; drafts take it over.

    Raises NotAllowed, SavedMeanwhile.
    """
    check_manages(by, program.organization_id)
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)  # its text is read after the wait
    known(program)
    old = program.agreement_text
    if old and (clauses_of(old), old.review_after_days) == (clauses, review_after_days):
        return old
    name = old.name if old else program.name[:80]
    versions = AgreementText.objects.select_for_update().filter(organization=program.organization_id, name=name)
    text = AgreementText.objects.create(
        organization_id=program.organization_id, name=name, review_after_days=review_after_days,
        version=max(versions.values_list("version", flat=True), default=0) + 1, **asdict(clauses),
    )  # fmt: skip
    program.agreement_text = text
    program.save(update_fields=["agreement_text"])
    drafts = Agreement.objects.filter(enrolment__program=program, status=Agreement.Status.DRAFT)
    drafts.update(**asdict(clauses))
    return text


def draft(enrolment: Enrolment) -> Agreement | None:
    """What the pair may accept; none while nobody coaches or the program has no default."""
    return next(iter(draft_all([enrolment])), None)


def draft_all(enrolments: Iterable[Enrolment]) -> list[Agreement]:
    """The same for several pairs, in one statement."""
    return Agreement.objects.bulk_create(
        Agreement(
            organization_id=enrolment.organization_id, enrolment=enrolment, learner_id=enrolment.learner_id,
            coach_id=enrolment.coach_id, **asdict(clauses_of(text)),
        )
        for enrolment in enrolments
        if enrolment.coach_id is not None and (text := enrolment.program.agreement_text)
    )  # fmt: skip


def check_can_accept(agreement: Agreement, *, by: Member) -> None:
    """Raises NotAllowed for anybody but the learner, WrongState once signed or ended."""
    if by.pk != agreement.learner_id or not by.is_active:
        raise NotAllowed(_("The learner accepts the agreement."))
    if agreement.status != Agreement.Status.DRAFT:
        raise WrongState(_("This agreement is not open any more."))


@transaction.atomic
def accept(agreement: Agreement, *, by: Member, version: int | None = None) -> Agreement:
    """The learner's one tap: the text is frozen. `version` is that of the text they have read, if it is known.

    Raises NotAllowed, WrongState once signed or ended, or when the text is another by now.
    """
    related = Agreement.objects.select_related("enrolment__program__agreement_text")
    now = related.select_for_update(of=("self",), no_key=True).filter(pk=agreement.pk).first()
    if now is None:  # a draft goes with a move that is taken back
        raise WrongState(_("This agreement is not open any more."))
    agreement = now
    check_can_accept(agreement, by=by)
    if version is not None and version != agreement.version:
        raise WrongState(_("The text has changed since you opened it. You have agreed to nothing: read it again."))
    text = agreement.enrolment.program.agreement_text
    review = timezone.localdate() + timedelta(days=text.review_after_days) if text else None
    drafts = Agreement.objects.filter(pk=agreement.pk, status=Agreement.Status.DRAFT)
    if not drafts.update(status=Agreement.Status.SIGNED, signed_at=timezone.now(), review_on=review):
        raise WrongState(_("This agreement is not open any more."))
    return Agreement.objects.select_related("coach", "learner", "enrolment").get(pk=agreement.pk)


def follow_programs(enrolments: Collection[Enrolment], *, back: Collection[int] = ()) -> None:
    """They learn in another program now. What is agreed stays; drafts take its words, and who has none gets one.

    Those who are `back` where no words are lose the draft that they got elsewhere. Two statements, and one for each
    program.
    """
    open_ones = Agreement.objects.filter(enrolment__in=enrolments).exclude(status=Agreement.Status.ENDED)
    for program in {enrolment.program for enrolment in enrolments}:
        drafts = open_ones.filter(enrolment__program=program, status=Agreement.Status.DRAFT)
        if text := program.agreement_text:
            drafts.update(**asdict(clauses_of(text)))
        elif back:
            drafts.filter(enrolment__in=back).delete()
    have_one = set(open_ones.values_list("enrolment", flat=True))
    draft_all(enrolment for enrolment in enrolments if enrolment.pk not in have_one)


def end_all(enrolments: Iterable[Enrolment]) -> None:
    """The open agreements of these enrolments end, with the enrolment or with its coach; one statement."""
    open_ones = Agreement.objects.filter(enrolment__in=enrolments).exclude(status=Agreement.Status.ENDED)
    open_ones.update(status=Agreement.Status.ENDED, ended_at=timezone.now())


def resume(enrolment: Enrolment) -> Agreement | None:
    """What was agreed with its coach counts again, as it was signed: the end of the enrolment is taken back.

    An ended one stays as it is, so this is a row of its own; a draft where nothing was signed.
    """
    last = Agreement.objects.filter(enrolment=enrolment, coach=enrolment.coach_id).order_by("ended_at", "pk").last()
    if last is None or last.signed_at is None:
        return draft(enrolment)
    return Agreement.objects.create(
        organization_id=last.organization_id, enrolment=enrolment, learner_id=last.learner_id, coach_id=last.coach_id,
        status=Agreement.Status.SIGNED, signed_at=last.signed_at, review_on=last.review_on, **asdict(clauses_of(last)),
    )  # fmt: skip


def held_by_others(agreement: Agreement) -> list[str]:
    """Who else held sessions in this enrolment, by name: the learner decides whether these go along."""
    names = registry.held_by(agreement.enrolment_id)
    return sorted(name for pk, name in names.items() if pk != agreement.coach_id)
