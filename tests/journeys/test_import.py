"""An administrator brings people from a file: each state of the page, and how it goes on by itself."""

from programs import tasks
from programs.models import Member, PeopleImport
from tests.programs.import_steps import NIA, PLACE, file

MORE = {"email": "max@northwind.example", "name": "Max New", "roles": "manager"}


def choose(page, content: bytes) -> None:
    page.goto("/manage/people/import/")
    page.get_by_label("CSV file").set_input_files({"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Check the file").click()


def test_a_file_is_checked_imported_and_followed_by_invitations(cast, as_, judge):
    page = as_(cast.ada)
    choose(page, file(NIA | PLACE | {"cohort": "Spring"}, MORE))
    page.get_by_text("Checking the file").wait_for()
    judge(page)
    tasks.import_people()
    page.get_by_role("heading", name="No mistakes. This is what the file would do").wait_for()
    assert page.evaluate("document.activeElement.id") == "would"
    judge(page)
    page.get_by_role("button", name="Import 2 people").click()
    page.get_by_text("All of it or nothing.").wait_for()
    tasks.import_people()
    page.get_by_role("heading", name="Imported").wait_for()
    judge(page)
    page.get_by_role("button", name="Send 2 invitations").click()
    page.get_by_text("2 invitations are on their way.").wait_for()


def test_without_javascript_a_file_with_mistakes_is_looked_at_again_and_left_in_part(cast, as_):
    page = as_(cast.ada, js=False)
    choose(page, file(NIA, MORE | {"roles": "boss"}))
    tasks.import_people()
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("“boss” is not a role.").wait_for()
    page.get_by_role("button", name="Import 1 person without these lines").click()
    tasks.import_people()
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("1 line was left out.").wait_for()
    assert (Member.objects.filter(name="Nia New").count(), PeopleImport.objects.get().status) == (1, "done")
