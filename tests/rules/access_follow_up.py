"""Questions, unsubscribing, the outbox, the mailbox."""

from rules_access import WHO, Row

from sessions.domain import links
from sessions.models import Delivery
from tests.sessions.delivery_steps import due_for
from tests.sessions.prompt_steps import asked

EVERYBODY = dict.fromkeys(WHO, 200)
SIGNED_IN = {who: 200 for who in WHO if who != "anonymous"}
SAVED = dict.fromkeys(WHO, 302)


def failed(cast):
    (delivery,) = due_for(cast.leo)
    Delivery.objects.filter(pk=delivery.pk).update(state="failed", reason="550")
    return delivery


ROWS = {
    "learn:prompt-answer": Row(
        get={"learner": 200}, post={"learner": 302}, world=asked, args=lambda prompt: [prompt.pk],
        data=lambda prompt: {"answer": "as_planned"},
    ),
    # The link is the right: whoever holds it may answer this one question, signed in or not.
    "learn:prompt-open": Row(
        get=EVERYBODY, post=SAVED, world=asked, args=lambda prompt: [links.token_of(prompt)],
        data=lambda prompt: {"answer": "as_planned"},
    ),
    "learn:prompts-unsubscribe": Row(
        get=EVERYBODY, post=EVERYBODY, args=lambda cast: [links.stop_token_of(cast.leo)],
        data=lambda cast: {"List-Unsubscribe": "One-Click"},
    ),
    "learn:prompts-start": Row(
        get_default=405, post={"learner": 302, "other_learner": 302, "other_org": 302},
    ),
    "manage:outbox-list": Row(get={"admin": 200, "other_org": 200}, post={"admin": 405}, post_default=405),
    "manage:outbox-test": Row(get_default=405, post={"admin": 302, "other_org": 302}),
    "manage:delivery-retry": Row(get_default=405, post={"admin": 302}, world=failed, args=lambda row: [row.pk]),
    # Tests run without demo mode, where mail is kept: everybody reads their own. More in test_mailbox.py.
    "mailbox": Row(get=SIGNED_IN, post_default=405),
    "mailbox-hurry": Row(get_default=405, post=dict.fromkeys(SIGNED_IN, 403)),
    "mailbox-show": Row(post_default=405, args=lambda cast: ["20260107T103000000000-00000000"]),
    "mailbox-html": Row(post_default=405, args=lambda cast: ["20260107T103000000000-00000000"]),
}  # fmt: skip
