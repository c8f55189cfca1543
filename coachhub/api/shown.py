"""What calls answer: the address of each row, instants in UTC, people by name."""

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from rest_framework import serializers

from coachhub.api.given import Instant


class Addressed:
    """`route` and `key` give the address at which an answer is read."""

    route: ClassVar[str] = ""
    key: ClassVar[str] = "pk"

    @classmethod
    def address(cls, row: Any) -> str:
        """The path under which this row is read; without a `key` there is one for each member."""
        return reverse(cls.route, args=[getattr(row, cls.key)] if cls.key else [])


class Shown[M: models.Model](Addressed, serializers.ModelSerializer[M]):
    """A row as it is answered."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {models.DateTimeField: Instant}


class Composed(Addressed, serializers.Serializer[Any]):
    """Several rows as one answer, made of a dataclass."""
