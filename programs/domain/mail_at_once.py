"""Mail that somebody waits for on the page, a code or a link: it leaves within seconds, or they are told.

All other mail is a row that the worker sends; what lets somebody in is kept in none (ADR 0023).
"""

import logging
import smtplib
import threading

from django.core.cache import cache
from django.core.mail import EmailMessage

from coachhub.environment import AT_ONCE

log = logging.getLogger("coachhub.mail_at_once")
SILENT_FOR = 30  # seconds in which nobody else waits for a server that was silent
SILENT = "mail-server-is-silent"  # in the cache


class MailDidNotLeave(Exception):
    """The mail server was silent or refused to take mail from us; nothing is known about the address."""


def send(mail: EmailMessage) -> None:
    """Hand the mail over to the mail server. Raises MailDidNotLeave after AT_ONCE seconds at most, and RedisError.

    A server that refuses this one address is told of in the log alone: to know of it would be to know the address.
    """
    if cache.get(SILENT):
        raise MailDidNotLeave
    errors: list[Exception] = []
    sending = threading.Thread(target=_try, args=(mail, errors), daemon=True)
    sending.start()
    sending.join(AT_ONCE)  # looking up the server's name has no time limit of its own
    if sending.is_alive() or any(map(_timed_out, errors)):
        cache.set(SILENT, True, SILENT_FOR)
        errors.append(TimeoutError())
    for error in errors:
        if not isinstance(error, OSError):
            raise error
        log.warning("a mail did not leave: %s", type(error).__name__)
        if not isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError)):
            raise MailDidNotLeave from error


def _try(mail: EmailMessage, errors: list[Exception]) -> None:
    try:
        mail.send(using="at_once")
    except Exception as error:
        errors.append(error)


def _timed_out(error: Exception) -> bool:
    """smtplib hides a time-out behind "disconnected"."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
