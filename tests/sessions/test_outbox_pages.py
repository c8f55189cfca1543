"""What an administrator sees of the outbox: states and reasons, never content; and what Today says about mail."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from programs.models import Member
from sessions.domain import outbox, prompts
from sessions.models import Delivery, Heartbeat, Message, Prompt
from tests.sessions.delivery_steps import due_for, state_of
from tests.sessions.prompt_steps import at, followed, fresh, prompt_of

LIST = "/manage/outbox/"


def failed(cast, *members):
    rows = due_for(*(members or [cast.leo]))
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(state="failed", reason="The address (550).")
    return rows


def cards_of(client, member) -> dict:
    return {card.kind: card for card in client.as_(member).get("/").context["queue"].cards}


def test_outbox_lists_newest_first_without_content(cast, client):
    outbox.ask_to_rate(cast.held(learner_goal="Say no"))
    outbox.tell_schedule(cast.plan())
    page = client.as_(cast.ada).get(LIST)
    rows = [(row.message.recipient.name, row.message.kind, row.state, row.attempts) for row in page.context["page"]]
    assert rows == [("Leo Marin", "schedule", "due", 0), ("Leo Marin", "rate", "due", 0)]
    text = page.content.decode()
    for word in ("Say no", "Names the feeling", "escalat", "leo@"):
        assert word not in text


def test_outbox_is_the_organizations_own(cast, client):
    due_for(cast.leo)
    assert len(client.as_(cast.olga).get(LIST).context["page"].object_list) == 0


def test_outbox_by_state_with_counts(cast, client):
    due_for(cast.ana)
    failed(cast)
    page = client.as_(cast.ada).get(LIST, {"state": "failed"})
    assert [row.message.recipient for row in page.context["page"]] == [cast.leo]
    assert [(value, count) for value, _label, count in page.context["states"] if count] == [("due", 1), ("failed", 1)]
    assert len(client.as_(cast.ada).get(LIST, {"state": "x"}).context["page"].object_list) == 2


def test_outbox_has_pages_and_constant_queries(cast, client, django_assert_num_queries, monkeypatch):
    due_for(cast.leo)
    ada = client.as_(cast.ada)
    ada.get(LIST)
    with django_assert_num_queries(6):
        ada.get(LIST)
    due_for(cast.leo, cast.ana, cast.lia)
    with django_assert_num_queries(6):
        ada.get(LIST)
    due_for(*[cast.leo] * 50)
    assert ada.get(LIST).context["page"].paginator.num_pages == 2
    assert len(ada.get(LIST, {"page": 2}).context["page"].object_list) == 4


def test_retry_is_one_button(cast, client):
    (row,) = failed(cast)
    ada = client.as_(cast.ada)
    url = reverse("manage:delivery-retry", args=[row.pk])
    assert url in ada.get(LIST).content.decode()
    assert ada.post(url).url == LIST
    assert state_of(row) == ("due", 0, "")
    assert url not in ada.get(LIST).content.decode()


@pytest.fixture
def question(cast):
    """Leo's failed message of today, or of another day, with one question that is still to be asked."""
    now = timezone.now()
    (message,) = outbox.put_in([outbox.prompts_message(cast.leo, on=now.date() + dt.timedelta(days=1), at=now)])
    prompt_of(followed(cast), "planned", at=now, message=message)
    Delivery.objects.update(state="failed", reason="The message (554).")
    return message


def said_of(client, cast) -> tuple[bool, str]:
    """Whether its row can be retried, and what it says instead; by the page itself."""
    page = client.as_(cast.ada).get(LIST)
    [row] = page.context["rows"]
    text = page.content.decode()
    assert (reverse("manage:delivery-retry", args=[row.delivery.pk]) in text) is row.can_retry
    assert row.instead in text
    return row.can_retry, row.instead


def test_questions_that_failed_are_retried_on_their_day(cast, client, question):
    assert said_of(client, cast) == (True, "")


@pytest.mark.parametrize(
    ("leo", "words"),
    [
        ({}, "Its questions are planned again."),
        ({"mail_bounced_at": at("2026-01-07T11:30")}, "Asked again once the address is corrected."),
    ],
)
def test_questions_of_a_day_that_passed_say_what_becomes_of_them(cast, client, question, leo, words):
    Message.objects.update(local_date=timezone.localdate() - dt.timedelta(days=2))
    Member.objects.filter(pk=cast.leo.pk).update(**leo)
    assert said_of(client, cast) == (False, words)


@pytest.mark.parametrize("days", [-2, 1])
def test_no_row_tells_whether_or_how_a_question_was_answered(cast, client, question, days):
    Message.objects.update(local_date=timezone.localdate() + dt.timedelta(days=days))
    prompt = Prompt.objects.get()
    before = said_of(client, cast)
    told = set()
    for answer in Prompt.Answer.values:
        prompts.answer(prompt, by=cast.leo, answer=answer)
        told.add(said_of(client, cast))
    assert told == {before}


def test_test_mail_is_one_button(cast, client):
    page = client.as_(cast.ada).post(reverse("manage:outbox-test"), follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "A test mail to ada@northwind.example is on its way: the first row below says how it goes."
    ]
    assert Message.objects.get().recipient == cast.ada


# Today


def test_administrator_is_told_of_failures_and_bounces(cast, client):
    failed(cast, cast.leo, cast.ana)
    Member.objects.filter(pk=cast.leo.pk).update(mail_bounced_at=timezone.now())
    found = cards_of(client, cast.ada)
    assert (found["failed"].title, found["failed"].actions[0].url) == (
        "2 messages failed this week",
        f"{LIST}?state=failed",
    )
    assert (found["bounced"].title, found["bounced"].lines) == ("1 address refuses mail", ("Leo Marin",))
    url = reverse("manage:member-edit", args=[cast.leo.pk])
    assert found["bounced"].actions[0].url == f"{url}#id_email"
    assert client.as_(cast.ada).get(url).context["form"].fields["email"].widget.attrs["autofocus"] is True


def test_old_failures_and_people_who_left_are_no_news(cast, client):
    failed(cast)
    Delivery.objects.update(next_try_at=timezone.now() - dt.timedelta(days=8))
    Member.objects.filter(pk=cast.leo.pk).update(mail_bounced_at=timezone.now(), deactivated_at=timezone.now())
    assert {"failed", "bounced"} & set(cards_of(client, cast.ada)) == set()


@pytest.mark.parametrize(("minutes", "told"), [(2, False), (12, True)])
def test_administrator_is_told_of_a_silent_worker(cast, client, minutes, told):
    Heartbeat.objects.create(name="worker", at=timezone.now() - dt.timedelta(minutes=minutes))
    found = cards_of(client, cast.ada)
    assert ("worker" in found) is told
    if told:
        assert found["worker"].lines == (
            "The worker has been silent for 12 minutes, so nothing is sent. Messages are kept.",
        )


def test_nobody_else_is_told(cast, client):
    failed(cast)
    assert "failed" not in cards_of(client, cast.ana)
    assert fresh(cast.leo).mail_bounced_at is None
