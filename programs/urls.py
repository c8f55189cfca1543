"""URLs of people, programs and the library, by audience; coachhub/urls.py puts the audiences of the apps together."""

from allauth.account.urls import urlpatterns as allauth_urls
from django.urls import URLPattern, path

from programs.views import (
    agreements,
    curriculum,
    enrolments,
    history,
    invitation_rounds,
    invitations,
    library,
    members,
    organization,
    people_imports,
    rosters,
)
from programs.views.sign_in import MAILING, fails_closed, own_to_choose

# Without the pages on which people change their own address: an unverified address of a colleague-to-be
# on one's own login would receive that colleague's membership. Administrators change addresses.
SIGN_IN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",  # says that accounts come by invitation
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_request_login_code",
        "account_confirm_login_code",
    }
)
OWN_TO_CHOOSE = frozenset({"account_reauthenticate", "account_change_password", "account_set_password"})
account: list[URLPattern] = [
    *(
        URLPattern(
            pattern.pattern,
            fails_closed(own_to_choose(view) if pattern.name in OWN_TO_CHOOSE else view),
            pattern.default_args,
            pattern.name,
        )
        for pattern in allauth_urls
        if pattern.name in SIGN_IN
        for view in [MAILING.get(pattern.name, pattern.callback)]
    ),
    path("invitation/<str:token>/", invitations.accept, name="invitation-accept"),
]

design: list[URLPattern] = [
    path("pillars/", library.pillar_list, name="pillar-list"),
    path("pillars/<int:pk>/", library.pillar_show, name="pillar-show"),
    path("rubrics/<int:pk>/", library.rubric_show, name="rubric-show"),
    path("blueprints/<int:pk>/", library.blueprint_show, name="blueprint-show"),
]
manage: list[URLPattern] = [
    path("people/", members.member_list, name="member-list"),
    path("people/add/", members.member_add, name="member-add"),
    path("people/invite/", invitation_rounds.invite_everybody_new, name="member-invite-new"),
    path("people/invite/<int:pk>/", invitation_rounds.round_show, name="invitation-round"),
    path("people/invite/<int:pk>/stop/", invitation_rounds.round_stop, name="invitation-round-stop"),
    path("people/import/", people_imports.import_add, name="import-add"),
    path("people/import/example.csv", people_imports.import_example, name="import-example"),
    path("people/import/<int:pk>/", people_imports.import_show, name="import-show"),
    path("people/import/<int:pk>/run/", people_imports.import_run, name="import-run"),
    path("people/import/<int:pk>/discard/", people_imports.import_discard, name="import-discard"),
    path("people/import/<int:pk>/report.csv", people_imports.import_report, name="import-report"),
    path("people/import/<int:pk>/rejects.csv", people_imports.import_rejects, name="import-rejects"),
    path("people/<int:pk>/", members.member_show, name="member-show"),
    path("people/<int:pk>/edit/", members.member_edit, name="member-edit"),
    path("people/<int:pk>/invite/", members.member_invite, name="member-invite"),
    path("people/<int:pk>/deactivate/", members.member_deactivate, name="member-deactivate"),
    path("people/<int:pk>/reactivate/", members.member_reactivate, name="member-reactivate"),
    path("programs/", curriculum.program_list, name="program-list"),
    path("programs/add/", curriculum.program_add, name="program-add"),
    path("programs/<int:pk>/", curriculum.program_show, name="program-show"),
    path("programs/<int:pk>/edit/", curriculum.program_edit, name="program-edit"),
    path("programs/<int:pk>/agreement/", curriculum.program_agreement, name="program-agreement"),
    path("programs/<int:pk>/archive/", curriculum.program_archive, name="program-archive"),
    path("programs/<int:pk>/cohorts/add/", curriculum.cohort_add, name="cohort-add"),
    path("cohorts/<int:pk>/", curriculum.cohort_show, name="cohort-show"),
    path("cohorts/<int:pk>/edit/", curriculum.cohort_edit, name="cohort-edit"),
    path("cohorts/<int:pk>/move/", curriculum.cohort_move, name="cohort-move"),
    path("cohorts/<int:pk>/move-back/", curriculum.cohort_move_back, name="cohort-move-back"),
    path("cohorts/<int:pk>/end/", curriculum.cohort_end, name="cohort-end"),
    path("cohorts/<int:pk>/enrol/", enrolments.enrolment_add, name="enrolment-add"),
    path("enrolments/without-coach/", enrolments.without_coach, name="enrolment-without-coach"),
    path("enrolments/<int:pk>/", enrolments.enrolment_show, name="enrolment-show"),
    path("enrolments/<int:pk>/reassign/", enrolments.enrolment_reassign, name="enrolment-reassign"),
    path("enrolments/<int:pk>/reassign/undo/", enrolments.enrolment_reassign_undo, name="enrolment-reassign-undo"),
    path("enrolments/<int:pk>/move/", enrolments.enrolment_move, name="enrolment-move"),
    path("enrolments/<int:pk>/substitute/", enrolments.substitute_add, name="substitute-add"),
    path("enrolments/<int:pk>/end/", enrolments.enrolment_end, name="enrolment-end"),
    path("enrolments/<int:pk>/end/undo/", enrolments.enrolment_end_undo, name="enrolment-end-undo"),
    path("substitutes/<int:pk>/remove/", enrolments.substitute_remove, name="substitute-remove"),
    path("organization/", organization.organization_edit, name="organization-edit"),
    path("audit/", history.audit_list, name="audit-list"),
    path("audit.csv", history.audit_download, name="audit-download"),
]
learn: list[URLPattern] = [
    path("welcome/", agreements.welcome, name="welcome"),
    path("agreements/<int:pk>/", agreements.agreement_show, name="agreement-show"),
    path("agreements/<int:pk>/accept/", agreements.agreement_accept, name="agreement-accept"),
    path("enrolments/<int:pk>/share-past/", agreements.share_past, name="enrolment-share-past"),
]
coach: list[URLPattern] = [
    path("agreements/<int:pk>/", agreements.agreement_show, name="agreement-show"),
]
insights: list[URLPattern] = [
    path("cohorts/", rosters.cohort_list, name="cohort-list"),
    path("cohorts/<int:pk>/", rosters.cohort_show, name="cohort-show"),
]
