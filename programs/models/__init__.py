"""Models of programs; the layers above import them from here."""

from programs.models.agreements import Agreement, AgreementText
from programs.models.blueprints import Blueprint
from programs.models.enrolments import Enrolment, FormerCohort, Substitute, UsualSlot
from programs.models.imports import PeopleImport
from programs.models.invitation_rounds import InvitationRound
from programs.models.organizations import Organization
from programs.models.people import Invitation, Member, User
from programs.models.pillars import Behaviour, Pillar, Question
from programs.models.programs import Cohort, CohortManager, Program
from programs.models.rubrics import LEVELS, Criterion, Level, Rubric
from programs.models.tokens import ApiKey, ApiToken

__all__ = [
    "LEVELS",
    "Agreement",
    "AgreementText",
    "ApiKey",
    "ApiToken",
    "Behaviour",
    "Blueprint",
    "Cohort",
    "CohortManager",
    "Criterion",
    "Enrolment",
    "FormerCohort",
    "Invitation",
    "InvitationRound",
    "Level",
    "Member",
    "Organization",
    "PeopleImport",
    "Pillar",
    "Program",
    "Question",
    "Rubric",
    "Substitute",
    "User",
    "UsualSlot",
]
