"""Break-glass in the console: off there is nothing; on, two administrators, and a number once."""

import re

import pytest
from flask.testing import FlaskClient

from hotline.audit import AuditEntry
from hotline.dispatch.break_glass import SETTLED
from hotline.people.model import Role
from hotline.reports.model import Call, Report
from tests.fakes.carrier import FakeCarrier
from tests.support.console import (
    World,
    add_person,
    call_of,
    leave_message,
    send,
    sign_in,
    turn_on_break_glass,
)

NUMBER = "+15550142857"
SHOWN = "+1 555-014-2857"
WHY = {"reason": "caller_may_die"}


class Two:
    """Two administrators of long standing before their browsers, and a caller on the line."""

    def __init__(self, world: World) -> None:
        self.world = world
        turn_on_break_glass(world)
        add_person(world, "ada", Role.ADMINISTRATOR)
        add_person(world, "bo", Role.ADMINISTRATOR)
        add_person(world, "sam", Role.SUPERVISOR)
        world.pass_s(SETTLED.total_seconds() + 1)
        self.report_id = leave_message(world)
        self.call_id = call_of(world, self.report_id)
        self.ada, self.bo, self.sam = (self.browser(name) for name in ("ada", "bo", "sam"))
        with world.database.reading() as session:
            self.number = session.get_one(Report, self.report_id).number
            call = session.get_one(Call, self.call_id)
        assert isinstance(world.runtime.carrier, FakeCarrier)
        world.runtime.carrier.callers[call.carrier_call_id] = NUMBER

    def browser(self, name: str) -> FlaskClient:
        client = self.world.app().test_client()
        assert sign_in(client, name).status_code == 303
        return client

    def ask(self, **form: str) -> str:
        """Ada asks; gives where Bo agrees."""
        sent = {**WHY, "sure": self.number, **form}
        answer = send(self.ada, f"/break-glass/calls/{self.call_id}/asked", sent)
        assert answer.status_code == 303
        page = self.bo.get("/break-glass").text
        return page.split('action="/break-glass/', 1)[1].split('"')[0]

    def acts(self) -> list[str]:
        with self.world.database.reading() as session:
            query = session.query(AuditEntry.action).filter(AuditEntry.action.like("glass.%"))
            return [action for (action,) in query.order_by(AuditEntry.seq)]


@pytest.fixture
def two(world: World) -> Two:
    return Two(world)


def test_where_it_is_off_there_is_nothing(world: World) -> None:
    add_person(world, "ada", Role.ADMINISTRATOR)
    client = world.app().test_client()
    sign_in(client, "ada")
    call_id = call_of(world, leave_message(world))
    assert "Break-glass" not in client.get("/board").text
    assert client.get("/break-glass").status_code == 404
    assert send(client, f"/break-glass/calls/{call_id}/asked", WHY).status_code == 404
    assert send(client, f"/break-glass/{call_id}/agreed").status_code == 404


def test_two_administrators_and_the_number_once(two: Two) -> None:
    assert "Break-glass" in two.ada.get("/board").text
    agree = two.ask()
    assert "You asked, because the caller is about to die" in two.ada.get("/break-glass").text
    page = send(two.bo, f"/break-glass/{agree}", {"sure": two.number})
    assert page.status_code == 200
    assert SHOWN in page.text
    assert page.headers["Cache-Control"] == "no-store"
    again = send(two.bo, f"/break-glass/{agree}", {"sure": two.number})
    assert again.status_code == 409
    assert "shown only once" in again.text
    for client in (two.ada, two.bo, two.sam):
        for path in ("/break-glass", "/board", "/audit", f"/reports/{two.report_id}"):
            assert "555-014-2857" not in client.get(path).text
    assert two.acts() == ["glass.asked", "glass.broken", "glass.shown"]


def test_supervisors_are_alarmed_and_read_who_and_why(two: Two) -> None:
    send(two.bo, f"/break-glass/{two.ask()}", {"sure": two.number})
    page = two.sam.get(f"/reports/{two.report_id}").text
    assert "two administrators asked the carrier for the caller’s number" in page
    assert "Ada asked for the caller’s number, from the carrier: the caller is about to" in page
    assert "The carrier gave the caller’s number; Bo was shown it once." in page


def test_a_counselor_does_not_answer_for_that_alarm(two: Two) -> None:
    add_person(two.world, "cy", Role.COUNSELOR)
    send(two.bo, f"/break-glass/{two.ask()}", {"sure": two.number})
    assert "I am on it" not in two.browser("cy").get("/reports").text
    assert "I am on it" in two.sam.get("/reports").text


def test_who_asked_can_not_agree(two: Two) -> None:
    agree = two.ask()
    answer = send(two.ada, f"/break-glass/{agree}", {"sure": two.number})
    assert answer.status_code == 409
    assert "A second administrator has to agree." in answer.text
    assert SHOWN not in answer.text


@pytest.mark.parametrize("form", [{}, {"sure": "000000"}, {"reason": "curious"}, {"reason": ""}])
def test_without_a_reason_or_the_reports_number_nothing_is_asked(
    two: Two, form: dict[str, str]
) -> None:
    sent = {**WHY, "sure": two.number, **form} if form else {}
    answer = send(two.ada, f"/break-glass/calls/{two.call_id}/asked", sent)
    assert answer.status_code == 422
    assert two.acts() == []


def test_to_agree_takes_the_reports_number_too(two: Two) -> None:
    agree = two.ask()
    answer = send(two.bo, f"/break-glass/{agree}", {"sure": "1"})
    assert answer.status_code == 422
    assert "That is not the number of this report." in answer.text
    assert two.acts() == ["glass.asked"]


def test_a_call_that_is_over(two: Two) -> None:
    agree = two.ask()
    with two.world.database.transaction() as session:
        session.get_one(Call, two.call_id).ended_at = two.world.now
    answer = send(two.bo, f"/break-glass/{agree}", {"sure": two.number})
    assert answer.status_code == 409
    assert "Only the number of a live call can be asked for." in answer.text
    assert "No call is live." in answer.text


def test_the_carrier_has_it_no_more(two: Two) -> None:
    assert isinstance(two.world.runtime.carrier, FakeCarrier)
    two.world.runtime.carrier.callers.clear()
    answer = send(two.bo, f"/break-glass/{two.ask()}", {"sure": two.number})
    assert answer.status_code == 200
    assert "The carrier says that the call is over. It gives no number." in answer.text
    assert two.acts()[-1] == "glass.over"


def test_each_call_has_a_form_of_its_own(two: Two) -> None:
    leave_message(two.world)
    page = two.ada.get("/break-glass").text
    assert "2 calls are live." in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    labels = re.findall(r'<label for="(sure-[^"]+)"', page)
    assert len(labels) == 2
    assert set(labels) <= set(ids)
