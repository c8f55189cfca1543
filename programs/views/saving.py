"""What the form pages share: a domain function's refusal stands next to its field."""

from collections.abc import Callable
from http import HTTPStatus

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

from coachhub.errors import Invalid, WrongState
from programs.domain.known import SavedMeanwhile

PER_PAGE = 50


def attempt[R](form: forms.BaseForm, change: Callable[[], R]) -> R | None:
    """What the change returns; None when it was refused, with the sentence on the form."""
    try:
        return change()
    except Invalid as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.sentence))
    except SavedMeanwhile:
        pass  # said at the fields
    except WrongState as error:
        form.add_error(None, str(error.sentence))
    return None


def status_of(*bound: forms.BaseForm) -> HTTPStatus:
    """422 for a form that was sent and refused."""
    refused = any(form.is_bound and form.errors for form in bound)
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK


def page_of[M](rows: "QuerySet[M]", request: HttpRequest) -> "Page[M]":  # type: ignore[type-var]
    """The page that `?page=` names, or the nearest there is."""
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
