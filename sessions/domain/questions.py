"""What a question shows beside itself, the same in a mail and on its page: the plan it is about, and what to add."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from django.utils import timezone

from coachhub.errors import DomainError
from programs.models import Member
from sessions.domain import pacing, prompts
from sessions.domain.spacing import DEFAULT_RULES, Answer, Outcome
from sessions.domain.times import on_past_day, past_day
from sessions.domain.wishes import is_quiet
from sessions.models import MicroSession, Prompt
from sessions.models.plans import if_whole


class Hint(StrEnum):
    """What is asked or said besides the question."""

    NEW_CUE = "new_cue"  # no chance twice: would another moment fit better?
    TIMING = "timing"  # three times no answer: is another time of day better?
    LAST = "last"  # one more silence and the questions stop
    AGAIN = "again"  # the last one had no answer: why the same comes again


@dataclass(frozen=True)
class Question:
    """`sentence` is the plan in the learner's words, "" when none was written; then `focus` stands for it."""

    prompt: Prompt
    sentence: str
    focus: str
    session_at: datetime
    hint: Hint | None

    @property
    def text(self) -> str:
        return self.prompt.question

    @property
    def day(self) -> str:
        """Of the session, after "from", in the active time zone."""
        return past_day(self.session_at)

    @property
    def on_day(self) -> str:
        """Of the session, after "your session"."""
        return on_past_day(self.session_at)

    @property
    def stretch(self) -> int:
        """The rate that a page shows, so that "fewer" asked for twice from it counts once."""
        return self.prompt.follow_up.stretch


def question_of(prompt: Prompt) -> Question:
    """Reads the prompt's follow-up, plan, session and focus, and the follow-up's other prompts."""
    plan, micro = prompt.follow_up.plan, prompt.follow_up.plan.micro
    return Question(
        prompt=prompt,
        sentence=in_one_line(plan.cue, plan.will),
        focus=micro.focus_criterion.name,
        session_at=micro.started_at or micro.scheduled_for,
        hint=hint_for(pacing.outcomes_before(prompt, prompt.follow_up.prompts.all())),
    )


def in_one_line(cue: str, will: str) -> str:
    """The plan that a question is about, "" while it is not complete."""
    return " ".join(if_whole(cue, will).split())


def hint_for(history: tuple[Outcome, ...]) -> Hint | None:
    """The most pressing thing to add, from how the earlier questions of the plan ended."""
    silences = _run_at_end(history, None)
    if silences == DEFAULT_RULES.stop_after - 1:
        return Hint.LAST
    if silences == DEFAULT_RULES.half_rate_after and not _was_asked_about_timing(history[:-silences]):
        return Hint.TIMING
    answers = tuple(outcome for outcome in history if outcome)
    if _run_at_end(answers, Answer.NO_CHANCE) >= DEFAULT_RULES.new_cue_after:
        return Hint.NEW_CUE
    return Hint.AGAIN if silences == 1 else None


def _was_asked_about_timing(history: tuple[Outcome, ...]) -> bool:
    ends = range(1, len(history) + 1)
    return any(_run_at_end(history[:end], None) >= DEFAULT_RULES.half_rate_after for end in ends)


def _run_at_end(history: tuple[Outcome, ...], wanted: Outcome) -> int:
    return sum(1 for _each in takewhile(lambda outcome: outcome is wanted, reversed(history)))


@dataclass(frozen=True)
class Standing:
    """What can still be done with a question: `refusal` says why it takes no answer, "" when it does.

    `told_to` is the coach who noted the answer in a talk, "" where the learner gave it.
    """

    refusal: str
    answered: str
    told_to: str
    change_until: datetime | None
    next_at: datetime | None


def standing_of(prompt: Prompt, by: Member) -> Standing:
    """Where the question stands for its learner. Three queries at most."""
    following = prompt.follow_up.prompts.open().filter(sequence__gt=prompt.sequence).first()
    try:
        prompts.check_can_answer(by, prompt)
        refusal = ""
    except DomainError as problem:
        refusal = str(problem.sentence)
    return Standing(
        refusal=refusal,
        answered=prompt.get_answer_display() if prompt.answered_at else "",
        told_to=prompt.told_to.name if prompt.told_to else "",
        change_until=prompt.answered_at + prompts.CHANGE_WITHIN if prompt.answered_at and not refusal else None,
        next_at=following.due_at if following and prompt.answered_at and not is_quiet(by) else None,
    )


@dataclass(frozen=True)
class NextQuestion:
    """The open one about a plan: waiting for an answer now, or coming at `due_at`; `late`, not within a day."""

    pk: int
    due_at: datetime
    late: bool
    is_due: bool


def next_question(micro: MicroSession, *, by: Member) -> NextQuestion | None:
    """About the session's plan, for its learner; None while the learner has stopped or paused them. One query."""
    if is_quiet(by):
        return None
    rows = Prompt.objects.asked_of(by).open().filter(follow_up__plan__micro=micro).order_by("due_at")
    first = rows.values_list("pk", "due_at", "late", "status").first()
    if first is None:
        return None
    pk, due_at, late, status = first
    return NextQuestion(pk, due_at, late, is_due=status == Prompt.Status.ASKED or due_at <= timezone.now())
