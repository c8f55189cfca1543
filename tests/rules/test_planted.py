"""Planted words come out as words, for those whom they are meant for, and nowhere else (TRUST.md section 2)."""

import csv
import email
import email.policy
import io
import json
import logging
import re
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
import time_machine
from celery.signals import before_task_publish
from django.apps import apps
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.test import TestCase, override_settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from pghistory.models import Event
from planting import WORD, Planter, hostile
from rules_access import ACTORS, WHO

from coachhub.environment import mailers
from coachhub.logs import JsonFormatter
from metrics.models import Decision, Figure, Group, Release
from programs.domain import invitations, tokens
from programs.models import Agreement, Blueprint, Invitation, Member, Pillar, Rubric
from sessions.domain import delivery, links
from sessions.models import Delivery, Message, MicroSession, Prompt, Reflection
from tests.addresses import addresses, answering
from tests.conftest import ActingClient, make_cast
from tests.sessions.prompt_steps import at

pytestmark = pytest.mark.django_db
RAW = re.compile(r"<b id=Zq\w*>?|&gt;49")
HEADERS = {
    "Subject", "From", "To", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
    "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To",
}  # fmt: skip
PROPERTIES = {
    "BEGIN", "END", "PRODID", "VERSION", "CALSCALE", "METHOD", "UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND",
    "SUMMARY", "DESCRIPTION", "URL", "STATUS", "CLASS", "TRANSP", "ORGANIZER", "ATTENDEE",
}  # fmt: skip
PAIR, HERE = {"coach", "learner"}, set(WHO) - {"anonymous", "other_org"}
READERS = [
    (r"held\.note", set()),  # the note of the run took its place
    (r"(held|off|on)\.(reference|success_criterion)|(cancel|ask|goal|keep|change)\.", PAIR),
    (r"(plan|reflection|reply|answer)\.", PAIR),
    (r"(held|off|on|note)\.", {"coach"}),
    (r"agreement\.", PAIR | {"admin"}),
    (r"token\.", {"learner"}),
    (r"(told|closed)\.told_to_learners", {"manager", "learner", "other_learner"}),
    (r"(told|closed)\.", {"manager"}),
    (r"organization\.name|cohort|library", HERE),
    (r"program", HERE),
    (r"organization\.sponsor", {"admin", "learner", "other_learner"}),
    (r"leo\.name", PAIR | {"manager", "admin"}),
    (r"ana\.name", PAIR | {"admin"}),
    (r"lia\.name", {"other_learner", "other_coach", "manager", "admin"}),
    (r"mia\.name", {"manager", "learner", "other_learner", "admin"}),
    (r"ada\.|newcomer\.name", {"admin"}),
    (r"newcomer\.external_id", set()),  # corrected
    (r"leo\.external_id", {"learner", "admin"}),
    (r"ana\.external_id", {"coach", "admin"}),
    (r"lia\.external_id", {"other_learner", "admin"}),
    (r"mia\.external_id", {"manager", "admin"}),
]  # fmt: skip
# Codes, what is made by the machine or taken from another field; an upload's words are in its own tests.
NOT_WORDS = re.compile(
    r"\.(timezone|holiday_region|slug|key|prefix|\w*hash|identity|group_identity|password|email)$"
    r"|^(Delivery|Heartbeat|PeopleImport|ApiKey|Figure)\."
    r"|^(Group\.people|MicroMove\.move_asked_note|Message\.address)$"
    r"|^(Prompt\.question|Prompt\.cancelled_because|AgreementText\.name)$"
)
LEADING = ("href", "src", "action", "formaction", "srcset", "hx-get", "hx-post")
AWAY = re.compile(r"\s*(javascript:|data:|(https?:)?//[^/]*evil)")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Lines(logging.Handler):
    """What the logs of production would say."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.formatter, self.lines = JsonFormatter(), []

    def emit(self, record) -> None:
        self.lines.append(self.format(record))


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker, tmp_path_factory):
    """Written once for all tests here: mail goes to a folder, logs and task messages are kept."""
    folder = tmp_path_factory.mktemp("mailbox")
    options = {"MAILERS": mailers("", mailbox=folder), "SITE_URL": "https://coach.example"}
    tasks, lines = [], Lines()

    def publish(sender=None, body=None, headers=None, **_more):
        tasks.append(repr((sender, body, headers)))

    def after():
        Delivery.objects.filter(state="due").update(next_try_at=timezone.now())
        delivery.send_due(now=timezone.now())

    before_task_publish.connect(publish)
    logging.getLogger().addHandler(lines)
    with (
        django_db_blocker.unblock(),
        time_machine.travel(at("2026-01-07T10:30"), tick=False) as clock,
        override_settings(**options),
        transaction.atomic(),
    ):
        planter = Planter(make_cast(), ActingClient(), clock, after)
        with TestCase.captureOnCommitCallbacks(execute=True):
            planter.plant()
        planter.tasks, planter.lines, planter.folder = tasks, lines.lines, folder
        yield planter
        transaction.set_rollback(True)
    logging.getLogger().removeHandler(lines)
    before_task_publish.disconnect(publish)


class Page(HTMLParser):
    """Notes every tag and attribute that a planted word has made."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            made = re.match(r"on|zq\d", name) or (name == "id" and WORD.match(value or ""))
            if made or (name in LEADING and AWAY.match(value or "")):
                self.wrong.append(f"<{tag} {name}={value!r}>")


