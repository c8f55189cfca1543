"""Without a mail server, mail is kept in a folder, one file each, for the mailbox page. Development and demo only."""

import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage as OutgoingMail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

NAME = re.compile(r"^\d{8}T\d{12}-[0-9a-f]{8}$")
KEPT = 1000
LONG_AGO = timedelta(minutes=10)
JUST_NOW = timedelta(minutes=1)


def is_open() -> bool:
    """Whether mail is kept here: not in production, and not where a mail server is set."""
    return not (settings.PRODUCTION or settings.EMAIL_URL)


class FolderBackend(BaseEmailBackend):
    """Writes each mail into `folder`, whole or not at all, and keeps the newest thousand."""

    def __init__(self, *, folder: Path, **options: Any) -> None:
        super().__init__(**options)
        self._folder = Path(folder)

    def send_messages(self, email_messages: Sequence[OutgoingMail]) -> int:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}"
            draft = self._folder / f"{name}.part"
            try:
                draft.write_bytes(mail.message(policy=email.policy.SMTP).as_bytes())
                draft.rename(self._folder / f"{name}.eml")
            finally:
                draft.unlink(missing_ok=True)
        for old in [*sorted(self._folder.glob("*.eml"))[:-KEPT], *self._cut_short()]:
            old.unlink(missing_ok=True)
        return len(email_messages)

    def _cut_short(self) -> Iterator[Path]:
        """Drafts of processes that were killed."""
        for draft in self._folder.glob("*.part"):
            if NAME.match(draft.stem) and timezone.now() - _kept_at(draft.stem) > LONG_AGO:
                yield draft


@dataclass(frozen=True)
class Mail:
    """A kept mail. `content` is whole when opened, and the headers only in a list."""

    name: str
    at: datetime
    content: EmailMessage

    @property
    def recipients(self) -> list[str]:
        """Addresses in lower case."""
        return [address.addr_spec.lower() for address in self.content["To"].addresses] if self.content["To"] else []

    @property
    def to(self) -> str:
        return str(self.content["To"])

    @property
    def to_names(self) -> str:
        """Whom it is for, as a person reads it."""
        addresses = self.content["To"].addresses if self.content["To"] else ()
        return ", ".join(address.display_name or address.addr_spec for address in addresses)

    @property
    def came_just_now(self) -> bool:
        return timezone.now() - self.at < JUST_NOW

    @property
    def subject(self) -> str:
        return str(self.content["Subject"])

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[tuple[str, str]]:
        """Name and text of what is attached."""
        parts = self.content.iter_attachments()
        return [(part.get_filename() or "", str(part.get_content())) for part in parts]

    def _body(self, kind: str) -> str:
        part = self.content.get_body((kind,))
        return str(part.get_content()) if part else ""


def newest() -> Iterator[Mail]:
    """Kept mails with their headers, the newest first."""
    for path in sorted(settings.MAILBOX_DIR.glob("*.eml"), reverse=True):
        with path.open("rb") as file:
            content = BytesHeaderParser(policy=email.policy.default).parse(file)
        yield Mail(path.stem, _kept_at(path.stem), content)


def opened(name: str) -> Mail | None:
    """One kept mail, whole."""
    path = settings.MAILBOX_DIR / f"{name}.eml"
    if not NAME.match(name) or not path.exists():
        return None
    with path.open("rb") as file:
        return Mail(name, _kept_at(name), BytesParser(policy=email.policy.default).parse(file))


def _kept_at(name: str) -> datetime:
    return datetime.strptime(f"{name.split('-')[0]}+0000", "%Y%m%dT%H%M%S%f%z")
