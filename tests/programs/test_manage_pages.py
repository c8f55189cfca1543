"""Pages of administration: what they list, what they save, what they say when they refuse."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from programs import tasks
from programs.domain import enrolments, invitation_rounds, members
from programs.models import Cohort, Enrolment, InvitationRound, Member, Organization, Program
from tests.conftest import make_member
from tests.programs.form_steps import sent_by


@pytest.fixture
def ada(cast, client):
    return client.as_(cast.ada)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def add(cast, number):
    return [
        members.add(cast.organization, by=cast.ada, email=f"n{each}@x.example", name=f"Nia {each}", roles=["learner"])
        for each in range(number)
    ]


def found(response):
    return [member.name for member in response.context["page"]]


PEOPLE = ["Ada Okafor", "Ana Silva", "Cole Berg", "Leo Marin", "Lia Chen", "Mia Novak"]


def test_the_list_holds_everybody_of_the_organization_by_name(cast, ada):
    assert found(ada.get(reverse("manage:member-list"))) == PEOPLE


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "lEO"}, ["Leo Marin"]),
        ({"q": "ana@northwind"}, ["Ana Silva"]),
        ({"q": "17"}, ["Nia 0"]),
        ({"role": "coach"}, ["Ana Silva", "Cole Berg"]),
        ({"state": "new"}, ["Nia 0"]),
        ({"state": "invited"}, []),
        ({"state": "left"}, ["Lia Chen"]),
        ({"q": "mia", "role": "coach"}, []),
        ({"role": "boss", "state": "x"}, ["Ada Okafor", "Ana Silva", "Cole Berg", "Leo Marin", "Mia Novak", "Nia 0"]),
    ],
)
def test_search_and_filter(cast, ada, query, names):
    [nia] = add(cast, 1)
    members.change(nia, by=cast.ada, external_id="17")
    members.deactivate(cast.lia, by=cast.ada)
    assert found(ada.get(reverse("manage:member-list"), query)) == names


def test_a_page_holds_50(cast, ada):
    add(cast, 48)
    assert len(found(ada.get(reverse("manage:member-list")))) == 50
    assert len(found(ada.get(reverse("manage:member-list"), {"page": 2}))) == 4
    assert len(found(ada.get(reverse("manage:member-list"), {"page": "last"}))) == 50


def test_somebody_is_added(cast, ada):
    data = {
        "email": "nia@northwind.example", "name": "Nia New", "roles": ["learner", "coach"],
        "timezone": "Asia/Kolkata", "work_days": [0, 6], "work_start": "08:00", "work_end": "16:30",
    }  # fmt: skip
    answer = ada.post(reverse("manage:member-add"), data)
    nia = Member.objects.get(name="Nia New")
    assert (answer.url, said(answer)) == (nia.get_absolute_url(), ["Nia New is added, and not yet invited."])
    assert (nia.roles, nia.timezone, nia.work_days) == (["learner", "coach"], "Asia/Kolkata", [0, 6])


def test_somebody_is_added_by_address_and_name_alone(cast, ada):
    form = ada.get(reverse("manage:member-add")).context["form"]
    offered = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    answer = ada.post(reverse("manage:member-add"), offered | {"email": "nia@northwind.example", "name": "Nia New"})
    nia = Member.objects.get(name="Nia New")
    assert answer.url == nia.get_absolute_url()
    assert (nia.roles, nia.work_days) == (["learner"], [0, 1, 2, 3, 4])


def test_a_refusal_stands_next_to_its_field_and_keeps_what_was_typed(cast, ada):
    data = {
        "email": "leo@northwind.example", "name": "Second Leo", "roles": ["learner"], "timezone": "Europe/Berlin",
        "work_days": [0], "work_start": "09:00", "work_end": "09:00", "holiday_region": "XX",
    }  # fmt: skip
    page = ada.post(reverse("manage:member-add"), data)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"work_end", "holiday_region"}
    page = ada.post(reverse("manage:member-add"), data | {"work_end": "17:00", "holiday_region": "de-BY"})
    assert page.context["form"].errors == {"email": ["Leo Marin has this address already."]}
    assert 'value="Second Leo"' in page.content.decode()


def test_the_last_administrator_is_told_at_the_roles(cast, ada):
    data = {
        "email": "ada@northwind.example",
        "name": "Ada Okafor", "roles": ["coach"], "timezone": "Europe/Berlin", "work_days": [0],
        "work_start": "09:00", "work_end": "17:00",
    }  # fmt: skip
    page = ada.post(reverse("manage:member-edit", args=[cast.ada.pk]), data)
    assert page.context["form"].errors == {
        "roles": ["Ada Okafor is the last administrator who has joined. Make somebody else one first."]
    }
    answer = ada.post(reverse("manage:member-deactivate", args=[cast.ada.pk]))
    assert (answer.status_code, Member.objects.get(pk=cast.ada.pk).is_active) == (422, True)


def test_who_takes_the_role_of_coach_from_a_substitute_reads_what_that_ends(cast, ada):
    ada.post(reverse("manage:enrolment-reassign", args=[cast.lia_enrolment.pk]), {"coach": cast.ana.pk})
    days = {"starts_on": "2030-01-01", "ends_on": "2030-01-14"}
    ada.post(reverse("manage:substitute-add", args=[cast.enrolment.pk]), {"coach": cast.cole.pk, **days})
    data = {
        "email": "cole@northwind.example",
        "name": "Cole Berg", "roles": ["coach", "learner"], "timezone": "Europe/Berlin", "work_days": [0],
        "work_start": "09:00", "work_end": "17:00",
    }  # fmt: skip
    url = reverse("manage:member-edit", args=[cast.cole.pk])
    assert said(ada.post(url, data))[2:] == ["Saved."]
    assert said(ada.post(url, data | {"roles": ["learner"]}))[3:] == [
        "Saved.",
        "Cole Berg no longer stands in with Leo Marin. What is planned goes back to the usual coach.",
    ]
    assert ada.get(reverse("manage:enrolment-show", args=[cast.enrolment.pk])).context["substitutes"] == []


def test_somebody_is_deactivated_and_let_back_in(cast, ada):
    answer = ada.post(reverse("manage:member-deactivate", args=[cast.leo.pk]))
    assert said(answer) == ["Leo Marin is signed out and gets no more messages."]
    assert "Let back in" in ada.get(cast.leo.get_absolute_url()).content.decode()
    ada.post(reverse("manage:member-reactivate", args=[cast.leo.pk]))
    assert Member.objects.get(pk=cast.leo.pk).is_active


def test_the_button_says_how_many_invitations_it_sends(cast, ada):
    add(cast, 2)
    assert "Send 2 invitations" in ada.get(reverse("manage:member-list")).content.decode()
    answer = ada.post(reverse("manage:member-invite-new"))
    assert said(answer) == ["2 invitations are on their way."]
    assert "Send 2 invitations" not in ada.get(reverse("manage:member-list")).content.decode()


def test_many_invitations_are_sent_in_the_background_and_found_again(cast, ada, monkeypatch):
    monkeypatch.setattr(invitation_rounds, "AT_ONCE", 1)
    monkeypatch.setattr(invitation_rounds, "BATCH", 2)
    add(cast, 4)
    made = InvitationRound.objects.get(pk=ada.post(reverse("manage:member-invite-new")).url.split("/")[-2])
    bar = "Sending invitations: 0 of 4 · 0 %"
    for url in (made.get_absolute_url(), reverse("manage:member-list")):
        page = ada.get(url).text
        assert (bar in page, f'hx-get="{made.get_absolute_url()}"' in page) == (True, True)
        assert "Send 4 invitations" not in page
    assert ada.post(reverse("manage:member-invite-new")).url == made.get_absolute_url()
    tasks.send_invitations()
    fragment = ada.get(made.get_absolute_url(), headers={"HX-Request": "true"}).text
    assert ("4 invitations are on their way." in fragment, "hx-get" in fragment, "<html" in fragment) == (
        True, False, False,
    )  # fmt: skip
    ada.post(reverse("manage:invitation-round-stop", args=[made.pk]))
    assert "4 invitations are on their way." in ada.get(made.get_absolute_url()).text


def test_the_open_link_is_there_for_places_without_mail(cast, ada):
    [nia] = add(cast, 1)
    assert ada.get(nia.get_absolute_url()).context["link"] is None
    ada.post(reverse("manage:member-invite", args=[nia.pk]))
    link = ada.get(nia.get_absolute_url()).context["link"]
    assert link.startswith("http")
    assert f'value="{link}"' in ada.get(nia.get_absolute_url()).content.decode()
    assert ada.get(cast.leo.get_absolute_url()).context["link"] is None


def test_a_person_page_warns_a_manager_who_coaches(cast, ada):
    members.change(cast.mia, by=cast.ada, roles=["manager", "coach"])
    for person in add(cast, 6):
        enrolments.enrol(cast.cohort, by=cast.ada, learner=person, coach=Member.objects.get(pk=cast.mia.pk))
    page = ada.get(cast.mia.get_absolute_url()).content.decode()
    assert "As manager and coach of 6 of 8 learners, Mia Novak hides every figure of" in page


@pytest.mark.parametrize(("learns", "said"), [(True, "whoever still learns here goes on"), (False, "has ended")])
def test_a_cohort_that_has_ended_offers_no_place_and_says_who_goes_on(cast, ada, learns, said):
    Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=timezone.localdate() - dt.timedelta(days=1))
    if not learns:
        Enrolment.objects.update(ended_on=timezone.localdate())
    words = ada.get(cast.cohort.get_absolute_url()).content.decode()
    assert (said in words, reverse("manage:enrolment-add", args=[cast.cohort.pk]) in words) == (True, False)


def test_a_program_with_a_cohort_and_a_learner_is_made_by_its_forms(cast, ada):
    elsewhere = cast.pillar.__class__.objects.create(key="asking", name="Asking", short="Asking", outcome="x")
    program = {"pillar": elsewhere.pk, "name": "Asking", "sessions_per_month": 4, "minutes": 15,
               "horizon_days": 90, "target_level": 3}  # fmt: skip
    made = ada.post(reverse("manage:program-add"), program)
    program = Program.objects.get(name="Asking")
    assert made.url == program.get_absolute_url()
    ada.post(
        reverse("manage:cohort-add", args=[program.pk]),
        {"name": "West", "starts_on": "2026-03-02", "managers": [cast.mia.pk]},
    )
    cohort = Cohort.objects.get(name="West")
    assert list(cohort.managers.all()) == [cast.mia]
    url = reverse("manage:enrolment-add", args=[cohort.pk])
    data = {
        "learner": cast.leo.pk,
        "coach": cast.ana.pk,
        "starts_on": "2026-03-02",
        "weekday": "2",
        "starts_at": "14:10",
    }
    answer = ada.post(url, data)
    assert (answer.url, said(answer)) == (f"{url}?coach={cast.ana.pk}", ["Leo Marin is in. Who is next?"])
    [slot] = Enrolment.objects.get(cohort=cohort).usual_slots.all()
    assert (slot.weekday, slot.starts_at, slot.timezone) == (2, dt.time(14, 10), "Europe/Berlin")


def test_no_page_names_a_manager_who_is_none_any_more_and_a_cohorts_form_is_saved(cast, ada):
    """A release before this one left them with their cohorts."""
    Member.objects.filter(pk=cast.mia.pk).update(deactivated_at=timezone.now())
    noa = members.add(cast.organization, by=cast.ada, email="noa@northwind.example", name="Noa New", roles=["manager"])
    assert list(ada.get(reverse("manage:cohort-show", args=[cast.cohort.pk])).context["managers"]) == []
    [shown] = ada.get(reverse("manage:program-show", args=[cast.program.pk])).context["page"]
    assert list(shown.managers.all()) == []
    assert list(ada.get(reverse("manage:member-show", args=[cast.mia.pk])).context["managing"]) == []
    url = reverse("manage:cohort-edit", args=[cast.cohort.pk])
    data = {
        "name": "North",
        "starts_on": "2026-03-02",
        "managers": [noa.pk],
        "known": ada.get(url).context["form"].edition,
    }
    assert ada.post(url, data).status_code == 302
    assert list(cast.cohort.managers.all()) == [noa]


def test_half_a_usual_time_and_an_end_before_the_start_are_refused(cast, ada):
    [nia] = add(cast, 1)
    data = {"learner": nia.pk, "starts_on": "2026-03-02", "weekday": "2"}
    page = ada.post(reverse("manage:enrolment-add", args=[cast.cohort.pk]), data)
    assert page.context["form"].errors == {"starts_at": ["A usual time needs a day and a time."]}
    data = {"name": "North", "starts_on": "2026-03-02", "ends_on": "2026-03-01"}
    page = ada.post(reverse("manage:cohort-edit", args=[cast.cohort.pk]), data)
    assert page.context["form"].errors == {"ends_on": ["This is before the first day."]}


def test_only_learners_who_are_free_for_the_pillar_are_offered(cast, ada):
    [nia] = add(cast, 1)
    form = ada.get(reverse("manage:enrolment-add", args=[cast.cohort.pk])).context["form"]
    assert list(form.fields["learner"].queryset) == [nia]
    assert list(form.fields["coach"].queryset) == [cast.ana, cast.cole]


def test_a_coach_is_assigned_and_a_substitute_named_and_taken_back(cast, ada):
    url = reverse("manage:enrolment-show", args=[cast.enrolment.pk])
    days = {"starts_on": "2030-01-01", "ends_on": "2030-01-14"}
    ada.post(reverse("manage:substitute-add", args=[cast.enrolment.pk]), {"coach": cast.cole.pk, **days})
    [(named, twice)] = ada.get(url).context["substitutes"]
    assert (named.coach, named.named_by, twice) == (cast.cole, cast.ada, [])
    ada.post(reverse("manage:substitute-remove", args=[named.pk]))
    assert list(ada.get(url).context["substitutes"]) == []
    answer = ada.post(reverse("manage:enrolment-reassign", args=[cast.enrolment.pk]), {"coach": cast.cole.pk})
    assert said(answer) == ["Cole Berg coaches Leo Marin from now on."]
    assert Enrolment.objects.get(pk=cast.enrolment.pk).coach == cast.cole


def test_a_learner_is_moved_on_the_page_of_the_enrolment(cast, ada):
    url, move = (reverse(f"manage:enrolment-{name}", args=[cast.enrolment.pk]) for name in ("show", "move"))
    assert "No other cohort of this pillar takes learners." in ada.get(url).content.decode()
    shared = {"organization": cast.organization, "starts_on": dt.date(2026, 1, 5)}
    hard = Program.objects.create(organization=cast.organization, pillar=cast.pillar, name="Hard calls")
    south = Cohort.objects.create(program=cast.program, name="South", **shared)
    over = Cohort.objects.create(program=hard, name="South", ends_on=dt.date(2026, 1, 6), **shared)
    Cohort.objects.create(program=hard, name="East", **shared)
    choices = ada.get(url).context["move"].fields["cohort"].choices
    assert [label for _value, label in choices] == ["Choose…", "Calm calls, South", "Hard calls, East"]
    page = ada.post(move, {"cohort": over.pk})
    assert (page.status_code, set(page.context["move"].errors)) == (422, {"cohort"})
    assert said(ada.post(move, {"cohort": south.pk})) == ["Leo Marin learns in South now. All else goes on."]
    assert Enrolment.objects.get(pk=cast.enrolment.pk).cohort == south
    assert ada.post(move, {"cohort": south.pk}).url == url  # a second tap
    day = date_format(timezone.localdate(), "j M Y")
    assert f"moved from North, {day}" in ada.get(url).content.decode()
    [listed] = ada.get(south.get_absolute_url()).context["page"]
    assert listed.joined_on == timezone.localdate()


def test_everybody_moves_on_the_page_of_their_cohort(cast, ada):
    south = Cohort.objects.create(
        organization=cast.organization, program=cast.program, name="South", starts_on=dt.date(2026, 1, 5)
    )
    move = reverse("manage:cohort-move", args=[cast.cohort.pk])
    page = ada.post(move, {"cohort": cast.cohort.pk})
    assert (page.status_code, set(page.context["move"].errors)) == (422, {"cohort"})
    answer = ada.post(move, {"cohort": south.pk})
    assert (said(answer), answer.url) == (["2 learners moved here."], south.get_absolute_url())
    assert set(Enrolment.objects.values_list("cohort", flat=True)) == {south.pk}
    back = reverse("manage:cohort-move-back", args=[south.pk])
    for days, words in ((0, "Today this"), (9, "Until its")):
        Cohort.objects.filter(pk=south.pk).update(starts_on=timezone.localdate() + dt.timedelta(days=days))
        page = ada.get(south.get_absolute_url()).content.decode()
        assert (back in page, f"another cohort. {words}" in page) == (True, True)
    assert said(ada.post(back))[-1] == "2 learners are back."
    assert back not in ada.get(south.get_absolute_url()).content.decode()


def test_the_enrolments_of_a_cohort_end_together_once_its_last_day_is_past(cast, ada):
    end = reverse("manage:cohort-end", args=[cast.cohort.pk])
    for ends_on, status in ((timezone.localdate(), 409), (timezone.localdate() - dt.timedelta(days=1), 302)):
        Cohort.objects.filter(pk=cast.cohort.pk).update(ends_on=ends_on)
        offered = end in ada.get(cast.cohort.get_absolute_url()).content.decode()
        answer = ada.post(end)
        ended = Enrolment.objects.filter(ended_on=timezone.localdate()).count()
        assert (offered, answer.status_code, ended) == (status == 302, status, 2 * (status == 302))
    assert said(answer) == ["2 enrolments ended. The records stay."]


def test_refused_forms_of_an_enrolment_come_back_with_422(cast, ada):
    page = ada.post(reverse("manage:enrolment-reassign", args=[cast.enrolment.pk]), {"coach": cast.ana.pk})
    assert (page.status_code, set(page.context["reassign"].errors)) == (422, {"coach"})
    data = {"coach": cast.cole.pk, "starts_on": "2030-01-02", "ends_on": "2030-01-01"}
    page = ada.post(reverse("manage:substitute-add", args=[cast.enrolment.pk]), data)
    assert page.context["substitute"].errors == {"ends_on": ["This is before the first day."]}


def test_administration_shows_nothing_of_what_happens_in_an_enrolment(cast, ada):
    cast.held(reference="zebra-quartz", learner_goal="zebra-quartz")
    for url in (
        reverse("manage:enrolment-show", args=[cast.enrolment.pk]),
        cast.leo.get_absolute_url(),
        cast.cohort.get_absolute_url(),
    ):
        assert "zebra-quartz" not in ada.get(url).content.decode()


def test_a_program_counts_its_learners_and_its_groups_each_by_itself(cast, ada):
    Cohort.objects.create(
        organization=cast.organization, program=cast.program, name="South", starts_on=dt.date(2026, 1, 5)
    )
    (program,) = ada.get(reverse("manage:program-list")).context["programs"]
    assert (program.learners, program.groups) == (2, 2)


def test_learners_without_a_coach_are_listed_and_stand_on_today(cast, ada):
    enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)
    page = ada.get(reverse("manage:enrolment-without-coach"))
    assert [enrolment.learner for enrolment in page.context["page"]] == [cast.leo]
    assert "1 learner</strong> has no coach." in ada.get(reverse("manage:program-list")).content.decode()


def test_settings_hold_the_sponsors_words_and_the_smallest_group(cast, ada):
    url = reverse("manage:organization-edit")
    data = {"name": "Northwind", "timezone": "Europe/Berlin", "smallest_group": 4, "sponsor_signed_on": "2026-01-06"}
    page = ada.post(url, data)
    assert page.context["form"].errors == {
        "smallest_group": ["Ensure this value is greater than or equal to 5."],
        "sponsor_name": ["Somebody signs by name."],
        "sponsor_statement": ["Write what is signed."],
    }
    ada.post(url, data | {"smallest_group": 6, "sponsor_name": "Priya Rao", "sponsor_statement": "Not used for pay."})
    organization = Organization.objects.get(pk=cast.organization.pk)
    assert (organization.smallest_group, organization.sponsor_name) == (6, "Priya Rao")


def test_what_people_typed_is_text_on_the_pages(cast, ada):
    members.change(cast.leo, by=cast.ada, name="<b>{{7*7}}", external_id="=cmd")
    for url in (reverse("manage:member-list"), cast.leo.get_absolute_url(), cast.cohort.get_absolute_url()):
        page = ada.get(url).content.decode()
        assert "<b>{{" not in page
        assert "&lt;b&gt;{{7*7}}" in page


@pytest.mark.parametrize(("who", "said"), [("ada", False), ("mia", False), ("leo", False), ("nia", True)])
def test_only_a_learner_is_said_to_be_in_no_cohort(cast, client, who, said):
    person = make_member(cast.organization, "Nia Novak", "learner") if who == "nia" else getattr(cast, who)
    page = client.as_(cast.ada).get(person.get_absolute_url())
    assert ("In no cohort yet." in page.content.decode()) == said


def test_a_role_taken_away_does_not_come_back_from_a_page_drawn_before(cast, ada):
    url = reverse("manage:member-edit", args=[cast.ana.pk])
    members.change(cast.ana, by=cast.ada, roles=["coach", "manager"])
    before = sent_by(ada.get(url))
    members.change(cast.ana, by=cast.ada, roles=["coach"])
    page = ada.post(url, before | {"name": "Ana S."})
    assert (page.status_code, page.context["form"].errors["roles"]) == (
        422, ["Saved meanwhile: “Coach”. Save again to put yours there."],
    )  # fmt: skip
    assert Member.objects.get(pk=cast.ana.pk).roles == ["coach"]
    assert f'name="known" value="{page.context["form"].edition}"' in page.content.decode()
    assert ada.post(url, before | {"roles": ["coach"], "known": page.context["form"].edition}).status_code == 302


def test_every_form_that_changes_something_says_what_it_knew(cast, ada):
    pages = [
        ("manage:organization-edit", []),
        ("manage:program-edit", [cast.program.pk]),
        ("manage:program-agreement", [cast.program.pk]),
        ("manage:cohort-edit", [cast.cohort.pk]),
    ]
    for name, args in pages:
        url = reverse(name, args=args)
        drawn = sent_by(ada.get(url))
        assert ada.post(url, drawn).status_code == 302, name
        assert ada.post(url, drawn | {"known": "1"}).status_code == 302, name  # nothing differs
        changed = next(each for each in ("name", "purpose") if each in drawn)
        page = ada.post(url, drawn | {"known": "1", changed: "Another"})
        assert (page.status_code, list(page.context["form"].errors)) == (422, [changed]), name
