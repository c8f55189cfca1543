"""What a sign-in form that was sent twice gets: the first post has signed in and spent the page's token."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.csrf import csrf_failure


def refused_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """On to Today for who is signed in by now as the person the form names; 403 for everything else."""
    return redirect("today") if signed_in_by_now(request) else csrf_failure(request, reason)


def signed_in_by_now(request: HttpRequest) -> bool:
    member = getattr(request, "member", None)
    if member is None:
        return False
    if request.path == reverse("demo-sign-in"):
        return request.POST.get("member") == str(member.pk) or request.POST.get("name") == member.name
    named = request.POST.get("login", "").strip().lower()
    return request.path == reverse("account_login") and named == member.user.email.lower()
