"""The audit page: sentences, filters, the state of the chain, and the export."""

import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from console.audit import page as audit_page
from hotline import audit
from hotline.audit import AuditEntry
from hotline.people.model import Account, Role
from hotline.reports.model import Report
from tests.support.console import World, add_person, browser_of, leave_message, send, sign_in
from tests.support.unguarded import unguard_audit


@pytest.fixture
def auditor(world: World) -> FlaskClient:
    return browser_of(world, Role.AUDITOR)


def open_report(world: World, district: str | None = None) -> tuple[str, str]:
    """A report that a supervisor has opened: its id and number."""
    report_id = leave_message(world, district=district)
    with world.database.transaction() as session:
        supervisor = session.query(Account).filter_by(name="ana").one_or_none()
    if supervisor is None:
        add_person(world)
    browser = world.app().test_client()
    sign_in(browser)
    assert browser.get(f"/reports/{report_id}").status_code == 200
    with world.database.transaction() as session:
        return report_id, session.get_one(Report, report_id).number


def test_an_auditor_reads_who_did_what(world: World, auditor: FlaskClient) -> None:
    report_id, number = open_report(world)
    page = auditor.get("/audit").text
    assert "The chain of 3 entries verifies." in page
    assert "<bdi>Ana</bdi> opened" in page
    assert f'<a href="/reports/{report_id}"><bdi>report {number}</bdi></a>' in page


def test_an_administrator_sees_that_it_was_a_report_and_no_link(world: World) -> None:
    admin = browser_of(world, Role.ADMINISTRATOR)
    report_id, number = open_report(world)
    page = admin.get("/audit").text
    assert f"report {number}" in page
    assert report_id not in page


def test_another_districts_report_is_just_a_report(world: World) -> None:
    auditor = browser_of(world, Role.AUDITOR, "north")
    report_id, number = open_report(world, "south")
    page = auditor.get("/audit").text
    assert "a report" in page
    assert number not in page
    assert report_id not in page


@pytest.mark.parametrize("role", [Role.COUNSELOR, Role.SUPERVISOR])
def test_others_do_not_read_it(world: World, role: Role) -> None:
    browser = browser_of(world, role)
    assert browser.get("/audit").status_code == 403
    assert send(browser, "/audit/export").status_code == 403


def test_filters_stand_in_the_address(world: World, auditor: FlaskClient) -> None:
    _, number = open_report(world)
    for address, shown in (
        (f"/audit?subject={number}", True),
        ("/audit?action=report.opened", True),
        ("/audit?day=2026-11-24", True),
        ("/audit?subject=no-such-name", False),
        ("/audit?action=account.created", False),
        ("/audit?day=2026-11-23", False),
        ("/audit?day=yesterday&before=x", True),
    ):
        page = auditor.get(address).text
        assert ("<bdi>Ana</bdi> opened" in page) is shown, address
        assert shown or "No entry fits." in page
    with world.database.transaction() as session:
        ana = session.query(Account).filter_by(name="ana").one()
    assert "<bdi>Auditor</bdi>" not in auditor.get(f"/audit?actor=account:{ana.id}").text
    assert f'value="{number}"' in auditor.get(f"/audit?subject={number}").text


def test_older_entries_are_on_the_next_page(
    world: World, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_page, "PAGE", 2)
    open_report(world)
    first = auditor.get("/audit").text
    assert "/audit?before=2" in first
    second = auditor.get("/audit?before=2").text
    assert "<bdi>Auditor</bdi> signed in." in second
    assert "Older entries" not in second


def test_the_whole_chain_is_checked_and_a_break_is_told(world: World, auditor: FlaskClient) -> None:
    open_report(world)
    assert send(auditor, "/audit/check").location == "/audit"
    page = auditor.get("/audit").text
    assert "The chain of 4 entries verifies." in page
    assert "(Auditor)" in page
    with world.database.transaction() as session:
        unguard_audit(session)
        session.execute(update(AuditEntry).where(AuditEntry.seq == 2).values(action="x.y"))
    send(auditor, "/audit/check")
    assert "The chain is broken at entry 2." in auditor.get("/audit").text


def test_the_export_holds_every_entry_and_ends_with_the_anchor(
    world: World, auditor: FlaskClient
) -> None:
    open_report(world)
    answer = send(auditor, "/audit/export")
    assert answer.mimetype == "text/csv"
    disposition = 'attachment; filename="audit-2026-11-24.csv"'
    assert answer.headers["Content-Disposition"] == disposition
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0][:4] == ["seq", "at", "actor", "action"]
    assert [row[3] for row in rows[1:]] == [
        "audit.exported",
        "report.opened",
        "account.signed_in",
        "account.signed_in",
        "anchor",
    ]
    with world.database.transaction() as session:
        seq, digest = audit.head(session)
    assert (rows[-1][0], rows[-1][7]) == (str(seq), digest)


def test_the_export_keeps_to_the_filters(world: World, auditor: FlaskClient) -> None:
    open_report(world)
    answer = send(auditor, "/audit/export", {"action": "report.opened"})
    assert [row.split(",")[3] for row in answer.text.splitlines()[1:]] == [
        "report.opened",
        "anchor",
    ]


def test_a_name_that_would_be_a_formula_or_markup_is_only_text(
    world: World, auditor: FlaskClient
) -> None:
    with world.database.transaction() as session:
        audit.record(session, world.now, "=HYPERLINK(1)", "report.opened", "<b>%(x)s</b>")
    page = auditor.get("/audit")
    assert page.status_code == 200
    assert "&lt;b&gt;%(x)s&lt;/b&gt;" in page.text
    assert ",'=HYPERLINK(1)," in send(auditor, "/audit/export").text
