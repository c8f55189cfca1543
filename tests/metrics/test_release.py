"""A release: what is in it, when it may be made, and that it stays as it is."""

import datetime as dt

import pgtrigger
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from coachhub import doctor
from coachhub.errors import Invalid, NotAllowed
from metrics.domain.release import NotPublishedHere, publish, publish_everywhere
from metrics.domain.unaltered import altered
from metrics.models import Block, CountedIn, Figure, Group, Release
from programs.models import Organization
from tests.conftest import make_member
from tests.metrics.town import MONDAY, make_town, weeks
from tests.once import world

FRIDAY = weeks(16) + dt.timedelta(days=4)


@world
def town_of_two_blocks():
    """North and South of eight, Late of three: 8-week blocks, a session each in week 1 and in week 9."""
    town = make_town()
    for name, size in (("North", 8), ("South", 8), ("Late", 3)):
        town.cohort(name, size)
    town.everybody_meets(MONDAY, weeks(1), weeks(9))
    return town


@pytest.fixture
def town(town_of_two_blocks):
    return town_of_two_blocks


def publish_at(town, day, **options):
    with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False):
        return publish(town.organization, **options)


def said(release, measure):
    """Group name → text."""
    figures = Figure.objects.filter(group__release=release, measure=measure)
    return dict(figures.values_list("group__name", "text"))


def test_past_blocks_are_published_together_and_the_running_one_is_not(town):
    releases = publish_at(town, FRIDAY)
    assert [(str(each.block.starts_on), str(each.block.ends_on)) for each in releases] == [
        ("2026-01-05", "2026-03-01"),
        ("2026-03-02", "2026-04-26"),
    ]
    running = Block.objects.get(release=None)
    assert (str(running.starts_on), str(running.ends_on)) == ("2026-04-27", "2026-06-21")


def test_a_block_is_released_on_the_monday_after_not_before(town):
    assert publish_at(town, weeks(8) - dt.timedelta(days=1)) == []
    assert len(publish_at(town, weeks(8))) == 1


def test_the_monday_is_that_of_the_organization(town):
    sunday_evening = dt.datetime(2026, 3, 1, 22, 59, tzinfo=dt.UTC)
    with time_machine.travel(sunday_evening, tick=False):
        assert publish(town.organization) == []
    with time_machine.travel(sunday_evening + dt.timedelta(minutes=1), tick=False):
        assert len(publish(town.organization)) == 1


def test_small_cohorts_are_shown_together_under_their_names(town):
    release = publish_at(town, weeks(8))[0]
    assert said(release, "sessions") == {"De-escalating a complaint": "1.0", "Late + North": "1.0", "South": "1.0"}
    assert list(release.groups.values_list("name", "node", "people", "merged", "holds")) == [
        ("De-escalating a complaint", "pillar", "10–19", False, "Late, North, South"),
        ("Late + North", "cohort", "10–19", True, ""),
        ("South", "cohort", "6–9", False, ""),
    ]


def test_every_group_has_a_figure_for_every_measure_published_or_not(town):
    release = publish_at(town, weeks(8))[0]
    texts = dict(Figure.objects.filter(group__name="South", group__release=release).values_list("measure", "text"))
    assert texts == {
        "sessions": "1.0", "kept": "half or more", "queue": "under half", "reflected": "under half", "answered": "",
        "applied": "", "no_chance": "", "level": "3.00", "agreement": "≥ 80 %",
    }  # fmt: skip


def test_publishing_again_changes_nothing(town):
    publish_at(town, FRIDAY)
    rows = list(Figure.objects.order_by("pk").values()), list(Release.objects.order_by("pk").values())
    assert publish_at(town, FRIDAY) == []
    assert (list(Figure.objects.order_by("pk").values()), list(Release.objects.order_by("pk").values())) == rows


def test_a_released_block_does_not_follow_late_edits(town):
    publish_at(town, weeks(8))
    before = list(Figure.objects.order_by("pk").values_list("group__identity", "measure", "value", "text"))
    town.everybody_meets(weeks(2), level=1)
    town.leave(town.enrolments["North"][:6], weeks(1))
    publish_at(town, weeks(10))
    assert list(Figure.objects.order_by("pk").values_list("group__identity", "measure", "value", "text")) == before


def test_a_late_release_counts_movers_where_they_were_on_the_first_day_of_each_block(town):
    movers = town.enrolments["North"][:6]
    town.move(movers, "South", weeks(3))
    publish_at(town, FRIDAY)
    counted = CountedIn.objects.filter(learner__in=[each.learner for each in movers]).order_by("block")
    found = dict.fromkeys(counted.values_list("block__starts_on", "cohort__name"), 6)
    assert found == {(MONDAY, "North"): 6, (weeks(8), "South"): 6}


