"""Sign-in: by password, by e-mailed code, by one click in the demo; it tells nobody who has an account."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from coachhub.demo import ACCOUNTS
from programs.domain import invitations
from programs.models import Member, Organization, User

PASSWORD = "four plain words here"


@pytest.fixture(autouse=True)
def _own_counters(settings):
    """In this process: another one that empties the common cache must not forget the failures counted here."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "sign-in"}}
    cache.clear()


@pytest.fixture
def leo(cast):
    cast.leo.user.set_password(PASSWORD)
    cast.leo.user.save()
    return cast.leo


def sign_in(client, email, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def code_in(letter):
    return re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letter.body, re.MULTILINE).group()


def told(page):
    """What the page says, without what differs from request to request."""
    return re.sub(r'(csrf[^"]*" value="|X-CSRFToken": "|nonce="|<span class="num">)[^"<]+', "", page.content.decode())


def test_address_and_password_let_in_whatever_the_spelling(client, leo):
    answer = sign_in(client, "LEO@northwind.example")
    assert (answer.status_code, answer.url) == (302, reverse("today"))
    assert int(client.session["_auth_user_id"]) == leo.user_id


def test_an_unknown_address_and_a_wrong_password_look_alike(client, leo):
    wrong = sign_in(client, "leo@northwind.example", "wrong")
    unknown = sign_in(client, "none@northwind.example", "wrong")
    assert (wrong.status_code, unknown.status_code) == (200, 200)
    assert told(wrong).replace("leo@", "") == told(unknown).replace("none@", "")


def test_a_code_or_a_new_password_is_asked_for_without_telling_who_has_an_account(client, leo, cast):
    for name in ("account_request_login_code", "account_reset_password"):
        known = client.__class__().post(reverse(name), {"email": "leo@northwind.example"})
        unknown = client.__class__().post(reverse(name), {"email": "none@northwind.example"})
        assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_an_e_mailed_code_lets_in(client, leo):
    client.post(reverse("account_request_login_code"), {"email": "leo@northwind.example"})
    wrong = client.post(reverse("account_confirm_login_code"), {"code": "ZZZ-ZZZ"}).content.decode()
    assert [words in wrong for words in ("<strong>Not signed in yet.</strong>", "Not saved yet")] == [True, False]
    answer = client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[-1])})
    assert (answer.status_code, int(client.session["_auth_user_id"])) == (302, leo.user_id)


@pytest.fixture
def elsewhere(leo, cast):
    """Leo's second membership, which he has not joined yet."""
    return Member.objects.create(
        organization=cast.olga.organization, user=leo.user, name="Leo elsewhere", roles=["coach"], timezone="UTC",
        invited_at=timezone.now(),
    )  # fmt: skip


def works_as(client):
    return client.get(reverse("profile")).wsgi_request.member


def submit(client, page, **typed):
    """The form of a sign-in page as a browser sends it, with where it is to lead."""
    html = client.get(page).content.decode()
    to = re.search(r'name="next" value="([^"]+)"', html)
    return client.post(page.split("?")[0], typed | ({"next": to[1]} if to else {}))


def switch(client, member):
    client.post(reverse("member-switch"), {"member": member.pk})


def test_a_sign_in_opens_the_membership_used_last_and_moves_no_other_device(cast, leo, elsewhere):
    Member.objects.filter(pk=elsewhere.pk).update(joined_at=timezone.now())
    first, second, third = Client(), Client(), Client()
    sign_in(first, leo.user.email)
    assert works_as(first) == leo
    switch(first, elsewhere)
    sign_in(second, leo.user.email)
    assert [works_as(first), works_as(second)] == [elsewhere] * 2
    switch(second, leo)
    sign_in(third, leo.user.email)
    assert [works_as(first), works_as(second), works_as(third)] == [elsewhere, leo, leo]


