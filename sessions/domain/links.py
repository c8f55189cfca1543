"""Links in messages that work without a login: signed, bound to one question or one person, opened by GET in vain."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from programs.models import Member
from sessions.domain.texts import whole
from sessions.models import Prompt

PROMPT = "coaching.prompt"
STOP = "coaching.prompts-stop"
UNDO = "coaching.wish-undo"
PROMPT_LASTS = timedelta(days=60)
UNDO_LASTS = timedelta(minutes=10)


def absolute(name: str, *args: object, **query: str) -> str:
    """The address of a page as it must stand in a mail."""
    tail = f"?{urlencode(query)}" if query else ""
    return f"{settings.SITE_URL}{reverse(name, args=args)}{tail}"


def token_of(prompt: Prompt) -> str:
    """What opens this one question, for 60 days or until a newer one takes its place."""
    return _signer(PROMPT).sign(str(prompt.pk))


def prompt_of(token: str) -> Prompt | None:
    """The question a token opens, with its plan and people; None for a token that is not ours or too old."""
    pk = _read(PROMPT, token, PROMPT_LASTS)
    related = ("follow_up__learner__organization", "follow_up__plan__micro__focus")
    return Prompt.objects.select_related(*related).filter(pk=pk).first() if pk else None


def stop_token_of(member: Member) -> str:
    """What stops a member's prompts; works as long as mail that carries it may lie around."""
    return _signer(STOP).sign(str(member.pk))


def member_of(token: str) -> Member | None:
    """Whose prompts a token stops; None for a token that is not ours."""
    pk = _read(STOP, token, None)
    return Member.objects.select_related("organization").filter(pk=pk).first() if pk else None


def undo_token_of(prompt: Prompt, wish: str, seen: str) -> str:
    """What takes back this wish, granted now at the rate `seen`; no row keeps when that was."""
    return _signer(UNDO).sign(f"{prompt.pk} {wish} {whole(seen)}")


def undo_of(prompt: Prompt, token: str) -> tuple[str, int] | None:
    """The wish and the rate of a token; None for one that is not of this question, or older than ten minutes."""
    try:
        pk, wish, seen = _signer(UNDO).unsign(token, max_age=UNDO_LASTS).split()
    except signing.BadSignature:
        return None
    return (wish, int(seen)) if pk == str(prompt.pk) else None


def _signer(salt: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=salt, sep=".")


def _read(salt: str, token: str, lasts: timedelta | None) -> int | None:
    try:
        return int(_signer(salt).unsign(token, max_age=lasts))
    except (signing.BadSignature, ValueError):
        return None
