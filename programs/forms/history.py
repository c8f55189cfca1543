"""The filter above the audit."""

import datetime as dt

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.domain.history.events import Wanted
from programs.domain.history.kinds import choices
from programs.models import Member


class HistoryFilter(forms.Form):
    """`of` is one person, by the link on their page."""

    q = forms.CharField(label=_("Person"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("What"), required=False, choices=lambda: [("", _("Anything")), *choices()])
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    of = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def wanted(self, people: "QuerySet[Member]") -> Wanted:
        """Of these people; nonsense in the address of the page filters nothing."""
        self.is_valid()
        since = self.cleaned_data.get("since")
        return Wanted(
            people=self._chosen(people),
            kind=self.cleaned_data.get("kind") or "",
            since=timezone.make_aware(dt.datetime.combine(since, dt.time())) if since else None,
        )

    def _chosen(self, people: "QuerySet[Member]") -> "QuerySet[Member] | None":
        one, words = self.cleaned_data.get("of"), self.cleaned_data.get("q")
        if one:
            return people.filter(pk=one)
        return people.filter(Q(name__icontains=words) | Q(user__email__icontains=words)) if words else None