@pytest.mark.parametrize("fields", [{"deactivated_at": timezone.now()}, {"joined_at": None}])
def test_a_membership_used_last_that_is_open_no_more_gives_way_to_another(leo, elsewhere, fields):
    User.objects.update(last_member=elsewhere)
    Member.objects.filter(pk=elsewhere.pk).update(**{"joined_at": timezone.now()} | fields)
    client = Client()
    sign_in(client, leo.user.email)
    assert works_as(client) == leo


@pytest.mark.parametrize("way", ["password", "code"])
def test_who_is_invited_into_a_second_organization_begins_there_and_comes_back_there(cast, client, elsewhere, way):
    link = reverse("invitation-accept", args=[invitations.token_of(invitations.invite(elsewhere, by=cast.olga))])
    door = re.search(r'class="btn btn-primary btn-lg btn-wide" href="([^"]+)"', client.get(link).content.decode())[1]
    if way == "code":
        door = re.search(r'href="(/accounts/login/code/[^"]*)"', client.get(door).content.decode())[1]
        door = submit(client, door, email=elsewhere.user.email).url
        answer = submit(client, door, code=code_in(mail.outbox[-1]))
    else:
        answer = submit(client, door, login=elsewhere.user.email, password=PASSWORD)
    assert answer.url == link
    assert client.post(link, {"how": "join"}).url == reverse("today")
    assert (works_as(client), client.get(reverse("today")).status_code) == (elsewhere, 200)
    client.post(reverse("account_logout"))
    client.post(reverse("account_request_login_code"), {"email": elsewhere.user.email})
    client.post(reverse("account_confirm_login_code"), {"code": code_in(mail.outbox[-1])})
    assert works_as(client) == elsewhere


def test_nobody_signs_up(client, db):
    page = client.post(reverse("account_signup"), {"email": "new@northwind.example", "password1": PASSWORD})
    assert page.status_code == 200
    assert User.objects.count() == 0


def test_people_cannot_change_their_own_address():
    """An unverified address would receive the membership of the colleague it belongs to."""
    for name in ("account_email", "account_email_verification_sent"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_a_deactivated_person_may_sign_in_and_sees_nothing(client, leo):
    Member.objects.filter(pk=leo.pk).update(deactivated_at=timezone.now())
    sign_in(client, "leo@northwind.example")
    assert client.get(reverse("today")).status_code == 403


def test_guessing_is_stopped(client, leo):
    for _ in range(10):
        sign_in(client, "leo@northwind.example", "wrong")
    page = sign_in(client, "leo@northwind.example", PASSWORD)
    assert "Too many failed login attempts. Try again later." in page.content.decode()
    assert "_auth_user_id" not in client.session


NO_CACHE = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
        "OPTIONS": {"socket_connect_timeout": 0.2},
    }
}


def test_without_the_counter_sign_in_is_paused_and_the_rest_goes_on(client, leo, cast):
    signed_in = client.as_(cast.ana)
    with override_settings(CACHES=NO_CACHE):
        page = sign_in(client, "leo@northwind.example")
        assert page.status_code == 503
        assert "Sign-in is paused for a moment" in page.content.decode()
        assert client.get(reverse("account_login")).status_code == 200
        assert signed_in.get(reverse("profile")).status_code == 200
    assert sign_in(client, "leo@northwind.example").status_code == 302


def demo(cast):
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=True)


def test_outside_demo_mode_nobody_signs_in_with_one_click(cast, client, settings):
    demo(cast)
    settings.DEMO = False
    assert client.post(reverse("demo-sign-in"), {"member": cast.leo.pk}).status_code == 404
    assert "Look around as" not in client.get(reverse("account_login")).content.decode()


