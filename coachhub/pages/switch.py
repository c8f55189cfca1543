"""Being somebody else: another membership of the same login, or anybody of the demo."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_list_or_404, get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from programs.domain import logins
from programs.http import MemberRequest
from programs.middleware import BY_ONE_CLICK, CHOSEN_MEMBER
from programs.models import Member
from programs.views.invitations import enter


@require_POST
def member_switch(request: MemberRequest) -> HttpResponse:
    """Work in another organization from now on, on the page that the form names, else on Today; only own memberships
    that are active and joined."""
    own = request.user.members.active().exclude(joined_at=None)
    member = get_object_or_404(own, pk=number(request))
    request.session[CHOSEN_MEMBER] = member.pk
    if not request.session.get(BY_ONE_CLICK):  # who came so has not shown whose choice it is
        logins.opens_next(member)
    return on_to(request)


@login_not_required
@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """One-click sign-in as a person of the demo, by number or by name; not there outside demo mode."""
    if not settings.DEMO:
        raise Http404
    people = Member.objects.of_the_demo().select_related("user")
    if name := request.POST.get("name", "").replace("\0", ""):
        member = get_list_or_404(people.order_by("pk"), name=name)[0]
    else:
        member = get_object_or_404(people, pk=number(request))
    answer = enter(request, member)
    request.session[BY_ONE_CLICK] = True
    return on_to(request) if answer["Location"] == reverse("today") else answer


def on_to(request: HttpRequest) -> HttpResponseRedirect:
    """To the page of this site that the form names, else to Today."""
    url = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(url, allowed_hosts=None, require_https=request.is_secure())
    return HttpResponseRedirect(url if here and url.startswith("/") else reverse("today"))


def number(request: HttpRequest) -> int:
    """The member named in the form. Raises Http404 when it is no number."""
    value = request.POST.get("member", "")
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Http404
    return int(value)
