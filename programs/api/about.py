"""The API about itself: its schema, a page to try it on, and "there is nothing here"."""

from functools import cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
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


@cache
def document() -> Any:
    """The OpenAPI document: the same for everybody, so it is made once a process (it takes half a second)."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class OnceMade(SchemaGenerator):
    """Hands out the one document."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return document()


class SchemaPage(SpectacularAPIView):
    """The OpenAPI document, for tokens and for people who are signed in."""

    generator_class = OnceMade
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
