"""Me: what everybody sets for themselves, tokens, other memberships."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from coachhub.context import navigation
from programs.domain import tokens
from programs.models import ApiToken, Enrolment, Member, User
from sessions.domain import prompts
from sessions.models import FollowUp, Prompt
from tests.sessions.prompt_steps import asked, fresh

PROFILE = {
    "name": "Leo M", "timezone": "Asia/Kolkata", "work_days": ["0", "2"], "work_start": "22:00",
    "work_end": "06:00", "holiday_region": "in",
}  # fmt: skip


@pytest.fixture
def leo(cast, client):
    return client.as_(cast.leo)


def again(member):
    return Member.objects.get(pk=member.pk)


def elsewhere(cast, **fields):
    fields = {"joined_at": timezone.now()} | fields
    return Member.objects.create(
        organization=cast.olga.organization, user=cast.leo.user, name="Leo elsewhere", roles=["coach"],
        timezone="Asia/Kolkata", **fields,
    )  # fmt: skip


def test_working_time_is_saved_and_shown_in_the_new_zone(cast, leo):
    answer = leo.post(reverse("profile"), PROFILE)
    member = again(cast.leo)
    assert (answer.status_code, member.name, member.timezone) == (302, "Leo M", "Asia/Kolkata")
    assert (member.work_days, member.work_start, member.work_end) == ([0, 2], dt.time(22), dt.time(6))
    assert member.holiday_region == "IN"


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("timezone", "Mars"), ("work_days", []), ("work_end", "22:00"), ("holiday_region", "XX")],
)
def test_nonsense_is_refused_next_to_its_field(cast, leo, field, value):
    page = leo.post(reverse("profile"), PROFILE | {field: value})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {field})
    assert again(cast.leo).name == "Leo Marin"


def test_roles_and_personnel_number_are_not_ones_own_to_change(cast, leo):
    leo.post(reverse("profile"), PROFILE | {"roles": ["admin"], "external_id": "1", "organization": cast.olga.pk})
    member = again(cast.leo)
    assert (member.roles, member.external_id, member.organization) == (["learner"], "", cast.organization)


def test_prompts_are_paused_stopped_and_sent_again(cast, leo):
    url, until = reverse("profile-prompts"), timezone.localdate() + dt.timedelta(days=7)
    common = {"prompt_time": "15:30", "keeps_words_out_of_mail": "on"}
    leo.post(url, {"sending": "paused", "prompts_paused_until": until.isoformat(), **common})
    member = again(cast.leo)
    assert (member.prompts_paused_until, member.prompt_time) == (until, dt.time(15, 30))
    assert member.keeps_words_out_of_mail is True
    assert leo.get(reverse("profile")).context["prompts_form"].initial["sending"] == "paused"
    leo.post(url, {"sending": "stopped"})
    member = again(cast.leo)
    assert (member.prompts_paused_until, member.prompts_stopped_at is not None) == (None, True)
    leo.post(url, {"sending": "on"})
    assert again(cast.leo).prompts_stopped_at is None


@pytest.mark.parametrize("days", [None, -300, 0])
def test_a_pause_ends_on_a_day_after_today(cast, leo, days):
    until = "" if days is None else (timezone.localdate() + dt.timedelta(days=days)).isoformat()
    page = leo.post(reverse("profile-prompts"), {"sending": "paused", "prompts_paused_until": until})
    assert (page.status_code, set(page.context["prompts_form"].errors)) == (422, {"prompts_paused_until"})


def test_a_pause_that_ends_today_is_over(cast, leo):
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=timezone.localdate())
    assert leo.get(reverse("profile")).context["prompts_form"].initial["sending"] == "on"


@pytest.mark.parametrize("sending", ["paused", "stopped"])
def test_open_question_is_put_off_as_by_the_link_and_never_missed(cast, leo, sending):
    prompt = asked(cast)
    until = timezone.localdate() + dt.timedelta(days=30)
    leo.post(reverse("profile-prompts"), {"sending": sending, "prompts_paused_until": until.isoformat()})
    assert (fresh(prompt).status, fresh(prompt).asked_at) == ("planned", None)
    leo.post(reverse("profile-prompts"), {"sending": "on"})
    assert (fresh(prompt).status, again(cast.leo).prompts_paused_until) == ("planned", None)
    assert prompts.close_unanswered(timezone.now() + dt.timedelta(days=60)) == 0


def test_profile_says_that_silence_stopped_the_questions_until_they_start_again(cast, leo):
    Prompt.objects.filter(pk=asked(cast).pk).update(status="missed", missed_at=timezone.now())
    FollowUp.objects.update(ended_at=timezone.now(), ended_because="silent")
    assert "Five questions had no answer" in leo.get(reverse("profile")).content.decode()
    leo.post(reverse("profile-prompts"), {"sending": "on", "prompt_time": "15:00"})
    assert FollowUp.objects.get().ended_because == "silent"
    leo.post(reverse("learn:prompts-start"))
    assert FollowUp.objects.get().ended_because == ""
    assert "Five questions had no answer" not in leo.get(reverse("profile")).content.decode()


def test_only_learners_are_asked_about_prompts(cast, client):
    assert client.as_(cast.ana).get(reverse("profile")).context["prompts_form"] is None


def test_a_token_is_shown_in_one_answer_only(cast, leo):
    page = leo.post(reverse("token-make"), {"name": "Roster sync", "scope": "write"})
    token = ApiToken.objects.get(member=cast.leo)
    assert (page.status_code, token.scope, page["Cache-Control"]) == (
        200, "write", "max-age=0, no-cache, no-store, must-revalidate, private",
    )  # fmt: skip
    assert tokens.hash_of(page.context["secret"]) == token.token_hash
    assert page.context["secret"] not in leo.get(reverse("profile")).content.decode()


def test_a_token_is_revoked(cast, leo):
    token, _secret = tokens.make(by=cast.leo, name="Roster sync", scope=ApiToken.Scope.READ)
    leo.post(reverse("token-revoke", args=[token.pk]))
    assert list(ApiToken.objects.usable()) == []
    assert list(leo.get(reverse("profile")).context["tokens"]) == []


def test_a_token_needs_a_name(leo):
    page = leo.post(reverse("token-make"), {"name": "", "scope": "read"})
    assert (page.status_code, set(page.context["token_form"].errors)) == (422, {"name"})
    assert '<details class="fold new-token" open>' in page.content.decode()


def test_signing_out_everywhere_ends_other_devices_and_keeps_this_one(cast, client):
    here, there = client.as_(cast.leo), client.as_(cast.leo)
    assert there.get(reverse("profile")).status_code == 200
    here.post(reverse("profile-sign-out"))
    assert here.get(reverse("profile")).status_code == 200
    assert there.get(reverse("profile")).url.split("?")[0] == reverse("account_login")


def test_the_switcher_changes_the_organization(cast, leo):
    other = elsewhere(cast)
    page = leo.get(reverse("profile"))
    assert list(page.context["others"]) == [other]
    assert [each["label"] for each in page.context["memberships"]] == ["Northwind", "Elsewhere"]
    leo.post(reverse("member-switch"), {"member": other.pk})
    assert leo.get(reverse("profile")).wsgi_request.member == other


def test_a_link_of_the_other_membership_opens_there_by_one_tap_and_tells_nothing_before(cast, leo):
    """The same is offered for an address at which nothing is."""
    other = elsewhere(cast)
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.leo)
    cast.leo.roles = ["coach", "learner"]
    cast.leo.save()
    theirs, nothing = (reverse("coach:enrolment-show", args=[pk]) for pk in (cast.lia_enrolment.pk, 10**9))
    leo.post(reverse("member-switch"), {"member": other.pk})
    pages = [leo.get(f"{url}?page=1") for url in (theirs, nothing)]
    assert [page.status_code for page in pages] == [404, 404]
    for page, url in zip(pages, (theirs, nothing), strict=True):
        text = page.content.decode()
        assert "You work in Elsewhere now." in text
        assert f'<input type="hidden" name="next" value="{url}?page=1">' in text
        assert f'<button class="btn" name="member" value="{cast.leo.pk}">' in text
    answer = leo.post(reverse("member-switch"), {"member": cast.leo.pk, "next": f"{theirs}?page=1"})
    assert answer.url == f"{theirs}?page=1"
    assert leo.get(answer.url).status_code == 200


def test_who_works_in_one_organization_is_offered_no_other(leo):
    page = leo.get(reverse("coach:enrolment-show", args=[10**9]))
    assert (page.status_code, reverse("member-switch") in page.content.decode()) == (404, False)


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_the_switcher_leads_nowhere_else(cast, leo, url):
    assert leo.post(reverse("member-switch"), {"member": elsewhere(cast).pk, "next": url}).url == reverse("today")


@pytest.mark.parametrize("fields", [{"joined_at": None}, {"deactivated_at": timezone.now()}])
def test_the_switcher_opens_only_active_memberships_that_were_joined(cast, leo, fields):
    other = elsewhere(cast, **fields)
    assert leo.post(reverse("member-switch"), {"member": other.pk}).status_code == 404
    assert leo.get(reverse("profile")).wsgi_request.member == cast.leo


@pytest.mark.parametrize("member", ["", "x", "٣", "9" * 30, "-1"])
def test_the_switcher_opens_nobody_else(cast, leo, member):
    assert leo.post(reverse("member-switch"), {"member": member}).status_code == 404
    assert leo.post(reverse("member-switch"), {"member": cast.lia.pk}).status_code == 404


def test_a_login_without_an_active_membership_sees_a_sentence(cast, leo):
    Member.objects.filter(pk=cast.leo.pk).update(deactivated_at=timezone.now())
    page = leo.get(reverse("profile"))
    assert page.status_code == 403
    assert "leo@northwind.example has no active membership." in page.content.decode()


def test_a_login_that_is_only_invited_is_told_so_there(cast, client):
    user = User.objects.create_user("nia@northwind.example", "four plain words here")
    nia = Member.objects.create(
        organization=cast.organization, user=user, name="Nia", roles=["learner"], timezone="UTC",
        invited_at=timezone.now(),
    )  # fmt: skip
    page = client.as_(nia).get(reverse("profile"))
    assert (page.status_code, "<strong>Northwind</strong> invites you." in page.content.decode()) == (403, True)


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", ["Today"]),
        ("/me/", ["Me"]),
        ("/accounts/password/set/", ["Me"]),
        ("/coach/week/", ["Learners"]),
        ("/mailbox/", []),
    ],
)
def test_a_page_lights_its_own_tab_and_no_other(cast, path, current):
    assert [str(place.label) for place in navigation(cast.ana, path) if place.current] == current


def test_the_password_page_leads_back_to_me(cast, client):
    page = client.as_(cast.ana).get(reverse("account_set_password")).content.decode()
    assert f'<a class="back" href="{reverse("profile")}">' in page
