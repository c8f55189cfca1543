"""Mail kept on this machine: whole files, read by who may, nowhere once mail goes out."""

import datetime as dt
import re
import resource

import pytest
from django.core.mail import EmailMessage, mailers
from django.urls import reverse
from django.utils import timezone

from coachhub import mailbox
from coachhub.environment import mailers as from_url
from sessions.domain import delivery, hurry, outbox, schedule
from sessions.models import Delivery, Message, MicroSession, Prompt
from tests.sessions.prompt_steps import followed, fresh, other_enrolment, prompt_of
from tests.sessions.rate_steps import reflect
from tests.sessions.run_steps import rate


@pytest.fixture
def folder(settings, tmp_path):
    """As in a demo: no mail server, mail in a folder."""
    settings.DEMO, settings.EMAIL_URL, settings.PRODUCTION = True, "", False
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.MAILERS = from_url("", mailbox=settings.MAILBOX_DIR)
    return settings.MAILBOX_DIR


@pytest.fixture
def demo(cast, folder):
    cast.organization.is_demo = True
    cast.organization.save()
    return cast


def keep(subject: str, *to: str) -> None:
    mailers.default.send_messages([EmailMessage(subject, "See http://127.0.0.1:8000/learn/", to=list(to))])


def subjects(page) -> list[str]:
    return [mail.subject for mail in page.context["mails"]]


def test_each_mail_is_a_whole_file_and_old_ones_go(folder, monkeypatch):
    monkeypatch.setattr(mailbox, "KEPT", 2)
    for number in range(3):
        keep(f"Mail {number}", "leo@northwind.example")
    assert [mail.subject for mail in mailbox.newest()] == ["Mail 2", "Mail 1"]
    assert {path.suffix for path in folder.iterdir()} == {".eml"}


def test_a_mail_for_which_there_is_no_room_leaves_nothing_behind(folder):
    keep("Before", "leo@northwind.example")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(OSError):
            keep("Without room", "leo@northwind.example")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [mail.subject for mail in mailbox.newest()] == ["Before"]
    assert [path.suffix for path in folder.iterdir()] == [".eml"]


def test_what_a_killed_process_left_behind_goes_with_a_later_mail(folder):
    keep("Before", "leo@northwind.example")
    now = f"{timezone.now():%Y%m%dT%H%M%S%f}-00000000.part"
    for name in ("20260107T103000000000-00000000.part", now, "mine.part"):
        (folder / name).touch()
    keep("After", "leo@northwind.example")
    assert {path.name for path in folder.iterdir() if path.suffix != ".eml"} == {now, "mine.part"}


def test_what_came_just_now_is_told_apart(demo, folder, client):
    for subject in ("Before", "Now"):
        keep(subject, "leo@northwind.example")
    [before] = [path for path in folder.iterdir() if path.stem == [mail.name for mail in mailbox.newest()][1]]
    before.rename(folder / "20260107T103000000000-00000000.eml")
    page = client.as_(demo.leo).get(reverse("mailbox")).content.decode()
    assert re.findall(r'<span class="when">([^<]+)</span>', page) == ["just now", "Wed 11:30"]


@pytest.mark.parametrize("who", ["ada", "ana", "leo", "mia"])
def test_in_the_demo_everybody_reads_the_mail_of_the_organization(demo, client, who):
    keep("To Leo", "Leo Marin <LEO@northwind.example>")
    keep("To Olga", "olga@elsewhere.example")
    page = client.as_(getattr(demo, who)).get(reverse("mailbox"))
    assert subjects(page) == ["To Leo"]


@pytest.mark.parametrize("who", ["ada", "leo"])
def test_mail_of_a_login_that_is_known_elsewhere_is_read_by_nobody_in_the_demo(demo, client, who):
    """It may hold a code that signs in there."""
    type(demo.olga).objects.filter(pk=demo.olga.pk).update(user=demo.leo.user, joined_at=None)
    keep("To Leo", "leo@northwind.example")
    name = next(mailbox.newest()).name
    browser = client.as_(getattr(demo, who))
    assert subjects(browser.get(reverse("mailbox"))) == []
    assert browser.get(reverse("mailbox-show", args=[name])).status_code == 404


def test_elsewhere_reads_nothing_of_the_demo(demo, client):
    keep("To Leo", "leo@northwind.example")
    name = next(mailbox.newest()).name
    olga = client.as_(demo.olga)  # an administrator, of an organization that is no demo
    assert subjects(olga.get(reverse("mailbox"))) == []
    for page in ("mailbox-show", "mailbox-html"):
        assert olga.get(reverse(page, args=[name])).status_code == 404


