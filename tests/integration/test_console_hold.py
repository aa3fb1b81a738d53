"""The legal hold on a report: who may set and lift it, for which reason, and what is kept of it."""

from hotline.audit import AuditEntry
from hotline.people.model import Role
from hotline.reports.model import Report
from tests.support.console import World, browser_of, leave_message, send


def held(world: World, report_id: str) -> bool:
    with world.database.reading() as session:
        return session.get_one(Report, report_id).held_at is not None


def test_a_supervisor_holds_and_releases_with_a_reason(world: World) -> None:
    report_id, client = leave_message(world), browser_of(world, Role.SUPERVISOR)
    assert "Keep this report" in client.get(f"/reports/{report_id}").text
    answer = send(client, f"/reports/{report_id}/held", {"hold_reason": "court"})
    assert answer.location == f"/reports/{report_id}#keeping"
    assert held(world, report_id)
    page = client.get(f"/reports/{report_id}").text
    assert "Lift the hold" in page
    assert "put a legal hold on it: a court or a lawsuit." in page
    send(client, f"/reports/{report_id}/released", {"hold_reason": "ended"})
    assert not held(world, report_id)
    assert "lifted the legal hold: what it was kept for is over." in (
        client.get(f"/reports/{report_id}").text
    )
    with world.database.reading() as session:
        query = session.query(AuditEntry).filter(
            AuditEntry.action.in_(["report.held", "report.released"])
        )
        told = [(e.action, e.detail) for e in query.order_by(AuditEntry.seq)]
    assert told == [
        ("report.held", {"reason": "court"}),
        ("report.released", {"reason": "ended"}),
    ]


def test_without_a_reason_of_the_list_nothing_changes(world: World) -> None:
    report_id, client = leave_message(world), browser_of(world, Role.SUPERVISOR)
    for form in ({}, {"hold_reason": "because"}):
        answer = send(client, f"/reports/{report_id}/held", form)
        assert answer.status_code == 422
        assert "Choose why" in answer.text or "Not a valid choice" in answer.text
    assert not held(world, report_id)


def test_a_counselor_can_not(world: World) -> None:
    report_id, client = leave_message(world), browser_of(world, Role.COUNSELOR)
    assert send(client, f"/reports/{report_id}/held", {"hold_reason": "court"}).status_code == 403
    assert not held(world, report_id)