def test_in_demo_mode_one_click_signs_in_as_anybody_of_the_demo(cast, client, settings):
    demo(cast)
    settings.DEMO = True
    page = client.get(reverse("account_login")).content.decode()
    assert re.findall(r'name="member" value="\d+">([^<]+)<', page) == [
        "Ana Silva", "Cole Berg", "Leo Marin", "Lia Chen", "Mia Novak", "Ada Okafor",
    ]  # fmt: skip
    answer = client.post(reverse("demo-sign-in"), {"member": cast.mia.pk})
    assert (answer.url, client.session["member"]) == (reverse("today"), cast.mia.pk)
    client.post(reverse("demo-sign-in"), {"member": cast.leo.pk})
    assert int(client.session["_auth_user_id"]) == cast.leo.user_id


@pytest.mark.parametrize(
    ("to", "leads"),
    [
        ("/learn/record/", "/learn/record/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("record", "/"),
        ("#x", "/"),
        ("[", "/"),
    ],
)
def test_one_click_leads_to_the_page_it_names_on_this_site_alone(cast, client, settings, to, leads):
    demo(cast)
    settings.DEMO = True
    assert client.post(reverse("demo-sign-in"), {"member": cast.leo.pk, "next": to}).url == leads


def test_one_click_leads_on_to_the_page_that_asked_for_a_sign_in(cast, client, settings):
    demo(cast)
    settings.DEMO = True
    asked = client.get(reverse("learn:record"))
    page = client.get(asked.url).content.decode()
    form = page[page.index(f'action="{reverse("demo-sign-in")}"') :]
    assert re.findall(r'name="next" value="([^"]*)"', form[: form.index("</form>")]) == [reverse("learn:record")]


def test_who_came_in_by_one_click_is_out_once_demo_mode_is_off(cast, client, settings):
    """For good, and they alone: the click has shown nothing of who they are."""
    demo(cast)
    settings.DEMO = True
    client.post(reverse("demo-sign-in"), {"member": cast.mia.pk})
    settings.DEMO = False
    assert client.as_(cast.leo).get(reverse("profile")).status_code == 200
    answer = client.get(reverse("profile"))
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={reverse('profile')}")
    settings.DEMO = True
    assert client.get(reverse("profile")).status_code == 302


def token_of(client):
    """The token of the sign-in page, as its forms post it."""
    page = client.get(reverse("account_login")).content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def test_a_second_tap_on_a_person_of_the_demo_leads_on_to_today(cast, settings):
    demo(cast)
    settings.DEMO = True
    client = Client(enforce_csrf_checks=True)
    tap = {"member": cast.mia.pk, "csrfmiddlewaretoken": token_of(client)}
    answers = [client.post(reverse("demo-sign-in"), tap) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, reverse("today"))] * 2
    again = client.post(
        reverse("demo-sign-in"), {"name": cast.mia.name, "csrfmiddlewaretoken": tap["csrfmiddlewaretoken"]}
    )
    assert (again.status_code, again.url) == (302, reverse("today"))
    other = client.post(reverse("demo-sign-in"), tap | {"member": cast.leo.pk})
    assert (other.status_code, client.session["member"]) == (403, cast.mia.pk)


def test_a_sign_in_sent_twice_leads_on_to_today(leo):
    client = Client(enforce_csrf_checks=True)
    typed = {"login": leo.user.email, "password": PASSWORD, "csrfmiddlewaretoken": token_of(client)}
    answers = [client.post(reverse("account_login"), typed) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, reverse("today"))] * 2
    assert client.post(reverse("account_login"), typed | {"login": "mia@northwind.example"}).status_code == 403
    assert client.post(reverse("profile"), typed).status_code == 403


def test_a_sign_in_without_a_token_is_refused(leo):
    typed = {"login": leo.user.email, "password": PASSWORD}
    assert Client(enforce_csrf_checks=True).post(reverse("account_login"), typed).status_code == 403


