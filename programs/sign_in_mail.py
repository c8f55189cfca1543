"""Mail about a login, sent at once and outside the outbox, which knows members and their present address only."""

import logging
import smtplib
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

log = logging.getLogger("coachhub.sign_in")


def send(request: HttpRequest, template: str, email: str, context: dict[str, Any]) -> None:
    """`<template>_subject.txt` and `<template>_message.txt` to the address. A failure is logged, never raised."""
    try:
        get_adapter(request).send_mail(template, email, context)
    except (OSError, smtplib.SMTPException) as error:
        log.warning("a notice about a login was not sent: %s", type(error).__name__)
