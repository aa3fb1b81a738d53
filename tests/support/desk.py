"""People at work on a report, as their browsers send it: shared by the tests of the desk."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.people.model import Role
from hotline.reports import timeline
from hotline.reports.model import Report
from tests.support.console import (
    World,
    add_person,
    leave_message,
    send,
    sign_in,
    start_dispatch,
    take,
)

SHARED = {
    "recipient": "law_enforcement",
    "given_to": "Officer Diaz",
    "parts": "words",
    "basis": "imminent_danger",
}
"""The form of a disclosure, filled in."""


def taken_report(world: World) -> str:
    """A report that Counselor 1 took by phone."""
    made = leave_message(world)
    start_dispatch(world, made)
    take(world, made)
    return made


def do(client: FlaskClient, report_id: str, what: str, form: dict[str, str]) -> TestResponse:
    """Send one of the forms of the report's page."""
    return send(client, f"/reports/{report_id}/{what}", form)


def now_at(world: World, report_id: str) -> Report:
    """The report as it stands."""
    with world.database.transaction() as session:
        return session.get_one(Report, report_id)


def over(world: World, report_id: str, form: dict[str, str]) -> dict[str, str]:
    """The form, filled in over the report as it stands."""
    return {**form, "version": str(now_at(world, report_id).version)}


def kinds(world: World, report_id: str) -> list[str]:
    """What its timeline tells, by kind."""
    with world.database.transaction() as session:
        return [event.kind for event in timeline.read(session, report_id)]


def other_browser(world: World, name: str = "bo", role: Role = Role.SUPERVISOR) -> FlaskClient:
    """The browser of somebody else, signed in."""
    add_person(world, name, role)
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return client
