"""Routes of people, library, programs and enrolments; coachhub/api_urls.py puts the apps' routes together."""

from django.urls import path

from programs.api import agreements, enrolments, imports, invitations, library, organization, people, programs

urlpatterns = [
    path("me/", people.Me.as_view(), name="me"),
    path("me/welcome/", people.Welcome.as_view(), name="welcome"),
    path("members/", people.Members.as_view(), name="member-list"),
    path("members/<int:pk>/", people.MemberRow.as_view(), name="member"),
    path("members/<int:pk>/deactivate/", people.DeactivateMember.as_view(), name="member-deactivate"),
    path("members/<int:pk>/reactivate/", people.ReactivateMember.as_view(), name="member-reactivate"),
    path("members/<int:pk>/invite/", people.InviteMember.as_view(), name="member-invite"),
    path("invitation-rounds/", invitations.InvitationRounds.as_view(), name="invitation-round-list"),
    path("invitation-rounds/<int:pk>/", invitations.InvitationRoundRow.as_view(), name="invitation-round"),
    path("invitation-rounds/<int:pk>/stop/", invitations.StopInvitationRound.as_view(), name="invitation-round-stop"),
    path("people-imports/", imports.PeopleImports.as_view(), name="people-import-list"),
    path("people-imports/<int:pk>/", imports.PeopleImportRow.as_view(), name="people-import"),
    path("people-imports/<int:pk>/run/", imports.RunPeopleImport.as_view(), name="people-import-run"),
    path("organization/", organization.Settings.as_view(), name="organization"),
    path("pillars/", library.Pillars.as_view(), name="pillar-list"),
    path("pillars/<int:pk>/", library.PillarRow.as_view(), name="pillar"),
    path("rubrics/", library.Rubrics.as_view(), name="rubric-list"),
    path("rubrics/<int:pk>/", library.RubricRow.as_view(), name="rubric"),
    path("blueprints/", library.Blueprints.as_view(), name="blueprint-list"),
    path("blueprints/<int:pk>/", library.BlueprintRow.as_view(), name="blueprint"),
    path("programs/", programs.Programs.as_view(), name="program-list"),
    path("programs/<int:pk>/", programs.ProgramRow.as_view(), name="program"),
    path("programs/<int:pk>/archive/", programs.ArchiveProgram.as_view(), name="program-archive"),
    path("programs/<int:pk>/restore/", programs.RestoreProgram.as_view(), name="program-restore"),
    path("programs/<int:pk>/agreement/", agreements.DefaultAgreement.as_view(), name="program-agreement"),
    path("cohorts/", programs.Cohorts.as_view(), name="cohort-list"),
    path("cohorts/<int:pk>/", programs.CohortRow.as_view(), name="cohort"),
    path("enrolments/", enrolments.Enrolments.as_view(), name="enrolment-list"),
    path("enrolments/<int:pk>/", enrolments.EnrolmentRow.as_view(), name="enrolment"),
    path("enrolments/<int:pk>/reassign/", enrolments.Reassign.as_view(), name="enrolment-reassign"),
    path("enrolments/<int:pk>/end/", enrolments.EndEnrolment.as_view(), name="enrolment-end"),
    path("enrolments/<int:pk>/share-past/", enrolments.ShareThePast.as_view(), name="enrolment-share-past"),
    path("enrolments/<int:pk>/substitutes/", enrolments.Substitutes.as_view(), name="enrolment-substitutes"),
    path(
        "enrolments/<int:pk>/substitutes/<int:substitute>/",
        enrolments.SubstituteRow.as_view(),
        name="enrolment-substitute",
    ),
    path("agreements/", agreements.Agreements.as_view(), name="agreement-list"),
    path("agreements/<int:pk>/", agreements.AgreementRow.as_view(), name="agreement"),
    path("agreements/<int:pk>/accept/", agreements.AcceptAgreement.as_view(), name="agreement-accept"),
]
