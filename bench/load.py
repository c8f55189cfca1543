"""Work for a running installation: people who open pages, questions to deliver, scheduled tasks."""

import http.client
from collections.abc import Iterator
from datetime import time, timedelta
from itertools import cycle, islice

from django.conf import settings
from django.utils import timezone

from bench.pages import Page, demo_pages
from bench.web import login_of
from coachhub.celery import app
from programs.models import Member
from sessions.domain.spacing import RULE_VERSION
from sessions.models import FollowUp, ImprovementPlan, Prompt

Visit = tuple[str, list[str]]
"""A login session's cookie, and which pages it opens, in turns."""


def visits() -> list[Visit]:
    """Four people of the demo with the pages of B1."""
    pages: dict[Member, list[Page]] = {}
    for page in demo_pages():
        page.prepare()
        pages.setdefault(page.member, []).append(page)
    return [(login_of(member), sorted({page.url for page in theirs})) for member, theirs in pages.items()]


def browse(port: int, visit: Visit, requests: int) -> None:
    """One person, one connection, page after page. Raises RuntimeError for anything but a page."""
    cookie, urls = visit
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for url in islice(cycle(urls), requests):
        connection.request("GET", url, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url} answered {answer.status}")
    connection.close()


def deliver() -> None:
    """A question is due for every learner of the demo, and it is working time for all of them."""
    learners = Member.objects.filter(organization__is_demo=True, roles__contains=["learner"])
    learners.update(work_days=list(range(7)), work_start=time(0, 1), work_end=time(23, 59))
    due = timezone.now() - timedelta(hours=1)
    Prompt.objects.bulk_create(
        Prompt(follow_up=follow_up, sequence=1, question="Did a chance come?", due_at=due) for follow_up in follow_ups()
    )


def follow_ups() -> Iterator[FollowUp]:
    """A running one for each learner who has a plan and no question of it to come."""
    asked = FollowUp.objects.filter(ended_at=None).values("enrolment")
    plans = ImprovementPlan.objects.exclude(micro__enrolment__in=asked).filter(follow_up=None)
    newest = plans.order_by("micro__enrolment_id", "-micro__ended_at").distinct("micro__enrolment_id")
    for plan in newest.select_related("micro"):
        micro = plan.micro
        yield FollowUp.objects.create(
            organization_id=micro.organization_id, plan=plan, enrolment_id=micro.enrolment_id,
            learner_id=micro.learner_id, rule_version=RULE_VERSION, starts_at=timezone.now(),
        )  # fmt: skip


def run_tasks() -> None:
    """Ring for everything that beat rings for; four times, so that each child of the worker gets its share."""
    for task in list(settings.CELERY_BEAT_SCHEDULE) * 4:
        app.send_task(task, expires=30)