def test_the_demo_goes_on_as_somebody_else_from_every_page(cast, client, settings):
    Member.objects.filter(pk=cast.ana.pk).update(name="Dana Weiss")
    Member.objects.filter(pk=cast.mia.pk).update(name="Mia Novak")
    ana, mia = client.as_(cast.ana), {"name": "Mia Novak"}
    demo(cast)
    settings.DEMO = False
    assert "demo-menu" not in ana.get(reverse("today")).content.decode()
    assert ana.post(reverse("demo-sign-in"), mia).status_code == 404
    settings.DEMO = True
    page = ana.get(reverse("today")).content.decode()
    assert re.findall(r'name="name" value="([^"]+)"', page) == [name for name, _role, _story in ACCOUNTS]
    for nobody in ("Amira Haddad", "Olga Petrova", "\0"):  # not there; elsewhere; no name
        assert ana.post(reverse("demo-sign-in"), {"name": nobody}).status_code == 404
    assert (ana.post(reverse("demo-sign-in"), mia).url, ana.session["member"]) == (reverse("today"), cast.mia.pk)
    assert reverse("mailbox") in ana.get(reverse("today")).content.decode()
    settings.EMAIL_URL = "smtp://127.0.0.1:2525/"
    assert reverse("mailbox") not in ana.get(reverse("today")).content.decode()


def test_no_one_outside_the_demo_organization_goes_on_as_somebody_else(cast, client, settings):
    settings.DEMO = True
    page = client.as_(cast.olga).get(reverse("today")).content.decode()
    assert "demo-menu" not in page and reverse("mailbox") not in page


def test_one_click_opens_no_other_organization_and_nobody_who_left(cast, client, settings):
    demo(cast)
    settings.DEMO = True
    Member.objects.filter(pk=cast.lia.pk).update(deactivated_at=timezone.now())
    for person in (cast.olga, cast.lia):
        assert client.post(reverse("demo-sign-in"), {"member": person.pk}).status_code == 404


@pytest.mark.parametrize("there", [{}, {"joined_at": None}, {"deactivated_at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC)}])
def test_who_is_known_outside_the_demo_is_nobody_for_one_click(cast, client, settings, there):
    """A member, invited or gone: the click would begin a sign-in that leads there, and ends where it had begun."""
    demo(cast)
    settings.DEMO = True
    client.post(reverse("demo-sign-in"), {"member": cast.leo.pk})
    assert client.get(reverse("profile")).status_code == 200
    Member.objects.filter(pk=cast.olga.pk).update(user=cast.leo.user, **there)
    answer = client.get(reverse("profile"))
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={reverse('profile')}")
    assert client.post(reverse("demo-sign-in"), {"member": cast.leo.pk}).status_code == 404
    assert "Leo Marin" not in client.get(reverse("account_login")).content.decode()
    assert client.as_(cast.leo).get(reverse("profile")).status_code == 200


def test_how_somebody_signs_in_is_not_chosen_by_one_click(cast, client, settings):
    demo(cast)
    settings.DEMO = True
    client.post(reverse("demo-sign-in"), {"member": cast.leo.pk})
    page = client.get(reverse("profile")).content.decode()
    for name in ("account_set_password", "account_change_password", "account_reauthenticate", "profile-sign-out"):
        url = reverse(name)
        assert (name, url in page) == (name, False)
        typed = {"oldpassword": PASSWORD, "password1": "kelp-lamp-42", "password2": "kelp-lamp-42"}
        assert (name, client.post(url, typed).status_code) == (name, 404)
        assert (name, client.get(url).status_code) == (name, 405 if name == "profile-sign-out" else 404)
    assert client.as_(cast.leo).get(reverse("account_set_password")).status_code == 200


def test_a_new_learner_of_the_demo_sees_the_first_screen(cast, client, settings):
    demo(cast)
    settings.DEMO = True
    Member.objects.filter(pk=cast.leo.pk).update(welcomed_at=None)
    assert client.post(reverse("demo-sign-in"), {"member": cast.leo.pk}).url == reverse("learn:welcome")


def test_signing_out_is_a_post(cast, client):
    leo = client.as_(cast.leo)
    leo.get(reverse("account_logout"))
    assert leo.get(reverse("profile")).status_code == 200
    leo.post(reverse("account_logout"))
    assert leo.get(reverse("profile")).status_code == 302
