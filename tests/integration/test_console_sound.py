"""The sound of a message in the console: what is heard, by whom, and that it is on record."""

from flask.testing import FlaskClient

from hotline import audit
from hotline.people.model import Role
from hotline.reports import intake
from hotline.reports.model import Message, MessageKind
from tests.support.console import World, browser_of, leave_message, message_of, send, tone


def test_the_sound_is_what_was_recorded(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/messages/{message_of(world, leave_message(world))}/audio")
    assert answer.data == tone()
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_player_may_seek(world: World, client: FlaskClient) -> None:
    path = f"/messages/{message_of(world, leave_message(world))}/audio"
    part = client.get(path, headers={"Range": "bytes=1000-1999"})
    assert part.status_code == 206
    assert part.data == tone()[1000:2000]
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(tone())}"
    outside = client.get(path, headers={"Range": "bytes=9999999-"})
    assert outside.status_code == 416
    assert outside.headers["Content-Range"] == f"bytes */{len(tone())}"


def test_sound_is_never_served_as_a_page(world: World, client: FlaskClient) -> None:
    message_id = message_of(world, leave_message(world))
    with world.database.transaction() as session:
        session.get_one(Message, message_id).media_type = "text/html"
    assert client.get(f"/messages/{message_id}/audio").mimetype == "audio/wav"


def test_what_was_not_sent_cannot_be_heard(world: World, client: FlaskClient) -> None:
    with world.database.transaction() as session:
        call = intake.open_call(session, "CA1", world.now)
        message = intake.begin_message(session, world.vault, call, MessageKind.MESSAGE, world.now)
    assert client.get(f"/messages/{message.id}/audio").status_code == 404


def test_an_auditor_reads_and_does_not_hear(world: World) -> None:
    report_id = leave_message(world)
    auditor = browser_of(world, Role.AUDITOR)
    page = auditor.get(f"/reports/{report_id}")
    assert page.status_code == 200
    assert "<audio" not in page.text
    assert "Mark reviewed" not in page.text
    assert auditor.get(f"/messages/{message_of(world, report_id)}/audio").status_code == 403
    assert send(auditor, f"/reports/{report_id}/reviewed").status_code == 403


def test_what_was_seen_and_heard_is_in_the_audit_chain(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    client.get(f"/reports/{report_id}")
    client.get(f"/messages/{message_id}/audio")
    send(client, f"/reports/{report_id}/reviewed")
    send(client, "/sign-out")
    with world.database.transaction() as session:
        audit.verify(session)
        acts = [(e.action, e.subject) for e in session.query(audit.AuditEntry)]
    assert acts[1:4] == [
        ("report.opened", f"report:{report_id}"),
        ("message.played", f"message:{message_id}"),
        ("report.reviewed", f"report:{report_id}"),
    ]
    assert [acts[0][0], acts[-1][0]] == ["account.signed_in", "account.signed_out"]
