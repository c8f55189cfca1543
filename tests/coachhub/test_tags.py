"""Tags and filters that are built into every template."""

from django import forms
from django.template import Context
from django.template.engine import Engine

from coachhub.templatetags.coachhub import attributes, icon, initials, lasting


def test_attributes_stand_as_django_writes_them():
    """Escaped, without those that are off, bare when they are on."""
    attrs = {"maxlength": 20, "placeholder": 'a "b" <c>', "required": True, "disabled": False, "data-x": "é"}
    bare = Engine(dirs=[forms.__path__[0] + "/templates"]).get_template("django/forms/widgets/attrs.html")
    drawn = bare.render(Context({"widget": {"attrs": attrs}}))
    assert attributes(attrs) == drawn
    assert drawn == ' maxlength="20" placeholder="a &quot;b&quot; &lt;c&gt;" required data-x="é"'


def test_a_widget_escapes_what_is_in_its_attributes():
    field = forms.CharField(widget=forms.TextInput(attrs={"placeholder": '"><script>'}))
    assert 'placeholder="&quot;&gt;&lt;script&gt;"' in field.widget.render("name", '"><b>')


def test_a_lasting_part_is_rendered_once():
    assert lasting("_parts/words.html") is lasting("_parts/words.html")
    assert "data-saved=" in lasting("_parts/words.html")


def test_an_icon_and_initials():
    assert (icon("check").count("#check"), initials("Nadia Maria Kovač")) == (1, "NK")
