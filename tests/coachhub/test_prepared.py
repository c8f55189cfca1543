from datetime import timedelta

import pytest
from django.db.models import Count, Q
from django.utils import timezone

from coachhub.prepared import AnyOf, prepared
from programs.models import Member, Organization


def test_each_call_asks_of_its_own_values(cast):
    @prepared
    def named(name, organization):
        return Member.objects.filter(organization=organization, name=name).values_list("pk", "name")

    assert named(cast.ana.name, cast.organization) == [(cast.ana.pk, cast.ana.name)]
    assert named(organization=cast.organization, name=cast.leo.name) == [(cast.leo.pk, cast.leo.name)]


def test_the_queryset_is_made_once(cast, django_assert_num_queries):
    made = []

    @prepared
    def named(name):
        made.append(name)
        return Member.objects.filter(name=name).values_list("pk")

    with django_assert_num_queries(2):
        assert [named(cast.ana.name), named(cast.leo.name)] == [[(cast.ana.pk,)], [(cast.leo.pk,)]]
    assert len(made) == 1


def test_rows_may_be_models_with_what_they_refer_to(cast, django_assert_num_queries):
    @prepared
    def found(key):
        return Member.objects.select_related("user").only("name", "user__email").filter(pk=key)

    found(cast.leo.pk)
    with django_assert_num_queries(1):
        assert [(each, each.name, each.user.email) for each in found(cast.ana.pk)] == [
            (cast.ana, cast.ana.name, cast.ana.user.email)
        ]


def test_any_number_of_keys_is_one_query(cast):
    @prepared
    def among(keys):
        return Member.objects.filter(pk=AnyOf(keys)).order_by("pk").values_list("pk", flat=True)

    both = sorted([cast.ana.pk, cast.leo.pk])
    assert [among([]), among([cast.ana.pk]), among(both)] == [[], [cast.ana.pk], both]


def test_counts_take_a_filter(cast):
    @prepared
    def members_called(organization, name):
        called = Count("members", filter=Q(members__name=name))
        return Organization.objects.filter(pk=organization).annotate(n=called).values_list("n")

    assert members_called(cast.organization, cast.ana.name) == [(1,)]


def test_none_is_refused_as_sql_does_not_compare_it(cast):
    @prepared
    def invited(at):
        return Member.objects.filter(invited_at=at).values_list("pk")

    with pytest.raises(TypeError, match="at is None"):
        invited(None)


def test_an_instant_that_would_hold_for_good_is_refused(cast):
    @prepared
    def lately(name):
        return Member.objects.filter(name=name, created_at__gt=timezone.now() - timedelta(days=1)).values_list("pk")

    with pytest.raises(TypeError, match="lately would always ask of the instant of its first call"):
        lately(cast.ana.name)


def test_looking_into_an_argument_fails_at_the_first_call(cast):
    @prepared
    def colleagues(member):
        return Member.objects.filter(organization=member.organization_id).values_list("pk")

    with pytest.raises(AttributeError):
        colleagues(cast.ana)
