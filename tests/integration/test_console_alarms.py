"""Alarms in the console: on every page, until somebody answers for them."""

from flask.testing import FlaskClient

from hotline.database.base import new_id
from hotline.dispatch.model import Alarm
from hotline.people.model import Account, Role
from tests.support.console import World, browser_of, leave_message, nobody_took, send


def test_an_open_alarm_is_on_every_page_until_somebody_answers(
    world: World, client: FlaskClient
) -> None:
    report_id = nobody_took(world)
    other = leave_message(world)
    for path in ("/reports", f"/reports/{report_id}", f"/reports/{other}"):
        assert "nobody has taken it." in client.get(path).text
    with world.database.transaction() as session:
        alarm_id = session.query(Alarm.id).scalar()
    for _ in range(2):
        assert send(client, f"/alarms/{alarm_id}/acknowledged").location == f"/reports/{report_id}"
    assert 'role="alert"' not in client.get("/reports").text
    assert client.get(f"/reports/{report_id}").text.count("Ana answered for the alarm.") == 1
    with world.database.transaction() as session:
        alarm = session.get_one(Alarm, alarm_id)
        assert alarm.acknowledged_by == session.query(Account).one().id


def test_an_alarm_may_be_about_no_report(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        alarm = Alarm(id=new_id(), reason="no_dispatcher", raised_at=world.now)
        session.add(alarm)
    world.pass_s(100)
    assert "Alarm since 02:06:12: no dispatcher." in client.get("/reports").text
    assert send(client, f"/alarms/{alarm.id}/acknowledged").location == "/board"


def test_an_auditor_sees_an_alarm_and_cannot_end_it(world: World) -> None:
    nobody_took(world)
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get("/reports").text
    assert 'role="alert"' in page
    assert "I am on it" not in page
    with world.database.transaction() as session:
        alarm_id = session.query(Alarm.id).scalar()
    assert send(auditor, f"/alarms/{alarm_id}/acknowledged").status_code == 403


def test_an_unknown_alarm(client: FlaskClient) -> None:
    assert send(client, "/alarms/none/acknowledged").status_code == 404
