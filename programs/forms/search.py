"""The filter above the list of members."""

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from programs.access import Role
from programs.models import Member

STATES = {
    "active": (_("Active"), Q(deactivated_at=None)),
    "new": (_("Not invited"), Q(deactivated_at=None, invited_at=None, joined_at=None)),
    "invited": (_("Invited"), Q(deactivated_at=None, invited_at__isnull=False, joined_at=None)),
    "joined": (_("Joined"), Q(deactivated_at=None, joined_at__isnull=False)),
    "left": (_("Deactivated"), Q(deactivated_at__isnull=False)),
}


class MemberSearch(forms.Form):
    q = forms.CharField(label=_("Name, e-mail or number"), required=False, max_length=120)
    role = forms.ChoiceField(label=_("Role"), required=False, choices=[("", _("Any")), *Role.choices])
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[(key, words) for key, (words, _rows) in STATES.items()]
    )

    def find(self, members: "QuerySet[Member]") -> "QuerySet[Member]":
        """Members that match; nonsense in the address of the page filters nothing."""
        self.is_valid()
        values = self.cleaned_data
        members = members.filter(STATES[values.get("state") or "active"][1])
        if words := values.get("q"):
            by_words = Q(name__icontains=words) | Q(user__email__icontains=words) | Q(external_id__iexact=words)
            members = members.filter(by_words)
        return members.filter(roles__contains=[values["role"]]) if values.get("role") else members