def test_a_release_cannot_be_changed(town):
    release = publish_at(town, weeks(8))[0]
    for row in (release, release.groups.first(), Figure.objects.first()):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_update=True)


def test_viewers_are_the_managers_of_a_groups_cohorts_as_they_were(town):
    sam = make_member(town.organization, "Sam Manager", "manager")
    town.manage("South", sam)
    publish_at(town, weeks(8))
    late = make_member(town.organization, "Nina New", "manager")
    town.manage("North", late)
    assert list(Group.objects.visible_to(sam).values_list("name", flat=True)) == ["De-escalating a complaint", "South"]
    assert list(Group.objects.visible_to(late)) == []
    publish_at(town, weeks(16))
    assert list(Group.objects.visible_to(late).values_list("name", flat=True)) == [
        "De-escalating a complaint",
        "Late + North",
    ]


def test_somebody_who_is_no_manager_or_left_is_no_viewer(town):
    for name, fields in (
        ("Carl Coach", {"roles": ["coach"]}),
        ("Gina Gone", {"deactivated_at": dt.datetime.now(dt.UTC)}),
    ):
        member = make_member(town.organization, name, "manager")
        type(member).objects.filter(pk=member.pk).update(**fields)
        town.manage("South", member)
    publish_at(town, weeks(8))
    assert Group.objects.get(name="South").viewers.get() == town.mia


def test_another_organization_is_left_alone(town):
    other = Organization.objects.create(name="Other", slug="other", is_demo=True)
    publish_at(town, FRIDAY)
    assert publish(other) == []
    assert Block.objects.filter(organization=other).count() == 0


def test_an_organization_that_fails_leaves_the_others_published(town):
    """No clock knows its zone; it is asked first."""
    Organization.objects.create(pk=0, name="Broken", slug="broken", timezone="Mars/Olympus", is_demo=True)
    with time_machine.travel(dt.datetime.combine(weeks(8), dt.time(12), dt.UTC), tick=False):
        made = publish_everywhere()
    assert [release.block.organization for release in made] == [town.organization]


def test_a_day_that_is_none_is_named_to_who_publishes_by_hand(db):
    with pytest.raises(CommandError) as refused:
        call_command("publish_metrics", "--until", "yesterday")
    assert str(refused.value) == "Error: argument --until: “yesterday” is no day. Write it like 2026-03-02."


def test_only_the_demo_publishes_under_rule_version_0(town):
    Organization.objects.filter(pk=town.organization.pk).update(is_demo=False)
    town.organization.refresh_from_db()
    with pytest.raises(NotPublishedHere):
        publish_at(town, FRIDAY)
    assert Release.objects.count() == 0


def test_nothing_is_published_ahead_of_time(town):
    with pytest.raises(Invalid) as refused:
        publish_at(town, weeks(8), until=weeks(9))
    assert refused.value.field == "until"


def test_until_publishes_only_what_ended_before_it(town):
    assert len(publish_at(town, FRIDAY, until=weeks(9))) == 1


def test_publishing_by_hand_is_an_administrators(town):
    with pytest.raises(NotAllowed):
        publish_at(town, FRIDAY, by=town.mia)
    ada = make_member(town.organization, "Ada Admin", "admin")
    assert len(publish_at(town, FRIDAY, by=ada)) == 2


def test_imported_history_moves_the_first_block_until_something_was_released(town):
    publish_at(town, weeks(3))
    assert str(Block.objects.earliest("starts_on").starts_on) == "2026-01-05"
    type(town.enrolments["North"][0]).objects.update(starts_on=weeks(-16))
    town.hold(town.enrolments["North"][0], weeks(-9))
    publish_at(town, weeks(3))
    assert str(Block.objects.earliest("starts_on").starts_on) == str(weeks(-9))
    released = Block.objects.filter(release__isnull=False).count()
    town.hold(town.enrolments["North"][0], weeks(-15))
    publish_at(town, weeks(4))
    assert (str(Block.objects.earliest("starts_on").starts_on), released) == (str(weeks(-9)), 1)


def test_the_first_block_does_not_begin_before_the_first_enrolment(db):
    """They began on a Wednesday and met on the Thursday: a block from that Monday would have nobody in it."""
    town = make_town()
    town.cohort("North", 8)
    type(town.enrolments["North"][0]).objects.update(starts_on=MONDAY + dt.timedelta(days=2))
    town.everybody_meets(MONDAY + dt.timedelta(days=3))
    publish_at(town, weeks(3))
    assert Block.objects.earliest("starts_on").starts_on == weeks(1)


