"""The outbox: what goes out, to whom, in which state and why; never what it says."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from coachhub import mailbox
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from sessions.domain import outbox, retries
from sessions.models import Delivery

PER_PAGE = 50


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def index(request: MemberRequest) -> HttpResponse:
    """Newest first, or one state's."""
    rows = Delivery.objects.visible_to(request.member)
    counts = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    states = [(value, label, counts.get(value, 0)) for value, label in Delivery.State.choices]
    state = request.GET.get("state", "")
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    newest = rows.select_related("message__recipient__organization").order_by("-message_id", "pk")
    page = Paginator(newest, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": retries.rows(page, timezone.now()),
        "states": states,
        "state": state,
        "all": sum(counts.values()),
        "mail_is_kept": mailbox.is_open(),
    }
    return render(request, "sessions/outbox/index.html", context)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def retry(request: MemberRequest, pk: str) -> HttpResponse:
    """Send a failed message again."""
    delivery = get_object_or_404(Delivery.objects.visible_to(request.member), pk=pk)
    outbox.retry(delivery, by=request.member)
    messages.success(request, _("It goes out again within half a minute."))
    return redirect("manage:outbox-list")


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def send_test(request: MemberRequest) -> HttpResponse:
    """A test mail to whoever asks."""
    outbox.send_test(by=request.member)
    sentence = _("A test mail to %(email)s is on its way: the first row below says how it goes.")
    messages.success(request, sentence % {"email": request.user.email})
    return redirect("manage:outbox-list")
