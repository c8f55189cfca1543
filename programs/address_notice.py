"""Tells an old address that it lets nobody in any more, where no request is near: after an import."""

import logging
import smtplib
from collections.abc import Iterable
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings

from programs.domain.people_import.applying import Moved
from programs.models import Member

log = logging.getLogger("coachhub.sign_in")


def tell(moved: Iterable[Moved]) -> None:
    """One mail to each old address, at once. A failure is logged, never raised."""
    site = {"get_host": urlsplit(settings.SITE_URL).netloc}  # all that the frame of our mails reads of a request
    for each in moved:
        person = Member.objects.select_related("organization").get(pk=each.member)
        context = {"person": person, "by": {"name": each.by}, "request": site}
        try:
            get_adapter().render_mail("programs/people/address_changed", each.old_email, context).send()
        except (OSError, smtplib.SMTPException) as error:
            log.warning("a notice about a login was not sent: %s", type(error).__name__)