def harm_in(answer) -> list[str]:
    """What a planted word has done to an answer; nothing."""
    text, kind = answer.content.decode(), answer.headers.get("Content-Type", "").split(";")[0]
    wrong = [f"{name}: {value}" for name, value in answer.headers.items() if WORD.search(value) or "evil" in value]
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        wrong.append("may be sniffed")
    if kind == "text/csv":
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        wrong += [cell for row in rows for cell in row if cell.startswith(FORMULA) and WORD.search(cell)]
        wrong += [f"{len(row)} cells" for row in rows if len(row) != len(rows[0])]
    elif kind == "text/html":
        wrong += Page(text).wrong + RAW.findall(text)
    elif not kind.endswith("json") and WORD.search(text):
        wrong.append(f"a word in {kind}")
    return wrong


def numbers_of(cast) -> dict[str, list[int]]:
    """What a URL's name is about → primary keys of the rows around the words."""

    def of(rows):
        return list(rows.values_list("pk", flat=True))

    return {
        "reflection-(reply|read)": of(Reflection.objects),
        "prompt": of(Prompt.objects.exclude(message=None)),
        "agreement-(show|accept)|api:agreement": of(Agreement.objects.filter(enrolment=cast.enrolment)),
        "enrolment|slot|micro-(plan|log)$|proposal": [cast.enrolment.pk],
        "micro|rating|code-|hand-over|note-|feedback|plan|reflection|reply|tick": of(MicroSession.objects),
        "pillar": of(Pillar.objects),
        "rubric": of(Rubric.objects),
        "blueprint": of(Blueprint.objects),
        "program|cohort-add": [cast.program.pk],
        "cohort|enrolment-add": [cast.cohort.pk],
        "member|invitation": [cast.leo.pk, cast.ana.pk, Member.objects.get(user__email__startswith="newer@").pk],
        "decision-(new|leave)|figure": of(Figure.objects),
        "decision": of(Decision.objects),
        "group": of(Group.objects),
        "release": of(Release.objects),
        "": [1],
    }


def visit(planted, who: str):
    """(URL, answer) for everything the person can reach around the words."""
    cast, bearer = planted.cast, {}
    visitor = planted.client
    if who in ACTORS:
        member = getattr(cast, ACTORS[who])
        visitor = planted.client.as_(member)
        bearer = {"Authorization": f"Bearer {tokens.make(by=member, name='sweep', scope='read')[1]}"}
    names = answering(who, "get")
    for name, url in addresses(numbers_of(cast)):
        if name in names:
            with transaction.atomic():
                yield url, visitor.get(url, headers=bearer if name.startswith("api:") else {})


def readers(about: str) -> set[str]:
    """Who reads what was written there."""
    return next(people for pattern, people in READERS if re.match(pattern, about))


