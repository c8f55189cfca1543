"""The same address given twice in the same instant: one has it, the other is told, and nobody sees a fault."""

import pytest

from coachhub.errors import Invalid
from programs.domain import addresses, members
from programs.models import Member, User
from tests.racing import raced
from tests.sessions.run_steps import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NIA = {"email": "nia@northwind.example", "name": "Nia New", "roles": ["learner"]}


def add(by, **fields):
    return members.add(by.organization, by=by, **(NIA | fields))


def said(result):
    return str(result.sentence) if isinstance(result, Invalid) else type(result).__name__


def test_sent_four_times_at_once_somebody_is_added_once(cast):
    results = at_once(*[lambda: add(cast.ada)] * 4)
    assert sorted(map(said, results)) == ["Member", *["Nia New has this address already."] * 3]
    assert Member.objects.filter(name="Nia New").count() == 1


@pytest.mark.parametrize("whose", ["ada", "olga"])
def test_whoever_comes_second_sees_the_login_that_was_made_meanwhile(cast, whose):
    """The first has added and not committed yet; the second looks, finds nobody, and then has to wait."""
    second = raced(lambda: add(cast.ada), lambda: outcome(lambda: add(getattr(cast, whose), name="Nia Too")))
    assert said(second) == {"ada": "Nia New has this address already.", "olga": "Member"}[whose]
    assert User.objects.filter(email=NIA["email"]).count() == 1


def test_a_personnel_number_given_meanwhile_is_refused(cast):
    with_number = {"external_id": "A-17"}
    second = raced(
        lambda: add(cast.ada, **with_number),
        lambda: outcome(lambda: add(cast.ada, email="noa@northwind.example", **with_number)),
    )
    assert said(second) == "Nia New has this personnel number already."


def test_an_address_that_somebody_got_meanwhile_is_refused_or_has_to_be_accepted(cast):
    """A colleague has it: refused. Somebody of another organization has: they are to accept an invitation."""
    for by, after in ((cast.ada, "Nia New has this address already."), (cast.olga, "Member")):
        email = f"{by.organization.slug}@x.example"
        second = raced(
            lambda by=by, email=email: add(by, email=email),
            lambda email=email: outcome(lambda: addresses.change_email(cast.leo, by=cast.ada, email=email)),
        )
        assert said(second) == after
    leo = Member.objects.select_related("user").get(pk=cast.leo.pk)
    assert (leo.user.email, leo.joined_at) == ("elsewhere@x.example", None)


def test_of_two_who_get_one_address_at_once_one_is_refused(cast):
    people = (cast.leo, cast.lia)
    results = at_once(
        *[lambda who=who: addresses.change_email(who, by=cast.ada, email="one@northwind.example") for who in people]
    )
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "Member"]


def outcome(step):
    try:
        return step()
    except Invalid as refused:
        return refused
