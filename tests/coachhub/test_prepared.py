from datetime import time, timedelta

import pytest
from django.db.models import Count, Q, Value
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


def test_a_row_that_is_not_stored_is_refused_as_none_is(cast):
    @prepared
    def members(organization):
        return Member.objects.filter(organization=organization).values_list("pk")

    with pytest.raises(TypeError, match="organization is None"):
        members(Organization())


def test_a_time_of_day_that_would_hold_for_good_is_refused(cast):
    @prepared
    def early(name):
        return Member.objects.filter(name=name).annotate(at=Value(time(8))).values_list("at")

    with pytest.raises(TypeError, match="early would always ask of the instant of its first call"):
        early(cast.ana.name)


def test_a_time_zone_that_would_hold_for_good_is_refused(cast):
    @prepared
    def made_on(day):
        return Member.objects.filter(created_at__date=day).values_list("pk")

    with timezone.override("Pacific/Auckland"), pytest.raises(TypeError, match="made_on would always ask in the time"):
        made_on(timezone.localdate())


def test_rows_that_are_fetched_besides_are_refused(cast):
    @prepared
    def with_members(key):
        return Organization.objects.filter(pk=key).prefetch_related("members")

    with pytest.raises(TypeError, match="with_members would leave out what it fetches besides"):
        with_members(cast.organization.pk)


def test_a_default_is_refused_where_it_is_written():
    with pytest.raises(TypeError, match="named has a default"):

        @prepared
        def named(name="Ana"):
            return Member.objects.filter(name=name)


@pytest.mark.parametrize(
    ("args", "kwargs"), [(("Ana", "Leo"), {}), ((), {}), (("Ana",), {"name": "Leo"}), ((), {"nam": "Ana"})]
)
def test_arguments_that_it_does_not_take_are_refused(args, kwargs):
    @prepared
    def named(name):
        return Member.objects.filter(name=name)

    with pytest.raises(TypeError, match="argument"):
        named(*args, **kwargs)


def test_what_is_never_there_is_an_empty_list_without_a_query(cast, django_assert_num_queries):
    @prepared
    def nobody(name):
        return Member.objects.filter(name=name, pk__in=[])

    with django_assert_num_queries(0):
        assert nobody(cast.ana.name) == []


def test_looking_into_an_argument_fails_at_the_first_call(cast):
    @prepared
    def colleagues(member):
        return Member.objects.filter(organization=member.organization_id).values_list("pk")

    with pytest.raises(AttributeError):
        colleagues(cast.ana)
