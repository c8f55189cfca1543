"""What the parts promise to every page: fields that say what is wrong, icons that exist, a light first visit."""

import re
from pathlib import Path

import brotli
import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template

from coachhub.templatetags.coachhub import initials

ROOT = Path(settings.BASE_DIR)
FIRST_VISIT = (
    "vendor/inter/inter-var.woff2",
    "vendor/tabler/tabler.lean.css",
    *(f"css/{name}.css" for name in ("base", "shell", "cards", "lists", "notes", "forms", "session")),
    "img/icons.svg",
    *(f"js/{name}.js" for name in ("core", "focus", "theme", "when", "form-key", "outbox", "rating", "autosave")),
)


class Sample(forms.Form):
    name = forms.CharField(help_text="<b>As on the badge</b>")
    when = forms.ChoiceField(choices=[("a", "Now"), ("b", "Later")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


def test_a_wrong_field_is_tied_to_its_help_and_its_error():
    page = str(Sample({}))

    field = re.search(r"<input[^>]*id=\"id_name\"[^>]*>", page)[0]
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert page.count('id="id_name_error"') == 1
    assert page.count('id="id_name_helptext"') == 1


def test_the_summary_leads_to_every_wrong_field():
    summary = str(Sample({})).split('<div class="field"')[0]

    assert re.findall(r'href="#(\w+)"', summary) == ["id_name", "id_when"]


def test_help_text_is_escaped():
    assert "&lt;b&gt;As on the badge" in str(Sample())


def test_a_choice_is_a_group_with_a_name_and_plain_radios():
    group = re.search(r"<fieldset.*?</fieldset>", str(Sample()), re.DOTALL)[0]

    assert re.findall(r"<legend>(\w+)", group) == ["When"]
    assert re.findall(r'type="radio" name="when" value="(\w)"', group) == ["a", "b"]


def test_only_what_may_stay_empty_is_marked():
    assert re.findall(r"(\w+) <span class=\"optional\">", str(Sample())) == ["Note"]


def test_nothing_is_chosen_beforehand_in_a_rating():
    criterion = {"pk": 7, "name": "Pauses", "levels": [(1, "Never", False)], "chosen": None}

    page = get_template("_parts/rating_scale.html").render({"criterion": criterion})

    assert "checked" not in page
    assert re.findall(r'name="level-7" value="(\d)"', page) == ["1", "0"]


def test_zero_is_an_answer_in_a_rating():
    criterion = {"pk": 7, "name": "Pauses", "levels": [(1, "Never", False)], "chosen": 0}

    page = get_template("_parts/rating_scale.html").render({"criterion": criterion})

    assert re.findall(r'value="(\d)" checked', page) == ["0"]


@pytest.mark.parametrize("name", ["500.html", "503.html", "400.html", "403_csrf.html"])
def test_an_error_page_needs_nothing_from_the_request(name):
    assert "<h1>" in get_template(name).render()


def test_every_icon_that_a_page_names_is_in_the_sprite():
    sprite = set(re.findall(r'id="([a-z-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    named = {
        icon
        for template in (ROOT / "templates").rglob("*.html")
        for icon in re.findall(r'{% icon "([a-z-]+)"', template.read_text())
    }

    assert named - sprite == set()


@pytest.mark.parametrize(
    ("name", "letters"), [("Nadia Maria Kovač", "NK"), ("Ana", "A"), ("leo marin", "LM"), ("", "")]
)
def test_initials_are_of_the_first_and_the_last_name(name, letters):
    assert initials(name) == letters


def test_an_icon_is_hidden_from_screen_readers():
    assert Template('{% icon "check" %}').render(Context()) == (
        '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#check"/></svg>'
    )


def test_colours_are_named_among_the_tokens_only():
    named = {
        f"{sheet.name}: {line.strip()}"
        for sheet in (ROOT / "static/css").glob("*.css")
        for line in sheet.read_text().splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b", line) and not line.strip().startswith("--")
    }

    assert named == set()


def test_the_first_visit_stays_light():
    """With htmx (12 kB) and a page of 20 kB well under the 200 kB."""
    sizes = [len(brotli.compress((ROOT / "static" / name).read_bytes())) for name in FIRST_VISIT]

    assert sum(sizes) < 100_000