def test_every_text_that_people_write_is_planted(planted):
    """A new text field fails here until a form of planting.py writes it."""
    bare = []
    for model in apps.get_models():
        if model._meta.app_label in {"programs", "coaching", "metrics"} and not issubclass(model, Event):
            for each in model._meta.fields:
                text = isinstance(each, models.CharField | models.TextField) and not each.choices
                name = f"{model.__name__}.{each.name}"
                planted_rows = model.objects.filter(**{f"{each.name}__contains": "Zq"}) if text else None
                if text and not NOT_WORDS.search(name) and not planted_rows.exists():
                    bare.append(name)
    assert bare == []


def test_forms_refuse_null_characters_and_what_is_too_long(planted):
    assert dict.fromkeys(planted.refused, 422) == planted.refused


def test_answers_to_forms_are_harmless(planted):
    assert [(answer.request["PATH_INFO"], wrong) for answer in planted.answers if (wrong := harm_in(answer))] == []


@pytest.mark.parametrize("who", WHO)
def test_pages_files_and_api_are_harmless_and_show_words_to_their_readers(planted, who):
    found, wrong = set(), {}
    for url, answer in visit(planted, who):
        wrong[url] = harm_in(answer)
        found |= set(WORD.findall(answer.content.decode()))
    assert {url: harm for url, harm in wrong.items() if harm} == {}
    seen = {planted.words[word] for word in found}
    assert sorted(seen) == sorted({about for about in planted.words.values() if who in readers(about)})


REFLECTED = [
    ("ada", "/manage/people/?q=WORD"), ("ada", "/manage/people/?role=WORD&state=WORD&page=WORD"),
    ("ada", "/manage/outbox/?state=WORD&page=WORD"), ("ana", "/coach/learners/?sort=WORD&program=WORD&page=WORD"),
    ("ana", "/coach/learners.csv?sort=WORD"), ("leo", "/learn/?page=WORD"), ("mia", "/insights/figures/?page=WORD"),
    ("leo", "/learn/prompts/PROMPT/?a=WORD&do=WORD&done=WORD"), ("leo", "/nothing/WORD/"), ("leo", "/learn/code/WORD/"),
    (None, "/accounts/login/?next=WORD"), (None, "/accounts/invitation/WORD/"), (None, "/learn/prompts/WORD/"),
    (None, "/learn/unsubscribe/WORD/"), ("ana", "/api/v1/members/?WORD=WORD"), ("ana", "/api/v1/nothing/WORD"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "url"), REFLECTED)
def test_words_in_an_address_are_harmless(planted, who, url):
    prompt = Prompt.objects.exclude(message=None).get()
    url = url.replace("PROMPT", str(prompt.pk)).replace("WORD", quote(hostile("Zq999q"), safe=""))
    visitor = planted.client.as_(getattr(planted.cast, who)) if who else planted.client
    answer = visitor.get(url)
    assert (answer.status_code < 500, harm_in(answer)) == (True, [])


def test_what_is_behind_a_link_is_harmless(planted):
    prompt = Prompt.objects.exclude(message=None).get()
    pages = [
        reverse("learn:prompt-open", args=[links.token_of(prompt)]),
        reverse("learn:prompts-unsubscribe", args=[links.stop_token_of(planted.cast.leo)]),
        invitations.link_of(Invitation.objects.open().get()),
    ]
    answers = [planted.client.get(urlsplit(page).path) for page in pages]
    assert [(answer.status_code, harm_in(answer)) for answer in answers] == [(200, [])] * 3


def kept_mails(planted):
    """As a mail server would get them."""
    for path in sorted(planted.folder.glob("*.eml")):
        yield email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_mails_are_harmless_and_tell_their_reader_alone(planted):
    people = {"leo": "learner", "ana": "coach", "ada": "admin"}
    kinds = set()
    for mail in kept_mails(planted):
        (to,) = mail["To"].addresses
        kinds.add((to.username, re.sub(r"Zq.*|\d+|: .*", "", str(mail["Subject"])).strip(" ,=")))
        assert set(mail.keys()) <= HEADERS
        assert to.domain == "northwind.example"
        html = mail.get_body(("html",))
        assert html is None or Page(html.get_content()).wrong + RAW.findall(html.get_content()) == []
        words = {planted.words[word] for word in WORD.findall(mail.as_string() + wordy(mail))}
        allowed = {about for about in planted.words.values() if people.get(to.username) in readers(about)}
        assert words <= allowed | {"organization.name", "newcomer.name", f"{to.username}.name", "ada.name", "ana.name"}
    assert sorted({who for who, _subject in kinds}) == ["ada", "leo", "new", "newer"]
    assert len(kinds) >= 7
    sent = Delivery.objects.filter(state=Delivery.State.SENT)
    assert set(sent.values_list("message__kind", flat=True)) == set(Message.Kind.values)


