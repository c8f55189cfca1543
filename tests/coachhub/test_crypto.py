import pytest
from django.core.exceptions import ImproperlyConfigured

from coachhub import crypto

OLD = "old:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
NEW = "new:" + "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="


def test_text_comes_back_for_its_own_row(settings):
    settings.FIELD_KEYS = NEW
    assert crypto.decrypt(crypto.encrypt("Paused 4 s", row="note:1:2"), row="note:1:2") == "Paused 4 s"


def test_ciphertext_copied_to_another_row_does_not_open(settings):
    settings.FIELD_KEYS = NEW
    with pytest.raises(crypto.CannotDecrypt, match="do not belong"):
        crypto.decrypt(crypto.encrypt("mine", row="note:1:2"), row="note:1:3")


def test_after_rotation_old_text_opens_and_new_text_uses_the_new_key(settings):
    settings.FIELD_KEYS = OLD
    sealed = crypto.encrypt("before", row="r")
    settings.FIELD_KEYS = f"{NEW},{OLD}"
    assert (crypto.decrypt(sealed, row="r"), crypto.key_in_use(sealed)) == ("before", "old")
    assert crypto.key_in_use(crypto.encrypt("after", row="r")) == "new"


def test_a_lost_key_is_named(settings):
    settings.FIELD_KEYS = OLD
    sealed = crypto.encrypt("before", row="r")
    settings.FIELD_KEYS = NEW
    with pytest.raises(crypto.CannotDecrypt, match="no key named"):
        crypto.decrypt(sealed, row="r")


@pytest.mark.parametrize("pairs", ["", "k", "k:", "k:abc", ":QUFB", "k:QUFB"])
def test_nonsense_keys_are_refused(settings, pairs):
    settings.FIELD_KEYS = pairs
    with pytest.raises(ImproperlyConfigured, match="32-byte keys"):
        crypto.encrypt("x", row="r")
