"""Links in messages that work without a login: signed, bound to one question or one person, opened by GET in vain."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from programs.models import Member
from sessions.domain.texts import whole
from sessions.models import Message, Prompt

PROMPT = "coaching.prompt"
STOP = "coaching.prompts-stop"
UNDO = "coaching.wish-undo"
PROMPT_LASTS = timedelta(days=60)
UNDO_LASTS = timedelta(minutes=10)
ROW = re.compile(r"[0-9]{1,18}")


def absolute(name: str, *args: object, **query: str) -> str:
    """The address of a page as it must stand in a mail."""
    tail = f"?{urlencode(query)}" if query else ""
    return f"{settings.SITE_URL}{reverse(name, args=args)}{tail}"


def token_of(prompt: Prompt, reader: Member | None = None) -> str:
    """What opens this one question, for 60 days or until a newer one takes its place.

    It is good while its learner has this login and address. `reader` is the learner, where their row is at hand.
    """
    return _signer_to(PROMPT, reader or prompt.follow_up.learner).sign(str(prompt.pk))


def prompt_of(token: str) -> Prompt | None:
    """The question a token opens, with its plan and people; None for a token that is not good, or not any more."""
    learner, focus = "follow_up__learner", "follow_up__plan__micro__focus_criterion"
    related = ("told_to", f"{learner}__organization", f"{learner}__user", focus)
    prompt = Prompt.objects.select_related(*related).filter(pk=_row(token)).first()
    if prompt is None:
        return None
    reader = prompt.follow_up.learner
    good = _is_good(PROMPT, token, reader, PROMPT_LASTS) or _is_good_from_before(token, reader)
    return prompt if good else None


def stop_token_of(member: Member) -> str:
    """What stops a member's prompts; works as long as mail that carries it may lie around at their address."""
    return _signer_to(STOP, member).sign(str(member.pk))


def member_of(token: str) -> Member | None:
    """Whose prompts a token stops; None for a token that is not ours, or not theirs any more.

    One from before tokens named their reader stops them for good: it can do no harm, and mail lies around.
    """
    member = Member.objects.select_related("organization", "user").filter(pk=_row(token)).first()
    good = member and (_is_good(STOP, token, member, None) or _is_signed(STOP, token, None))
    return member if good else None


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


def _signer_to(salt: str, reader: Member) -> signing.TimestampSigner:
    """Its signatures are for who reads mail at this address: they break with it, and the token is no longer for it."""
    return _signer(f"{salt} {reader.user_id} {reader.user.email.lower()}")


def _row(token: str) -> int:
    """The row that a token says it is for, to be looked up before its signature can be; 0 for none."""
    number = token.partition(".")[0]
    return int(number) if ROW.fullmatch(number) else 0


def _is_good(salt: str, token: str, reader: Member, lasts: timedelta | None) -> bool:
    return _unsigns(_signer_to(salt, reader), token, lasts)


def _is_good_from_before(token: str, reader: Member) -> bool:
    """A question's token that does not name its reader yet, while nothing says that they got another address since."""
    if not _is_signed(PROMPT, token, PROMPT_LASTS):
        return False
    made_at = datetime.fromtimestamp(signing.b62_decode(token.split(".")[1]), UTC)
    notices = Message.objects.filter(recipient=reader, kind=Message.Kind.ADDRESS)
    return not notices.filter(created_at__gte=made_at).exists()


def _is_signed(salt: str, token: str, lasts: timedelta | None) -> bool:
    """Signed by us, before tokens named their reader: mail with such links was sent until November 2026."""
    return _unsigns(_signer(salt), token, lasts)


def _unsigns(signer: signing.TimestampSigner, token: str, lasts: timedelta | None) -> bool:
    try:
        signer.unsign(token, max_age=lasts)
    except signing.BadSignature:
        return False
    return True