@pytest.mark.parametrize("changed", ["an organization of their own", "the demo is switched off"])
def test_outside_the_demo_everybody_reads_their_own_and_no_role_opens_more(demo, client, settings, changed):
    keep("To Leo", "Leo Marin <LEO@northwind.example>")
    name = next(mailbox.newest()).name
    if changed == "the demo is switched off":
        settings.DEMO = False
    else:
        type(demo.organization).objects.filter(pk=demo.organization.pk).update(is_demo=False)
    assert subjects(client.as_(demo.leo).get(reverse("mailbox"))) == ["To Leo"]
    for member in (demo.ada, demo.ana):
        assert subjects(client.as_(member).get(reverse("mailbox"))) == []
        for page in ("mailbox-show", "mailbox-html"):
            assert client.as_(member).get(reverse(page, args=[name])).status_code == 404


@pytest.mark.parametrize("change", [{"PRODUCTION": True}, {"EMAIL_URL": "smtp://mail.example:25/"}])
def test_there_is_no_mailbox_where_mail_is_real(demo, client, settings, change):
    keep("To Leo", "leo@northwind.example")
    name = next(mailbox.newest()).name
    for key, value in change.items():
        setattr(settings, key, value)
    ada = client.as_(demo.ada)
    for url in (reverse("mailbox"), reverse("mailbox-show", args=[name]), reverse("mailbox-html", args=[name])):
        assert ada.get(url).status_code == 404
    assert ada.post(reverse("mailbox-hurry")).status_code == 404


def deliver_test_mail(member) -> str:
    outbox.send_test(by=member)
    delivery.send_due()
    return next(mailbox.newest()).name


