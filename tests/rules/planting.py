"""Words that would do harm if any page, mail, file, log or table took them for more than words, written by real forms.

A word is found again wherever it comes out: `=Zq017q"'><b id=Zq017q>{{7*7}}…` was written into one field.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import models
from django.urls import reverse
from django.utils import timezone

from metrics.models import Block, Decision, Figure, Group, Release
from programs.domain import agreements
from programs.models import Agreement, Behaviour, Blueprint, Criterion, Level, Member, Pillar, Question, Rubric
from sessions.domain import notes
from sessions.domain.texts import Kept
from sessions.models import Delivery, Message, MicroSession, Prompt
from tests.sessions.rate_steps import fresh, taps

WORD = re.compile(r"Zq\d{3}q")
NUL, TOO_LONG = "\x00", "x" * 5000
SESSION = ("reference", "success_criterion", "difficulty_reason", "demonstration", "job_aid", "constraint", "note")
FEEDBACK = ("line", "did", "how", "impact", "next_step")


def hostile(word: str) -> str:
    """A formula, quotes that end an attribute, HTML, a template, a mail header, writing that runs backwards, a link."""
    return f"={word}\"'><b id={word}>{{{{7*7}}}}\r\nBcc: q@evil.example\u202e[x](javascript:{word})"


@dataclass
class Planter:
    """Posts forms as people of the cast; `words` says into which field each word went, `after` follows each post."""

    cast: Any
    client: Any
    clock: Any
    after: Callable[[], object]
    words: dict[str, str] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    answers: list[Any] = field(default_factory=list)

    def word(self, about: str) -> str:
        """The hostile text for a field, with a word of its own."""
        word = f"Zq{len(self.words):03}q"
        self.words[word] = about
        return hostile(word)

    def post(self, who: str, name: str, args: Iterable[Any] = (), /, *fields: str, about: str = "", **data: Any):
        """A form's first time with what no field takes, then with the words; every answer is kept to be looked at."""
        url = reverse(name, args=list(args))
        actor = self.client.as_(getattr(self.cast, who))
        texts = {each: self.word(f"{about}.{each}") for each in fields}
        first_time = fields and f"{name} NUL" not in self.refused
        for kind, bad in (("NUL", NUL), ("too long", TOO_LONG)) if first_time else ():
            answer = actor.post(url, data | {each: text + bad for each, text in texts.items()})
            self.refused[f"{name} {kind}"] = answer.status_code
            self.answers.append(answer)
        answer = actor.post(url, data | texts)
        assert answer.status_code in (200, 204, 302), (name, answer.status_code, answer.content.decode()[-4000:])
        self.answers.append(answer)
        self.after()
        return answer

    def plant(self) -> None:
        """Everything that a person can write."""
        self.library()
        self.administration()
        self.sessions()
        self.decisions()

    def library(self) -> None:
        """A pillar of the organization as its files might have it; no form writes these."""
        shared = {"organization": self.cast.organization}
        pillar = self.made(Pillar, key="planted", **shared)
        behaviour = self.made(Behaviour, pillar=pillar, key="planted", position=0)
        rubric = Rubric.objects.create(pillar=pillar, version=1, content_hash="x")
        criterion = self.made(Criterion, rubric=rubric, behaviour=behaviour, position=0)
        for value in (1, 2, 3, 4):
            self.made(Level, criterion=criterion, value=value)
        Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
        self.made(Blueprint, pillar=pillar, key="planted", version=1, difficulty=1, focus=behaviour, content_hash="x",
                  published_at=timezone.now(), **shared)  # fmt: skip
        self.made(Question, pillar=pillar, key="planted", position=0)

    def made(self, model: type[models.Model], **fields: Any) -> Any:
        """A row with a word in every text that is not given."""
        for each in model._meta.fields:
            if isinstance(each, models.CharField | models.TextField) and not each.choices and each.name not in fields:
                fields[each.name] = self.word(f"library.{model.__name__}.{each.name}")[: each.max_length]
        return model.objects.create(**fields)

    def administration(self) -> None:
        """Names of all that has one, the agreement, a newcomer's invitation and new address, a token."""
        cast = self.cast
        agreements.draft(cast.enrolment)
        settings = {"timezone": "Europe/Berlin", "smallest_group": 5, "sponsor_signed_on": "2026-01-05"}
        self.post("ada", "manage:organization-edit", (), "name", "sponsor_name", "sponsor_statement",
                  about="organization", **settings)  # fmt: skip
        for who in ("leo", "ana", "mia", "lia", "ada"):
            member = getattr(cast, who)
            self.post("ada", "manage:member-edit", [member.pk], "name", "external_id", about=who,
                      email=member.user.email, roles=member.roles, **PERSON)  # fmt: skip
        newcomer = {"about": "newcomer", "roles": ["learner"]} | PERSON
        self.post("ada", "manage:member-add", (), "external_id", email="new@northwind.example", name="New", **newcomer)
        new = Member.objects.get(user__email="new@northwind.example")
        self.post("ada", "manage:member-invite", [new.pk])
        self.post("ada", "manage:member-edit", [new.pk], "name", email="newer@northwind.example", external_id="7",
                  **newcomer)  # fmt: skip
        self.clock.shift(dt.timedelta(seconds=1))
        self.post("ada", "manage:member-invite", [new.pk])
        self.post("ada", "manage:program-edit", [cast.program.pk], "name", about="program", sessions_per_month=4,
                  minutes=15, horizon_days=90, target_level=3)  # fmt: skip
        self.post("ada", "manage:program-agreement", [cast.program.pk], "purpose", "confidential", "feedback_style",
                  "success_measure", about="agreement", review_after_days=30)  # fmt: skip
        self.post("ada", "manage:cohort-edit", [cast.cohort.pk], "name", about="cohort", starts_on="2026-01-05",
                  managers=[cast.mia.pk])  # fmt: skip
        self.post("leo", "learn:agreement-accept", [Agreement.objects.get(enrolment=cast.enrolment).pk])
        made = self.post("leo", "token-make", (), "name", about="token", scope="read")
        self.secrets.append(made.context["secret"])
        self.post("ada", "manage:outbox-test")

    def sessions(self) -> None:
        """One from plan to reply and question, one that keeps its time and is cancelled, one that is to be moved."""
        held, cancelled, asked = (self.planned(hours, about) for hours, about in ((1, "held"), (3, "off"), (5, "on")))
        self.post("leo", "learn:micro-ask-to-move", [cancelled.pk])
        self.post("ana", "coach:micro-keep-time", [cancelled.pk])
        self.post("ana", "coach:micro-cancel", [cancelled.pk], "note", about="cancel")
        self.post("leo", "learn:micro-ask-to-move", [asked.pk], "note", about="ask")
        self.run(held)
        self.after_it(held)
        self.question(held)

    def planned(self, hours: int, about: str) -> MicroSession:
        when = timezone.now() + dt.timedelta(hours=hours)
        known = set(MicroSession.objects.values_list("pk", flat=True))
        self.post("ana", "coach:micro-plan", [self.cast.enrolment.pk], *SESSION, about=about, when=when.isoformat(),
                  minutes_planned=15, focus=self.cast.criteria[0].behaviour_id, practise_on="work", difficulty=2,
                  form_key=str(uuid4()))  # fmt: skip
        return MicroSession.objects.exclude(pk__in=known).get()

    def run(self, micro: MicroSession) -> None:
        self.post("ana", "coach:micro-start", [micro.pk])
        self.post("ana", "coach:micro-goal", [micro.pk], "learner_goal", about="goal")
        known = Kept(notes.read(micro, by=self.cast.ana)).version
        self.post("ana", "coach:note-write", [micro.pk], "text", about="note", version=known)
        self.post("ana", "coach:micro-tick", [micro.pk], behaviour=micro.focus_id, tap="saw", form_key=str(uuid4()))
        for kind in ("keep", "change"):
            self.post("ana", "coach:feedback-write", [micro.pk, kind], *FEEDBACK, about=kind, version=0)
        self.post("ana", "coach:improvement-plan-write", [micro.pk], "measure", about="plan", version=0)
        self.post("ana", "coach:rating-submit", [micro.pk], **taps(micro, 3, 3, 1))
        self.clock.shift(dt.timedelta(minutes=15))
        self.post("ana", "coach:micro-finish", [micro.pk])

    def after_it(self, micro: MicroSession) -> None:
        self.post("leo", "learn:rating-edit", [micro.pk], "cue", "will", "what_changed", "why_it_matters",
                  about="reflection", confidence="very", version=0, plan_version=1, **taps(micro, 2, 3, 3))  # fmt: skip
        self.post("ana", "coach:reflection-reply", [fresh(micro).reflection.pk], "text", about="reply", kind="words")

    def question(self, micro: MicroSession) -> None:
        """It goes out by mail, and is answered in words."""
        self.clock.shift(dt.timedelta(days=1))
        now = timezone.now()
        about = {"organization": self.cast.organization, "recipient": self.cast.leo, "local_date": now.date()}
        message = Message.objects.create(kind="prompts", due_at=now, **about)
        Delivery.objects.create(message=message, next_try_at=now)
        prompt = Prompt.objects.get(follow_up__plan__micro=micro)
        Prompt.objects.filter(pk=prompt.pk).update(message=message, due_at=now)
        self.after()
        self.post("leo", "learn:prompt-answer", [prompt.pk], "note", about="answer", answer="harder")

    def decisions(self) -> None:
        """Of figures of a cohort with its planted name: one that learners are told, one that is closed."""
        for figure, about in zip(published(self.cast), ("told", "closed"), strict=True):
            self.post("mia", "insights:decision-new", [figure.pk], "insight", "what", "told_to_learners", about=about,
                      adjustment="relevance", check_on="2030-01-07", form_key=str(uuid4()))  # fmt: skip
            made = Decision.objects.get(measure=figure.measure)
            self.post("mia", "insights:decision-share", [made.pk], version="1")
        self.post("mia", "insights:decision-close", [made.pk], "outcome_note", about="closed", outcome="keep",
                  version="1")  # fmt: skip


PERSON = {"timezone": "Europe/Berlin", "work_days": [0, 1, 2, 3, 4], "work_start": "08:00", "work_end": "20:00"}


def published(cast) -> list[Figure]:
    """Two figures of the cohort, named as a release names them."""
    cast.cohort.refresh_from_db()
    block = Block.objects.create(organization=cast.organization, starts_on="2025-11-03", ends_on="2025-12-28")
    release = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    group = Group.objects.create(
        release=release, node="cohort", pillar=cast.pillar, name=cast.cohort.name, holds=cast.cohort.name,
        identity="c:1", people="10–19",
    )  # fmt: skip
    group.viewers.add(cast.mia)
    group.cohorts.add(cast.cohort)
    return [Figure.objects.create(group=group, measure=name, value="0.9", text="90 %") for name in ("queue", "level")]
