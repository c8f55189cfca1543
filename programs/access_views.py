"""Gates of views: a page that the member's roles do not open is not there (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from django.http import Http404, HttpResponse

from programs.access import Permission, has_permission
from programs.http import MemberRequest


def permission_required[**P](
    permission: Permission,
) -> Callable[
    [Callable[Concatenate[MemberRequest, P], HttpResponse]], Callable[Concatenate[MemberRequest, P], HttpResponse]
]:
    """A view for members whose role grants the permission; others get 404."""

    def decorate(
        view: Callable[Concatenate[MemberRequest, P], HttpResponse],
    ) -> Callable[Concatenate[MemberRequest, P], HttpResponse]:
        @wraps(view)
        def gated(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not has_permission(request.member, permission):
                raise Http404
            return view(request, *args, **kwargs)

        return gated

    return decorate
