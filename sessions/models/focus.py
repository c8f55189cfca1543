"""The focus in the words of the session's own rubric: a relation over two columns that are there already."""

from typing import Any

from django.db import models

from programs.models import Criterion


class OwnCriterion(models.ForeignObject):  # type: ignore[type-arg]
    """The criterion of (rubric, focus); `focus_is_in_the_rubric` sees to it that there is one.

    It is no column, so migrations need not know of it. Django's `ForeignObject` joins as a foreign key does: lists read
    `focus_criterion__name` in their one query.
    """

    def __init__(self) -> None:
        super().__init__(
            Criterion,
            on_delete=models.DO_NOTHING,
            from_fields=["rubric", "focus"],
            to_fields=["rubric", "behaviour"],
            related_name="+",
            editable=False,
            serialize=False,
        )

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, private_only=True)
