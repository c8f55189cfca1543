"""What forms say about an empty field, an empty choice and an address, whoever wrote the form."""

import pytest
from django import forms
from django.urls import reverse

from programs.models import Member

EMPTY = {
    forms.CharField: "Write something here.",
    forms.EmailField: "Write something here.",
    forms.IntegerField: "Write a number.",
    forms.DateField: "Choose a day.",
    forms.ChoiceField: "Choose one.",
    forms.MultipleChoiceField: "Choose at least one.",
    forms.BooleanField: "Tick this to go on.",
}


@pytest.mark.parametrize(("kind", "sentence"), EMPTY.items(), ids=lambda each: getattr(each, "__name__", ""))
def test_an_empty_field_says_what_to_do(kind, sentence):
    form = type("Ours", (forms.Form,), {"field": kind()})({})
    assert form.errors == {"field": [sentence]}


def test_the_projects_own_forms_say_it_too(cast, client):
    page = client.as_(cast.ada).post(reverse("manage:member-add"), {"email": ""})
    assert page.context["form"].errors["name"] == ["Write something here."]


def test_an_empty_choice_says_choose():
    field = forms.ModelChoiceField(queryset=Member.objects.none())
    assert [str(label) for _value, label in field.choices] == ["Choose…"]


def test_a_label_that_asks_is_followed_by_no_colon(cast, client):
    page = client.as_(cast.ada).post(reverse("manage:member-add"), {"email": ""}).content.decode()
    assert "</a>: Write something here.</p>" in page
    assert "?</a>:" not in page


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_request_login_code"])
def test_before_the_sign_in_it_is_called_e_mail_too(db, client, name):
    form = client.get(reverse(name)).context["form"]
    field = form.fields.get("login") or form.fields["email"]
    assert (str(field.label), str(field.widget.attrs["placeholder"])) == ("E-mail", "E-mail address")
