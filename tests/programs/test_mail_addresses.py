"""What no mail can carry is no address here; what mail can carry is."""

import email.policy

import pytest
from django.core.exceptions import ValidationError
from django.core.mail.backends.smtp import EmailBackend
from django.urls import reverse

from programs.domain import mail_addresses
from programs.models import Member
from sessions.delivery.base import DeliveryFailed
from sessions.delivery.email import channel, letters
from tests.programs.form_steps import sent_by

CARRIED = [
    "a@x.example", "o'x+tag@x.example", "a@localhost", "a@ünïcode.test", "a@straße.test", "a@[127.0.0.1]",
    '"a@b"@x.example', "K@x.example",
]  # fmt: skip
NOT_CARRIED = ["İ@x.example", "ſ@x.example", '""@x.example', '"a\x01"@x.example', f"a@{'ü' * 60}.test"]


def wire(address: str) -> bytes:
    """The mail as a server would get it."""
    to = letters.address_of(Member(name="Leo Marin"), address)
    mail = channel.mail_of(letters.Letter("s", "t", "<p>t</p>", to, {}))
    EmailBackend(alias="default", host="localhost").prep_address(*mail.recipients())
    return mail.message(policy=email.policy.SMTP).as_bytes()


@pytest.mark.parametrize("address", CARRIED)
def test_an_address_that_mail_carries_is_one(address):
    mail_addresses.validate(address)
    assert wire(address).isascii()


@pytest.mark.parametrize("address", NOT_CARRIED)
def test_an_address_that_no_mail_carries_is_none(address):
    with pytest.raises(ValidationError, match="No mail can be sent to this address"):
        mail_addresses.validate(address)
    with pytest.raises((DeliveryFailed, ValueError)):
        wire(address)


def test_the_form_says_it_once_beside_the_field(cast, client):
    ada, url = client.as_(cast.ada), reverse("manage:member-add")
    given = sent_by(ada.get(url)) | {"name": "Nia New"}
    said = [ada.post(url, given | {"email": wrong}).context["form"].errors["email"] for wrong in ("İ@x.test", "a@")]
    assert said == [["No mail can be sent to this address. Check its letters and signs."], [said[1][0]]]
