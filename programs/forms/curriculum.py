"""Programs, cohorts and enrolments, as an administrator fills them in. Choices come from the administrator's doors."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from programs.access import Role
from programs.domain.agreements import Clauses
from programs.domain.enrolments import Slot
from programs.forms.fields import NameField, date_input, time_input
from programs.forms.known import KnownMixin
from programs.models import AgreementText, Cohort, Enrolment, FormerCohort, Member, Pillar, Program

if TYPE_CHECKING:
    ProgramModelForm = forms.ModelForm[Program]
    CohortModelForm = forms.ModelForm[Cohort]
    TextModelForm = forms.ModelForm[AgreementText]
    CohortChoice = forms.ModelChoiceField[Cohort]
    MemberChoice = forms.ModelChoiceField[Member]
    MembersChoice = forms.ModelMultipleChoiceField[Member]
    PillarChoice = forms.ModelChoiceField[Pillar]
else:
    ProgramModelForm = CohortModelForm = TextModelForm = forms.ModelForm
    CohortChoice = MemberChoice = PillarChoice = forms.ModelChoiceField
    MembersChoice = forms.ModelMultipleChoiceField


class ProgramForm(KnownMixin, ProgramModelForm):
    class Meta:
        model = Program
        fields = ("name", "sessions_per_month", "minutes", "horizon_days", "target_level")
        field_classes = {"name": NameField}
        labels = {
            "sessions_per_month": _("Sessions in four weeks"),
            "minutes": _("Minutes each"),
            "horizon_days": _("Follow up for, in days"),
            "target_level": _("Target level, 1 to 4"),
        }
        help_texts = {
            "sessions_per_month": _("For each learner. Four is one a week."),
            "minutes": _("10 to 20."),
            "horizon_days": _("How long the skill must hold after the last session."),
        }
        widgets = {
            "sessions_per_month": forms.NumberInput(attrs={"min": 1, "max": 20}),
            "minutes": forms.NumberInput(attrs={"min": 10, "max": 20}),
            "horizon_days": forms.NumberInput(attrs={"min": 7, "max": 730}),
            "target_level": forms.NumberInput(attrs={"min": 1, "max": 4}),
        }


class NewProgramForm(ProgramForm):
    """The pillar is chosen once: a program of another pillar is another program."""

    pillar = PillarChoice(queryset=Pillar.objects.none(), label=_("Pillar"))
    field_order = ("pillar", "name")

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pillar"].queryset = Pillar.objects.visible_to(by)  # type: ignore[attr-defined]


class AgreementForm(KnownMixin, TextModelForm):
    """The default of a program; saving other words makes a new version."""

    class Meta:
        model = AgreementText
        fields = ("purpose", "confidential", "feedback_style", "success_measure", "review_after_days")
        widgets = {
            name: forms.Textarea(attrs={"rows": 2})
            for name in ("purpose", "confidential", "feedback_style", "success_measure")
        }

    def values_of(self, row: Program) -> dict[str, Any]:
        return super().values_of(row.agreement_text) if row.agreement_text else {}

    @property
    def clauses(self) -> Clauses:
        """The four clauses of a valid form."""
        words = {name: self.cleaned_data[name] for name in Clauses.__dataclass_fields__}
        return Clauses(**words)


class CohortForm(KnownMixin, CohortModelForm):
    managers = MembersChoice(
        queryset=Member.objects.none(),
        required=False,
        label=_("Managers"),
        help_text=_("They see figures of this cohort or of larger groups, never a person."),
        widget=forms.CheckboxSelectMultiple(),
    )

    class Meta:
        model = Cohort
        fields = ("name", "starts_on", "ends_on", "managers")
        field_classes = {"name": NameField}
        widgets = {"starts_on": date_input(), "ends_on": date_input()}

    def __init__(self, *args: Any, by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        managers = Member.objects.visible_to(by).with_role(Role.MANAGER)
        self.fields["managers"].queryset = managers  # type: ignore[attr-defined]

    def validate_constraints(self) -> None:
        """Nothing: the domain says it in words, at the field that is to blame."""


def coaches(by: Member) -> MemberChoice:
    """A choice among the active coaches of the organization."""
    return MemberChoice(queryset=Member.objects.visible_to(by).with_role(Role.COACH), label=_("Coach"))


class SlotMixin(forms.Form):
    """One usual time a week; none is fine."""

    weekday = forms.TypedChoiceField(
        label=_("Usual day"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("None yet")), *WEEKDAYS.items()],
    )
    starts_at = forms.TimeField(label=_("Usual time"), required=False, widget=time_input())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if (values.get("weekday") is None) != (values.get("starts_at") is None):
            missing = "starts_at" if values.get("starts_at") is None else "weekday"
            self.add_error(missing, _("A usual time needs a day and a time."))
        return values

    def slots(self, zone: str) -> list[Slot]:
        """The usual time in that zone, or nothing."""
        if self.cleaned_data["weekday"] is None:
            return []
        return [Slot(self.cleaned_data["weekday"], self.cleaned_data["starts_at"], zone)]


class EnrolForm(SlotMixin):
    """A learner who does not learn this pillar yet, and a coach, now or later."""

    learner = MemberChoice(
        queryset=Member.objects.none(),
        label=_("Learner"),
        help_text=_(
            "Who has the role Learner and does not learn this yet. Who learns it in another cohort moves from there; "
            "add others under People first."
        ),
    )
    field_order = ("learner", "coach", "starts_on", "weekday", "starts_at")

    def __init__(self, *args: Any, by: Member, cohort: Cohort, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        busy = Enrolment.objects.managed_by(by).active().filter(pillar=cohort.program.pillar_id)
        free = Member.objects.visible_to(by).with_role(Role.LEARNER).exclude(pk__in=busy.values("learner"))
        self.fields["learner"].queryset = free  # type: ignore[attr-defined]
        self.fields["coach"] = coaches(by)
        self.fields["coach"].required = False
        self.fields["starts_on"] = forms.DateField(
            label=_("Starts"), widget=date_input(), initial=max(cohort.starts_on, timezone.localdate())
        )
        self.order_fields(self.field_order)


class ReassignForm(forms.Form):
    def __init__(self, *args: Any, by: Member, enrolment: Enrolment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = coaches(by)
        field.queryset = field.queryset.exclude(pk__in=[enrolment.coach_id or 0, enrolment.learner_id])  # type: ignore[union-attr]
        field.label = _("New coach") if enrolment.coach_id else _("Coach")
        self.fields["coach"] = field


class SubstituteForm(ReassignForm):
    starts_on = forms.DateField(label=_("From"), widget=date_input(), initial=timezone.localdate)
    ends_on = forms.DateField(label=_("Until"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "id_substitute_%s"  # the form beside it on the page has a coach as well
        self.fields["coach"].label = _("Substitute")
        self.order_fields(("coach", "starts_on", "ends_on"))


type Cohorts = Collection[int] | QuerySet[FormerCohort, int]


class CohortField(CohortChoice):
    """The program stands before it: another one of the pillar may have a cohort of that name."""

    def label_from_instance(self, obj: Cohort) -> str:
        return f"{obj.program}, {obj}"


class MoveForm(forms.Form):
    """Another cohort of the pillar that takes learners, or the one from which they came just now."""

    cohort = CohortField(queryset=Cohort.objects.none(), label=_("Move to"))

    def __init__(self, *args: Any, by: Member, cohort: Cohort, back: Cohorts = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ours = Cohort.objects.visible_to(by)
        others = (ours.open() | ours.filter(pk__in=back)).filter(program__pillar=cohort.program.pillar_id)
        found = others.exclude(pk=cohort.pk).select_related("program").order_by(Lower("program__name"), Lower("name"))
        self.fields["cohort"].queryset = found  # type: ignore[attr-defined]

    @cached_property
    def has_choices(self) -> bool:
        """Whether there is a cohort to choose. One query, which the field then needs no more."""
        field = self.fields["cohort"]
        field.choices = list(iter(field.choices))  # type: ignore[attr-defined]  # its length is a query of its own
        return len(field.choices) > 1  # type: ignore[attr-defined]
