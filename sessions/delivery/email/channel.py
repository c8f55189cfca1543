"""E-mail over one reused SMTP connection a batch; which refusals are for now and which are for good."""

import email.policy
import smtplib
from contextlib import suppress
from email.message import EmailMessage, MIMEPart
from email.policy import Policy
from typing import Any

from django.core.mail import EmailMultiAlternatives, mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from coachhub.errors import DomainError
from sessions.delivery.base import Channel, DeliveryFailed
from sessions.delivery.email import letters
from sessions.delivery.email.letters import Letter
from sessions.models import Delivery

ANSWERED = (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException)  # the connection is still good
ABOUT_US = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPSenderRefused,
)


class Mail(EmailMultiAlternatives):
    """One whose long header lines stay whole: an address folded into encoded words is no link to a mail service."""

    def message(self, *, policy: "Policy[Any] | None" = None) -> EmailMessage:
        """As Django makes it, with lines as long as RFC 5322 allows and nothing but ASCII on the wire."""
        chosen = policy or email.policy.default
        return super().message(policy=chosen.clone(max_line_length=998, cte_type="7bit"))


class EmailChannel(Channel):
    kind = "email"

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryFailed."""
        try:
            self._hand_over(mail_of(letters.write(delivery)))
        except DomainError as error:
            raise DeliveryFailed(str(error.sentence), permanent=True) from error
        except ANSWERED as error:
            raise _explain(error) from error
        except OSError as error:  # smtplib's exceptions are OSErrors too
            self.close()
            raise _broken(error) from error

    def close(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            with suppress(OSError):  # gone is as good as closed
                backend.close()

    def _hand_over(self, mail: Mail) -> None:
        """Once more on a new connection when the server has closed the used one between two mails."""
        reused = self._connect()
        try:
            self._deliver(mail)
        except (smtplib.SMTPServerDisconnected, ConnectionError) as error:
            if not reused or _timed_out(error):
                raise
            self.close()
            self._connect()
            self._deliver(mail)

    def _connect(self) -> bool:
        """Whether an open connection was there already. Raises DeliveryFailed for everybody."""
        if self._backend is not None:
            return True
        backend = mailers.default
        try:
            backend.open()
        except OSError as error:
            raise DeliveryFailed(_no_server(error), everybody=True) from error
        self._backend = backend
        return False

    def _deliver(self, mail: Mail) -> None:
        if self._backend is not None:
            self._backend.send_messages([mail])


CHANNEL = EmailChannel


def mail_of(letter: Letter) -> Mail:
    """The mail as it is sent: text, HTML beside it, a calendar file if there is one."""
    mail = Mail(letter.subject, letter.text, to=[letter.to], headers=letter.headers)
    mail.attach_alternative(letter.html, "text/html")
    if letter.calendar:
        part = MIMEPart()
        part.set_content(letter.calendar.text, subtype="calendar", params={"method": letter.calendar.method})
        part.add_header("Content-Disposition", "attachment", filename="session.ics")
        mail.attach(part)
    return mail


def _explain(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPResponseException) -> DeliveryFailed:
    """What the server's answer means. 4xx: later; 5xx about this mail: never; 5xx about us: once it is mended."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next((code for code, _text in error.recipients.values()), 0)
        reason = _("The mail server refused the address (%(code)s).") % {"code": code}
        return DeliveryFailed(reason, permanent=code >= 500, address_refused=code >= 500)
    code = error.smtp_code
    reason = _("The mail server refused the message (%(code)s).") % {"code": code}
    return DeliveryFailed(reason, permanent=code >= 500 and not isinstance(error, ABOUT_US))


def _broken(error: OSError) -> DeliveryFailed:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return DeliveryFailed(_("The mail server cannot take such an address."), permanent=True)
    if _timed_out(error):
        return DeliveryFailed(_("The mail server did not answer in time."))
    return DeliveryFailed(_("The mail server dropped the line."))


def _timed_out(error: BaseException) -> bool:
    """smtplib hides a time-out behind "disconnected"."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _no_server(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _("The mail server refuses our sign-in: check EMAIL_URL.")
    return _("The mail server does not answer: check EMAIL_URL.")
