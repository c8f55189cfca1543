"""The learner's one flow: levels, what changed, why, the plan, how sure. Whatever can be kept is kept."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coachhub.errors import DomainError, Invalid, Stale
from programs.http import MemberRequest
from programs.models import Agreement, Member
from sessions.domain import feedback, plans, questions, ratings, reflections, set_aside, visibility
from sessions.forms.rating import Problem, Scale, levels_in, naming, problem_of, scales_of
from sessions.forms.reflection import ReflectionForm
from sessions.models import HELD, Feedback, MicroSession, Rating, Status


class Flow:
    """One request of the flow. `take` keeps what was posted and says whether all of it was good."""

    def __init__(self, micro: MicroSession, member: Member, data: QueryDict | None = None) -> None:
        self.micro, self.member, self.data = micro, member, data
        self.later = bool(data and "later" in data)
        self.only_rating = bool(data and "rating" in data)
        self.problems: list[Problem] = []
        self.stale: Stale | None = None
        self.reflection = reflections.reflection_of(micro)
        self.plan = plans.draft_of(micro, times=())  # the flow does not ask when the two meet next
        self.form = self._form()

    def _form(self) -> ReflectionForm:
        initial = {
            "what_changed": self.reflection.what_changed,
            "why_it_matters": self.reflection.why_it_matters,
            "confidence": self.reflection.confidence,
            "version": self.reflection.version,
            "cue": self.plan.cue,
            "will": self.plan.will,
            "plan_version": self.plan.version,
        }
        open_plan = reflections.plan_is_open(self.micro, self.member)
        data = None if self.only_rating else self.data
        return ReflectionForm(data, initial=initial, draft=self.later, with_plan=open_plan)

    def take(self) -> bool:
        """Keep the levels, hand in unless it is for later; then the same with the words."""
        try:
            levels = levels_in(self.data or {})
            if levels:
                ratings.score_all(self.micro, by=self.member, levels=levels)
            if not self.later:
                ratings.submit(self.micro, by=self.member)
        except DomainError as problem:
            self.problems.append(problem_of(problem))
        if not self.only_rating:
            self._take_words()
        return not self.problems and not self.form.errors

    def _take_words(self) -> None:
        complete = self.form.is_valid()
        words = {name: value for name, value in self.form.cleaned_data.items() if name in reflections.DRAFT_FIELDS}
        seen = {
            "version": self.form.cleaned_data.get("version", 0),
            "plan_version": self.form.cleaned_data.get("plan_version", 0),
        }
        try:
            if complete and not self.later:
                reflections.save(self.micro, by=self.member, **{"cue": "", "will": ""} | words, **seen)
            else:
                reflections.keep_draft(self.micro, by=self.member, fields=words, **seen)
        except DomainError as problem:
            own, plan = reflections.reflection_of(self.micro), plans.draft_of(self.micro, times=())
            self.stale = refuse(self.form, problem, version=own.version, plan_version=plan.version)

    def next_page(self, request: MemberRequest) -> str:
        """Where a good post leads, with the words that say what happened."""
        if self.later:
            messages.success(request, _("Kept. You can finish it from Today."))
            return reverse("today")
        if self.only_rating:
            return reverse("learn:rating-edit", args=[self.micro.pk])
        messages.success(request, self._saved())
        return reverse("learn:micro-show", args=[self.micro.pk])

    def _saved(self) -> str:
        """What becomes of it, and when the learner hears of it again."""
        self.micro.refresh_from_db(fields=["revealed_at"])  # this very post may have handed in the second rating
        opens = self.micro.is_revealed
        saved = _("Saved. %(coach)s reads it.") if opens else _("Saved. %(coach)s reads it once both ratings are in.")
        saved %= {"coach": self.micro.coach}
        asked = questions.next_question(self.micro, by=self.member)
        if asked is None:
            return f"{saved} {_('You are done here.')}"
        if asked.is_due:
            return f"{saved} {_('A question about your plan waits on Today.')}"
        day = date_format(timezone.localtime(asked.due_at), "l j F")
        return f"{saved} {_('We ask how your plan goes on %(day)s.') % {'day': day}}"

    @property
    def status(self) -> int:
        """Of the page that comes back when something was not taken."""
        return (self.stale or Invalid).status

    def context(self) -> dict[str, Any]:
        rating = ratings.rating_of(self.micro, by=self.member)
        levels = ratings.scores_of(rating)
        scales = scales_of(self.micro, levels)
        left = self._left(rating, scales)
        held, said = self.micro.status in HELD, self._said()
        return {
            "micro": self.micro,
            "rating": rating,
            "scales": naming(left, scales),
            "left": left,
            "rated": len(levels),
            "reveal": visibility.reveal_of(self.micro, by=self.member),
            "said": said,
            "listens": self._listens(said),
            "form": self.form,
            "reflection": self.reflection,
            "problems": self.problems,
            "stale": self.stale,
            "reflects": held or rating.submitted_at is not None,
            "waits": self.micro.status == Status.RUNNING and not self.micro.is_revealed,
            "agreement": self._agreement(),
        }

    def _left(self, rating: Rating, scales: Sequence[Scale]) -> dict[int, int | None]:
        """What the learner chose before the rest was handed in from a device without their login, and not since."""
        unanswered = {scale.pk for scale in scales if scale.chosen is None}
        if rating.submitted_at is None or not unanswered:
            return {}
        left = set_aside.left_behind(self.micro, by=self.member)
        return {pk: left[pk] for pk in left.keys() & unanswered}

    def _said(self) -> list[Feedback]:
        """The coach's keep and change with their lines: what to write about; nothing before the reveal."""
        items = feedback.items_of(self.micro, by=self.member).values() if self.micro.is_revealed else ()
        return [item for item in items if item.line]

    def _listens(self, said: Sequence[Feedback]) -> bool:
        """Whether the page looks for more of the coach's lines: once both ratings are in, until both lines are there
        or the session is closed."""
        open_still = self.micro.status in (Status.RUNNING, Status.CLOSING)
        return self.micro.is_revealed and open_still and len(said) < len(Feedback.Kind)

    def _agreement(self) -> Agreement | None:
        """The one that still waits for the learner's tap; it never blocks."""
        mine = Agreement.objects.visible_to(self.member).filter(enrolment=self.micro.enrolment_id)
        return mine.filter(status=Agreement.Status.DRAFT, learner=self.member).first()


def refuse(form: forms.Form, problem: DomainError, **versions: int) -> Stale | None:
    """Say it beside its field. After a stale save the form takes the new versions on: who has seen both may save."""
    form.add_error(problem.field if problem.field in form.fields else None, str(problem.sentence))
    if not isinstance(problem, Stale):
        return None
    data = QueryDict(mutable=True)
    data.update(form.data)
    for name, version in versions.items():
        data[name] = str(version)
    form.data = data
    return problem