def test_mail_is_shown_as_it_looks_and_as_text_with_links(demo, client):
    name = deliver_test_mail(demo.ada)
    page = client.as_(demo.ada).get(reverse("mailbox-show", args=[name]))
    text = page.content.decode()
    assert f'src="{reverse("mailbox-html", args=[name])}"' in text
    assert 'rel="nofollow"' in text
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_html_of_a_mail_runs_and_fetches_nothing(demo, client):
    page = client.as_(demo.ada).get(reverse("mailbox-html", args=[deliver_test_mail(demo.ada)]))
    rules = dict(rule.strip().split(" ", 1) for rule in page["Content-Security-Policy"].split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "frame-ancestors": "'self'",
        "sandbox": "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation",
    }
    assert page["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in page.content.decode()


def test_calendar_file_is_shown_as_text(demo, client):
    outbox.tell_schedule(demo.plan())
    delivery.send_due(any_hour=True)
    page = client.as_(demo.leo).get(reverse("mailbox-show", args=[next(mailbox.newest()).name]))
    ((name, text),) = page.context["mail"].attachments
    assert name == "session.ics"
    assert text.startswith("BEGIN:VCALENDAR")


@pytest.mark.parametrize("name", ["x", "20260107T103000000000-00000000", "..", "20260107T103000000000-0000000g"])
def test_what_is_not_a_kept_mail_is_not_there(demo, client, name):
    assert client.as_(demo.ada).get(f"/mailbox/{name}/").status_code == 404


def test_hostile_mail_is_harmless(demo, client):
    keep("<script>alert(1)</script>", "leo@northwind.example")
    name = next(mailbox.newest()).name
    for url in (reverse("mailbox"), reverse("mailbox-show", args=[name])):
        assert "<script>alert" not in client.as_(demo.leo).get(url).content.decode()


# Do not wait


def test_waiting_questions_and_messages_are_listed_and_sent_on_one_click(demo, client):
    soon = timezone.now() + dt.timedelta(hours=20)
    prompt = prompt_of(followed(demo), "planned", at=soon)
    other = prompt_of(followed(demo, enrolment=other_enrolment(demo, "b")), "planned", at=soon)
    outbox.tell_schedule(demo.plan())
    Delivery.objects.update(next_try_at=soon)
    ana = client.as_(demo.ana)
    page = ana.get(reverse("mailbox"))
    assert [(each.recipient, str(each.what)) for each in page.context["soonest"]] == [
        (demo.leo, "Session planned"), (demo.leo, "Question about a plan"), (demo.leo, "Question about a plan"),
    ]  # fmt: skip
    page = ana.post(reverse("mailbox-hurry"), follow=True)
    assert [str(message) for message in page.context["messages"]] == ["2 mails arrived."]
    assert {fresh(each).status for each in (prompt, other)} == {"asked"}
    assert page.context["soonest"] == []
    texts = "".join(mailbox.opened(mail.name).text for mail in page.context["mails"])
    links = re.findall(r"/learn/prompts/\S+\?a=as_planned", texts)
    assert [client.get(link).status_code for link in links] == [200, 200]


def waiting(cast) -> list[str]:
    return sorted(str(each.what) for each in hurry.waiting(cast.organization))


def test_what_waits_is_called_by_what_became_of_the_session(demo, django_assert_num_queries):
    move, cancel, stay, hand_over = (demo.plan(timezone.now() + dt.timedelta(days=day)) for day in (7, 8, 9, 10))
    for micro in (move, cancel, stay, hand_over):
        outbox.tell_schedule(micro)
    assert waiting(demo) == ["Session planned"] * 4
    schedule.move(move, by=demo.ana, to=move.scheduled_for + dt.timedelta(hours=1), reason="queue")
    schedule.cancel(cancel, by=demo.ana)
    assert waiting(demo) == ["Session planned"] * 3, "nobody had heard of them"
    Message.objects.filter(sequence=1).delete()
    MicroSession.objects.update(status="planned", schedule_sequence=0, cancelled_at=None)
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    schedule.move(fresh(move), by=demo.ana, to=move.scheduled_for + dt.timedelta(hours=2), reason="queue")
    schedule.cancel(fresh(cancel), by=demo.ana)
    hand_over.schedule_sequence, hand_over.minutes_planned = 1, 20
    hand_over.save()
    outbox.tell_schedule(hand_over)
    with django_assert_num_queries(3):
        assert waiting(demo) == ["Session cancelled", "Session changed", "Session moved"]


def test_who_has_rated_and_reflected_is_neither_said_to_be_asked_nor_asked(demo):
    micro = demo.held()
    outbox.ask_to_rate(micro)
    rate(micro, demo.leo, submit=True)
    assert waiting(demo) == ["Rate and reflect"]
    reflect(micro)
    assert (waiting(demo), hurry.send_now(by=demo.ana)) == ([], 0)
    assert Delivery.objects.get(message__kind="rate").reason == "It is done already."


def test_who_has_rated_and_does_not_wait_is_asked_to_reflect(demo):
    micro = demo.held()
    outbox.ask_to_rate(micro)
    rate(micro, demo.leo, submit=True)
    delivery.sweep()
    assert list(mailbox.newest()) == []
    assert hurry.send_now(by=demo.ana) == 1
    assert [mail.subject for mail in mailbox.newest()] == [
        "60 seconds: what do you take from your session with Ana Silva?"
    ]


def test_all_that_waits_is_there_after_the_first_ten_folded(demo, client):
    for day in range(12):
        outbox.tell_schedule(demo.plan(timezone.now() + dt.timedelta(days=7 + day)))
    page = client.as_(demo.ana).get(reverse("mailbox"))
    assert (len(page.context["soonest"]), len(page.context["later"])) == (10, 2)
    text = page.content.decode()
    assert "<summary>2 more</summary>" in text
    assert text.count("<span>Session planned</span>") == 12


def test_hurry_takes_the_next_free_day_and_twice_is_harmless(demo):
    prompt_of(followed(demo), "planned", at=timezone.now())
    assert hurry.send_now(by=demo.ana) == 1
    assert hurry.send_now(by=demo.ana) == 0
    Prompt.objects.update(status="planned", asked_at=None, message=None)
    assert hurry.send_now(by=demo.ana) == 1
    assert Message.objects.values("local_date").distinct().count() == 2


def test_hurry_respects_a_stop(demo):
    prompt_of(followed(demo), "planned", at=timezone.now())
    demo.leo.prompts_stopped_at = timezone.now()
    demo.leo.save()
    assert hurry.send_now(by=demo.ana) == 0


def test_hurry_touches_no_other_organization(demo):
    Message.objects.create(
        organization=demo.olga.organization, recipient=demo.olga, kind="test", local_date="2026-01-07",
        due_at=timezone.now(),
    )  # fmt: skip
    row = Delivery.objects.create(message=Message.objects.get(), next_try_at=timezone.now())
    assert hurry.send_now(by=demo.ana) == 0
    assert fresh(row).state == "due"


def test_hurry_skips_who_works_on_no_day(demo):
    prompt_of(followed(demo), "planned", at=timezone.now())
    demo.leo.work_days = []
    demo.leo.save()
    assert hurry.send_now(by=demo.ana) == 0
