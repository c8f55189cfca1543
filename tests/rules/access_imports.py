"""Importing people is the administrator's; a file of another organization is a 404."""

from django.core.files.uploadedfile import SimpleUploadedFile
from rules_access import Row

from programs.domain.people_import import work
from programs.models import PeopleImport

ADMIN = {"admin": 200}
DONE = {"admin": 302}
HEAD = "email,name,roles,timezone,program,cohort,coach_email,manager_emails"
FILE = f"{HEAD}\nnia@x.example,Nia New,learner,Europe/Berlin,,,,\nbad,Bo,learner,,,,,\n".encode()


def received(cast) -> PeopleImport:
    return work.receive(by=cast.ada, file_name="people.csv", content=FILE)


def checked(cast) -> PeopleImport:
    made = received(cast)
    work.work(made.pk)
    return made


def pk(made):
    return [made.pk]


ROWS = {
    "manage:import-add": Row(
        get=ADMIN | {"other_org": 200},
        post=DONE | {"other_org": 302},
        data=lambda cast: {"file": SimpleUploadedFile("people.csv", FILE)},
    ),
    "manage:import-example": Row(get=ADMIN | {"other_org": 200}, post_default=405),
    "manage:import-show": Row(get=ADMIN, post_default=405, world=checked, args=pk),
    "manage:import-run": Row(get_default=405, post=DONE, world=checked, args=pk, data=lambda made: {"skip_bad": "yes"}),
    "manage:import-discard": Row(get_default=405, post=DONE, world=checked, args=pk),
    "manage:import-report": Row(get=ADMIN, post_default=405, world=checked, args=pk),
    "manage:import-rejects": Row(get=ADMIN, post_default=405, world=checked, args=pk),
}