def test_sixty_active_learners_make_blocks_of_four_weeks(town):
    town.cohort("East", 41)
    publish_at(town, weeks(5))
    assert list(Block.objects.order_by("starts_on").values_list("starts_on", flat=True)) == [MONDAY, weeks(4)]


def test_a_place_that_is_too_small_publishes_nothing(db):
    town = make_town()
    town.cohort("North", 5)
    town.everybody_meets(MONDAY)
    release = publish_at(town, weeks(8))[0]
    assert release.groups.count() == 0
    assert list(CountedIn.objects.values_list("cohort", flat=True)) == [None] * 5


def test_six_people_are_enough_for_a_pillar(db):
    town = make_town()
    town.cohort("North", 6)
    town.everybody_meets(MONDAY)
    release = publish_at(town, weeks(8))[0]
    assert list(release.groups.values_list("name", "people")) == [("De-escalating a complaint", "6–9")]


def test_an_organization_may_ask_for_larger_groups(db):
    town = make_town(smallest_group=8)
    for name in ("North", "South"):
        town.cohort(name, 8)
    town.everybody_meets(MONDAY)
    assert [group.name for group in publish_at(town, weeks(8))[0].groups.all()] == ["De-escalating a complaint"]


def test_a_manager_who_coaches_most_of_a_cohort_hides_it(town):
    both = make_member(town.organization, "Bea Both", "coach", "manager")
    town.manage("South", both)
    for enrolment in town.enrolments["South"][:7]:
        enrolment.coach = both
        enrolment.save()
    release = publish_at(town, weeks(8))[0]
    assert [group.name for group in release.groups.all()] == ["De-escalating a complaint"]


def test_the_managers_coaching_counts_in_cohorts_they_do_not_manage(town):
    """What they see of North and of all around it tells them the rest."""
    both = make_member(town.organization, "Bea Both", "coach", "manager")
    town.manage("North", both)
    for enrolment in town.enrolments["South"][:7]:
        enrolment.coach = both
        enrolment.save()
    release = publish_at(town, weeks(8))[0]
    assert [group.name for group in release.groups.all()] == ["De-escalating a complaint"]


@pytest.mark.parametrize(("coached", "shown"), [(4, True), (5, False)])
def test_a_manager_knows_their_own_value_as_a_learner_beside_those_whom_they_coach(db, coached, shown):
    """Of ten in South they coach four or five and are one: that leaves five, then four, too few to show."""
    town = make_town()
    both = make_member(town.organization, "Bea Both", "coach", "manager", "learner")
    for name in ("North", "South"):
        town.cohort(name, 9)
        town.manage(name, both)
    own = town.enrolment(both, "South")
    own.save()
    for enrolment in town.enrolments["South"][:coached]:
        enrolment.coach = both
        enrolment.save()
    town.hold(own, MONDAY)
    town.everybody_meets(MONDAY)
    release = publish_at(town, weeks(8))[0]
    assert release.groups.filter(name="South").exists() is shown


def test_whoever_changes_a_row_behind_the_triggers_is_found_by_its_hash(town):
    """A text, a viewer more, a cohort less: what was written is all in the hash."""
    release = publish_at(town, weeks(8))[0]
    north = release.groups.filter(node="cohort").first()
    changes = [
        lambda: north.figures.filter(measure="sessions").update(text="9.5"),
        lambda: north.viewers.add(make_member(town.organization, "Noa New", "manager")),
        north.cohorts.clear,
        lambda: release.groups.filter(pk=north.pk).update(name="North and more"),
    ]
    assert altered() == []
    for change in changes:
        with pgtrigger.ignore(), transaction.atomic():
            change()
            assert altered() == [release]
            transaction.set_rollback(True)
    finding = doctor.releases()
    assert (finding.healthy, finding.says) == (True, "all as they were published")
    with pgtrigger.ignore():
        changes[0]()
    finding = doctor.releases()
    assert (finding.healthy, finding.says) == (False, "changed since they were published: Harbour, 2026-01-05")


def test_no_row_of_a_release_names_a_learner():
    from django.apps import apps

    from programs.models import Member

    frozen = [apps.get_model("metrics", name) for name in ("release", "group", "groupcohort", "figure")]
    people = [(model.__name__, field.name) for model in frozen for field in model._meta.get_fields()
              if field.related_model is Member and not field.auto_created]  # fmt: skip
    assert people == [("Group", "viewers")]
