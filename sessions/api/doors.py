"""The same doors as the pages': whose session it is decides whether it is there."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from programs.api.tokens import ApiRequest
from sessions.models import MicroSession


def sessions_of(request: ApiRequest) -> QuerySet[MicroSession]:
    """Those the member coaches or is coached in, with what is shown beside each."""
    related = ("coach", "learner", "focus_criterion__behaviour")
    return MicroSession.objects.visible_to(request.member).select_related(*related)


def one(request: ApiRequest, pk: int) -> MicroSession:
    """A session of the member's. Raises Http404."""
    return get_object_or_404(sessions_of(request).select_related("enrolment"), pk=pk)


def coached(request: ApiRequest, pk: int) -> MicroSession:
    """A session that the member coaches. Raises Http404."""
    related = ("coach", "learner__organization", "focus", "rubric", "blueprint", "enrolment__program")
    return get_object_or_404(MicroSession.objects.coached_by(request.member).select_related(*related), pk=pk)


def learned(request: ApiRequest, pk: int) -> MicroSession:
    """A session in which the member learns. Raises Http404."""
    related = ("coach", "learner__organization", "focus", "rubric", "enrolment")
    return get_object_or_404(MicroSession.objects.learned_by(request.member).select_related(*related), pk=pk)
