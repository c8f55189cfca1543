"""What a role costs in figures: who coaches most of a cohort that they also manage hides it (PRIVACY.md, rule 4)."""

from dataclasses import dataclass

from django.db.models import Count, F, Q

from programs.models import Cohort, Member


@dataclass(frozen=True)
class Hidden:
    """A manager of the cohort coaches `coached` of its `learners`, so fewer than the smallest group are left."""

    cohort: str
    learners: int
    coached: int


def hidden_by(member: Member) -> list[Hidden]:
    """Cohorts that would have figures of their own if this member did not both manage them and coach in them.

    Who coaches everybody in a cohort learns nothing from its figures and hides none.
    """
    running = Q(enrolments__ended_on=None)
    counted = Cohort.objects.filter(managers=member).annotate(
        learners=Count("enrolments", filter=running, distinct=True),
        coached=Count("enrolments", filter=running & Q(enrolments__coach=member), distinct=True),
    )
    smallest = member.organization.smallest_group
    hiding = counted.filter(
        learners__gt=smallest, coached__gt=1, coached__lt=F("learners"), learners__lt=F("coached") + smallest
    )
    return [Hidden(*row) for row in hiding.values_list("name", "learners", "coached")]
