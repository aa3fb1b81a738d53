"""Every role at every address, for a report of its own district and for one of another's.

The routes are read from the URL map: a new one takes part at once. One that names something this
file does not know how to make fails here; add it to `places`.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hotline import notices
from hotline.database.base import new_id
from hotline.dispatch import delivering
from hotline.dispatch.model import Alarm, BreakGlass
from hotline.oncall import changes, recipients
from hotline.oncall.model import Recipient, RecipientKind, Responder
from hotline.oncall.recipient_forms import RecipientEntry
from hotline.people import sessions
from hotline.people.model import Account, Role
from hotline.people.permissions import may
from hotline.reports.casework import replies
from hotline.reports.casework.disclosing import Basis
from hotline.reports.delivery_model import Delivery
from hotline.reports.model import Message, Report
from tests.support.console import (
    World,
    add_person,
    browser_of,
    call_of,
    correct,
    leave_message,
    message_of,
    send,
    tone,
    turn_on_break_glass,
)
from tests.support.incidents import incident_of
from tests.support.roster import override_of, responder_of

OWN, OTHER = "north", "south"
DOOR = {
    "sign_in",
    "do_sign_in",
    "do_sign_out",
    "setup",
    "do_setup",
    "welcome",
    "do_welcome",
    "second_step",
    "do_second_step",
    "enroll",
    "do_enroll_app",
    "do_enroll_passkey",
    "static",
    "manifest",
    "worker",
}
# What belongs to a report, by the name of the argument in the address: made from its report's id.
PLACES: dict[str, Callable[[World, str], str]] = {
    "report_id": lambda world, report_id: report_id,
    "message_id": message_of,
    "alarm_id": lambda world, report_id: alarm_of(world, report_id),
    "reply_id": lambda world, report_id: reply_of(world, report_id),
    "call_id": call_of,
    "asking_id": lambda world, report_id: asking_of(world, report_id),
    "incident_id": lambda world, report_id: incident_of(world, report_id),
    "delivery_id": lambda world, report_id: delivery_of(world, report_id),
    "correction_id": lambda world, report_id: correct(world, message_of(world, report_id)),
}
# What belongs to no report: a value that there is.
ELSEWHERE: dict[str, Callable[[World], str]] = {
    "override_id": override_of,
    "responder_id": responder_of,
    "change_id": lambda world: change_of(world),
    "account_id": lambda world: add_person(world, f"someone-{new_id()}", Role.AUDITOR).id,
    "session_id": lambda world: new_id(),
    "passkey_id": lambda world: new_id(),
    "year": lambda world: str(world.now.year),
    "item": lambda world: "il-5",
    "code": lambda world: "en",
    "prompt": lambda world: "digit_1",
    "notice_id": lambda world: notice_of(world),
}


def notice_of(world: World) -> str:
    """Of the district of whoever asks; what another district hears: test_console_notice.py."""
    with world.database.transaction() as session:
        ends_at = world.now + timedelta(hours=1)
        row = notices.put(session, OWN, {"en": "We know."}, "somebody", world.now, ends_at)
        session.flush()
        return row.id


def change_of(world: World) -> str:
    by, whose = add_person(world, f"someone-{new_id()}", Role.ADMINISTRATOR), responder_of(world)
    with world.database.transaction() as session:
        responder = session.get_one(Responder, whose)
        typed, own = "+1 555 010 0177", world.runtime.settings.phone_number
        return changes.propose_number(
            session, world.vault, responder, typed, own, by=by.id, now=world.now
        ).id


@pytest.fixture
def world(world: World) -> World:
    """With every page that a deployment can turn on."""
    turn_on_break_glass(world)
    return world


def alarm_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        alarm = Alarm(id=new_id(), report_id=report_id, reason="nobody_took_it")
        alarm.raised_at = world.now
        session.add(alarm)
        return alarm.id


def asking_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        call_id = session.query(Message.call_id).filter(Message.report_id == report_id).scalar()
        asked = BreakGlass(id=new_id(), report_id=report_id, call_id=call_id, asked_by="somebody")
        asked.reason, asked.asked_at = "caller_may_die", world.now
        session.add(asked)
        return asked.id


def delivery_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        entry = RecipientEntry(
            f"desk-{report_id}", 0, RecipientKind.SCHOOL, "The desk", None, (), ("en",), (), None,
            "+15550100178", None, None,
        )  # fmt: skip
        recipients.bring(session, world.vault, [entry])
        row = session.scalars(select(Recipient).where(Recipient.active)).one()
        basis, now = Basis.SCHOOL_DUTY, world.now
        made = delivering.ask(session, world.vault, report, row, basis, "somebody", now)
        if made is None:  # it is being brought to them already
            made = session.scalars(select(Delivery).where(Delivery.report_id == report_id)).one()
        return made.id


def reply_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        replies.record(session, world.vault, report, tone(), 2.0, by="me", now=world.now)
        return replies.of(session, report)[0].id


def rules_of(world: World) -> list[Rule]:
    rules = world.app().url_map.iter_rules()
    return [
        rule
        for rule in rules
        if rule.endpoint.startswith("console.") and rule.endpoint.split(".")[1] not in DOOR
    ]


def ask(client: FlaskClient, rule: Rule, path: str) -> TestResponse:
    answer = send(client, path) if "POST" in (rule.methods or ()) else client.get(path)
    answer.close()  # a stream of hints goes on until it is left
    return answer


def path_of(world: World, rule: Rule, report_id: str) -> str:
    path = rule.rule
    for name in rule.arguments:
        made = PLACES[name](world, report_id) if name in PLACES else ELSEWHERE[name](world)
        path = path.replace(next(p for p in (f"<{name}>", f"<int:{name}>") if p in path), made)
    return path


def report_of(world: World, district: str) -> str:
    """A report of the district that the counselor, if it is theirs, was given."""
    report_id = leave_message(world, district=district)
    with world.database.transaction() as session:
        counselor = session.query(Account).filter(Account.role == Role.COUNSELOR).one_or_none()
        if counselor is not None:
            session.get_one(Report, report_id).assignee = counselor.id
    return report_id


def reports_for(world: World, district: str) -> Callable[[Rule], str]:
    """Gives the report that a rule is tried on: one of its own where something is done to it."""
    kept = report_of(world, district)

    def report_for(rule: Rule) -> str:
        changes = "POST" in (rule.methods or ()) and not rule.arguments.isdisjoint(PLACES)
        return report_of(world, district) if changes else kept

    return report_for


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_it_may_and_nothing_else(
    world: World, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH", timedelta(days=1))
    client = browser_of(world, role, OWN)
    views, report_for = world.app().view_functions, reports_for(world, OWN)
    for rule in rules_of(world):
        view = views[rule.endpoint]
        answer = ask(client, rule, path_of(world, rule, report_for(rule)))
        if not may(role, view.needs):  # type: ignore[attr-defined]
            assert answer.status_code == 403, (rule, answer.status_code)
        elif rule.endpoint == "console.do_acknowledge" and role is Role.ADMINISTRATOR:
            assert answer.status_code == 404  # the alarm of a report is for those who can read it
        elif rule.endpoint == "console.do_step_up":
            assert answer.status_code == 401  # nothing was proved
        else:
            assert answer.status_code in (200, 204, 206, 303, 409, 422), (rule, answer.status_code)


@pytest.mark.parametrize("role", Role)
def test_what_belongs_to_another_district_does_not_exist(
    world: World, role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "FRESH", timedelta(days=1))
    client, views = browser_of(world, role, OWN), world.app().view_functions
    report_for = reports_for(world, OTHER)
    for rule in rules_of(world):
        if rule.arguments.isdisjoint(PLACES):
            continue
        view = views[rule.endpoint]
        answer = ask(client, rule, path_of(world, rule, report_for(rule)))
        allowed = may(role, view.needs)  # type: ignore[attr-defined]
        assert answer.status_code == (404 if allowed else 403), (rule, answer.status_code)


def test_the_list_shows_the_own_district_only(world: World) -> None:
    mine, theirs = leave_message(world, district=OWN), leave_message(world, district=OTHER)
    of_nobody = leave_message(world)
    page = browser_of(world, Role.SUPERVISOR, OWN).get("/reports").text
    assert mine in page
    assert of_nobody in page
    assert theirs not in page


def test_a_counselor_sees_what_is_theirs(world: World) -> None:
    given, other = leave_message(world, district=OWN), leave_message(world, district=OWN)
    client = browser_of(world, Role.COUNSELOR, OWN)
    with world.database.transaction() as session:
        counselor = session.query(Account).one()
        session.get_one(Report, given).assignee = counselor.id
    page = client.get("/reports").text
    assert given in page
    assert other not in page
    assert client.get(f"/reports/{other}").status_code == 404


def test_an_alarm_makes_its_report_the_counselors_who_answers(world: World) -> None:
    report_id = leave_message(world, district=OWN)
    alarm_id = alarm_of(world, report_id)
    client = browser_of(world, Role.COUNSELOR, OWN)
    assert client.get(f"/reports/{report_id}").status_code == 404
    assert "I am on it" in client.get("/reports").text
    assert send(client, f"/alarms/{alarm_id}/acknowledged").location == f"/reports/{report_id}"
    assert client.get(f"/reports/{report_id}").status_code == 200


def test_every_district_sees_its_own_alarms(world: World) -> None:
    alarm_of(world, leave_message(world, district=OTHER))
    add_person(world, "bo", Role.SUPERVISOR, OTHER)
    assert "I am on it" not in browser_of(world, Role.SUPERVISOR, OWN).get("/reports").text
