"""Administration of members: find, add, change, invite, deactivate."""

from collections.abc import Sequence

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import Permission, Role, allows
from programs.access_views import permission_required
from programs.domain import addresses, ahead, coverage, enrolments, invitations, members
from programs.forms.members import PersonForm
from programs.forms.search import MemberSearch
from programs.http import MemberRequest
from programs.models import Cohort, Enrolment, Invitation, InvitationRound, Member
from programs.views.saving import attempt, page_of, status_of


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def member_list(request: MemberRequest) -> HttpResponse:
    everybody = Member.objects.visible_to(request.member)
    search = MemberSearch({"state": "active"} | request.GET.dict())
    learning = Prefetch(
        "enrolments", Enrolment.objects.managed_by(request.member).active().select_related("cohort"), "learning"
    )
    found = search.find(everybody).select_related("user").prefetch_related(learning)
    new = everybody.active().never_invited().count()
    context = {
        "search": search,
        "page": page_of(found, request),
        "new": new,
        "round": InvitationRound.objects.visible_to(request.member).running().first() if new else None,
    }
    return render(request, "programs/people/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def member_add(request: MemberRequest) -> HttpResponse:
    organization = request.member.organization
    initial = {"timezone": organization.timezone, "roles": ["learner"]}
    form = PersonForm(request.POST or None, initial=initial)
    if form.is_valid():
        made = attempt(form, lambda: members.add(organization, by=request.member, **form.cleaned_data))
        if made:
            messages.success(request, _("%(name)s is added, and not yet invited.") % {"name": made.name})
            return redirect(made)
    return render(request, "programs/people/add.html", {"form": form}, status=status_of(form))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def member_show(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member).select_related("user", "organization"), pk=pk)
    enrolments = Enrolment.objects.managed_by(request.member).select_related("cohort__program", "learner", "coach")
    invitation = Invitation.objects.visible_to(request.member).filter(member=person).open().first()
    learning = enrolments.filter(learner=person).order_by("ended_on", "-starts_on")
    coaching = enrolments.filter(coach=person).active().order_by("learner__name")
    context = {
        "person": person,
        "learning": learning,
        "coaching": coaching,
        "ahead_learning": ahead.of(learning),
        "ahead_coaching": ahead.of(coaching),
        "managing": Cohort.objects.reported_to(person).select_related("program"),
        "hidden": coverage.warnings_of(person),
        "link": link_to_hand_over(invitation),
        "invitation": invitation,
    }
    return render(request, "programs/people/show.html", context)


def link_to_hand_over(invitation: Invitation | None) -> str | None:
    """The open link, for places where mail does not arrive."""
    if invitation is None or invitations.state_of(invitation) is not invitations.State.OPEN:
        return None
    return invitations.link_of(invitation) if allows(invitations.link_of, invitation) else None


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def member_edit(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member).select_related("user"), pk=pk)
    name, email = person.name, person.user.email
    form = PersonForm(request.POST or None, instance=person, initial={"email": email})
    if form.is_valid():
        given, stood_in_for = {"known": form.check_known, **form.cleaned_data}, enrolments.stands_in_for(person)
        saved = attempt(form, lambda: addresses.change_person(person, by=request.member, **given))
        if saved:
            messages.success(request, said_after(saved, email))
            if stood_in_for and Role.COACH not in saved.roles:
                messages.info(request, no_substitute(saved, stood_in_for))
            return redirect(saved)
    context = {"form": form, "person": person, "name": name}
    return render(request, "programs/people/edit.html", context, status=status_of(form))


def said_after(person: Member, old_email: str) -> str:
    """That it is saved, and what a new address means for the administrator."""
    if old_email.lower() == person.user.email.lower():
        return _("Saved.")
    if person.joined_at:
        return _("Saved. %(name)s signs in with the new address from now on, first by e-mailed code.") % {
            "name": person
        }
    return _("Saved. Send an invitation to the new address.")


def no_substitute(person: Member, learners: Sequence[str]) -> str:
    """What taking away the role of coach ended."""
    words = {"name": person, "learners": ", ".join(learners)}
    return _("%(name)s no longer stands in with %(learners)s. What is planned goes back to the usual coach.") % words


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def member_invite(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member), pk=pk)
    invitations.invite(person, by=request.member)
    messages.success(request, _("%(name)s gets a mail with a new link.") % {"name": person.name})
    return redirect(person)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def member_deactivate(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member), pk=pk)
    members.deactivate(person, by=request.member)
    messages.success(request, _("%(name)s is signed out and gets no more messages.") % {"name": person.name})
    return redirect(person)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def member_reactivate(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Member.objects.visible_to(request.member), pk=pk)
    members.reactivate(person, by=request.member)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return redirect(person)
