"""The API about itself: its schema, a page to try it on, and "there is nothing here"."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated

from programs.api.calls import Call
from programs.api.tokens import BearerToken, SignedIn
from programs.http import MemberRequest


class SchemaJson(OpenApiJsonRenderer):
    """For whoever asks for JSON plainly."""

    media_type = "application/json"
    charset = None


class SchemaPage(SpectacularAPIView):
    """The OpenAPI document, for tokens and for people who are signed in."""

    authentication_classes = [BearerToken, SignedIn]
    permission_classes = [IsAuthenticated]
    renderer_classes = [SchemaJson, OpenApiJsonRenderer]


@require_safe
def docs(request: MemberRequest) -> HttpResponse:
    """Swagger UI from the sidecar; without JavaScript the schema itself is linked."""
    return render(request, "api/docs.html")


@extend_schema(exclude=True)
class Elsewhere(Call):
    """Any other address below `/api/v1/`, by any method."""

    def get(self, request: Any, rest: str = "") -> None:
        raise Http404

    post = put = patch = delete = get