def wordy(mail) -> str:
    """All that is written in it, decoded."""
    return "".join(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text")


def test_calendar_files_hold_one_entry_in_one_line_each(planted):
    files = [part.get_content() for mail in kept_mails(planted) for part in mail.iter_attachments()]
    assert len(files) >= 4
    for text in files:
        whole = re.sub(r"\r?\n ", "", text)
        assert {re.split("[:;]", line)[0].strip() for line in whole.strip().split("\n")} <= PROPERTIES
        (event,) = Calendar.from_ical(text).walk("VEVENT")
        assert str(event["ATTENDEE"]) == "mailto:leo@northwind.example"
        assert {planted.words[word] for word in WORD.findall(whole)} <= {"ana.name", "leo.name"}


def dump() -> dict[str, str]:
    """Every table of the database as text, bytes as hexadecimal digits."""
    with connection.cursor() as cursor:
        found = {}
        for table_name in connection.introspection.table_names():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{table_name}\" t")  # noqa: S608
            found[table_name] = cursor.fetchone()[0]
    return found


def test_history_keeps_names_of_things_and_no_words(planted):
    kept = {name: text for name, text in dump().items() if name.endswith("event") or name.startswith("pghistory")}
    words = {planted.words[word] for text in kept.values() for word in WORD.findall(text)}
    assert words == {"organization.name", "organization.sponsor_name", "program.name", "cohort.name"}


def test_neither_private_notes_nor_secrets_stand_in_any_table(planted):
    words = [word for word, about in planted.words.items() if about == "note.text" or about.endswith(".note")]
    private = [word for word in words if readers(planted.words[word]) <= {"coach"}]
    hidden = [*private, *planted.secrets, links.token_of(Prompt.objects.exclude(message=None).get())]
    assert len(hidden) == 6
    found = [
        (name, each) for name, text in dump().items() for each in hidden
        if each in text or each.encode().hex() in text
    ]  # fmt: skip
    assert found == []


def test_login_sessions_and_what_was_published_hold_no_persons_words(planted):
    tables = dump()
    for name in ("django_session", "metrics_release", "metrics_figure", "metrics_block"):
        assert WORD.findall(tables[name]) == []
    assert {planted.words[word] for word in WORD.findall(tables["metrics_group"])} == {"cohort.name"}


def test_logs_and_task_messages_carry_no_content(planted):
    said = planted.lines + planted.tasks
    assert (len(planted.lines) > 50, len(planted.tasks) > 3) == (True, True)
    assert [line for line in said if WORD.search(line) or "evil" in line] == []
    assert [line for line in said for secret in planted.secrets if secret in line] == []
    assert {"time", "level", "logger", "message", "request", "path"} <= set(json.loads(planted.lines[0]))


HARM = ("<b id=Zq001q>", '<a href="javascript:Zq001q">', '<p onclick="x">', '<img alt="" Zq001q>', "&gt;49")


@pytest.mark.parametrize("text", HARM)
def test_the_sweep_sees_harm_in_a_page(text):
    assert harm_in(HttpResponse(text, headers={"X-Content-Type-Options": "nosniff"})) != []


def test_the_sweep_sees_harm_in_a_file():
    plain = {"X-Content-Type-Options": "nosniff"}
    assert harm_in(HttpResponse("a,b\r\n=Zq001q,1\r\n", "text/csv", headers=plain)) == ["=Zq001q"]
    assert harm_in(HttpResponse("a,b\r\nZq001q\r\n", "text/csv", headers=plain)) == ["1 cells"]
    assert harm_in(HttpResponse("a", "text/csv", headers={"Content-Disposition": "Zq001q"} | plain)) != []
