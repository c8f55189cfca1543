"""The README's pictures, of the whole demo at a fixed minute, so that they change only when the pages do."""

import datetime as dt
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from programs.models import Member
from sessions.domain import ratings, running, ticks
from sessions.models import MicroSession
from tests.conftest import ActingClient
from tests.journeys.stage import Stage
from tests.journeys.windows import Watch, opened

FOLDER = Path(settings.BASE_DIR) / "docs" / "img"
MOST = 150_000  # bytes of a picture


def test_pictures(noon, chromium, theatre):
    def take(name, member, url, **options):
        take_picture(chromium, theatre, name, member, url, **options)

    dana, amira = named("Dana Weiss"), named("Amira Haddad")
    take("today-coach", dana, "/")
    take("insights", named("Mia Novak"), reverse("insights:home"), width=1280)
    differed = MicroSession.objects.filter(learner=named("Leila Karimi"), status="closed").latest("ended_at")
    take("reveal", dana, reverse("coach:micro-show", args=[differed.pk]), to="#reveal")
    micro = practising(MicroSession.objects.get(learner=amira, status="planned"))
    take("run", dana, reverse("coach:micro-run", args=[micro.pk]))
    rating = half_rated(MicroSession.objects.get(learner=named("Ben Fischer"), status="closing"))
    take("rate", rating.learner, reverse("learn:rating-edit", args=[rating.pk]))


def named(name: str) -> Member:
    return Member.objects.select_related("user", "organization").get(name=name)


def practising(micro: MicroSession) -> MicroSession:
    """For two minutes, with a few taps."""
    running.start(micro, by=micro.coach)
    running.go_to(micro, by=micro.coach, phase="practice")
    for number, kind in enumerate(("saw", "saw", "chance", "saw")):
        ticks.add(micro, by=micro.coach, behaviour=micro.focus, kind=kind, key=UUID(int=number))
    began = timezone.now() - dt.timedelta(minutes=2)
    MicroSession.objects.filter(pk=micro.pk).update(started_at=began, phase_started_at=began)
    return micro


def half_rated(micro: MicroSession) -> MicroSession:
    first = micro.rubric.criteria.get(behaviour=micro.focus)
    ratings.score_all(micro, by=micro.learner, levels={first.pk: 3})
    return micro


def take_picture(browser, theatre, name: str, member: Member, url: str, *, width: int = 390, to: str = "") -> None:
    """One screen, sharp on a phone; scrolled to the part it is about."""
    watch = Watch()
    page = opened(browser, theatre.url, width=width, watch=watch, scale=1.5 if width < 500 else 1)
    page.clock.set_fixed_time(timezone.now())
    Stage(page, theatre).show(url, ActingClient().as_(member).get(url))
    page.evaluate("document.fonts.ready")
    if to:
        page.locator(to).evaluate("element => element.scrollIntoView({block: 'start'})")
    picture = page.screenshot(path=FOLDER / f"{name}.png")
    page.context.close()
    assert (watch.complaints, len(picture) < MOST) == ([], True)
