"""The page of statistics, and the year with its files."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from hotline.audit import AuditEntry
from hotline.database.engine import Database
from hotline.oncall.model import District, School
from hotline.people.model import Role
from hotline.reports.model import Report
from hotline.statistics import counting
from hotline.statistics.figures import Figures
from hotline.statistics.selection import Selection
from tests.support.console import World, browser_of, leave_message, send, start_dispatch, take


@pytest.fixture
def reports(world: World) -> list[str]:
    """Seven of the north, three of the south: of two categories, one of them taken."""
    with world.database.transaction() as session:
        for handle in ("north", "south"):
            session.add(District(handle=handle, name=handle.capitalize(), lines=[]))
        session.add(School(handle="north-high", name="=North High", district="north"))
    made = [leave_message(world, district="north") for _ in range(7)]
    made += [leave_message(world, district="south") for _ in range(3)]
    with world.database.transaction() as session:
        for report_id in made[:6]:
            report = session.get_one(Report, report_id)
            report.category, report.school = "weapons", "north-high"
    start_dispatch(world, made[0])
    take(world, made[0])
    return made


def rows_of(client: FlaskClient, path: str) -> list[list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def under(rows: list[list[str]], title: str) -> dict[str, list[str]]:
    """The rows below a title, by their first cell."""
    start = rows.index([title])
    end = next((n for n in range(start, len(rows)) if not rows[n]), len(rows))
    return {row[0]: row[1:] for row in rows[start + 2 : end]}


def audited(world: World) -> list[AuditEntry]:
    with world.database.transaction() as session:
        query = session.query(AuditEntry).filter(AuditEntry.action == "statistics.exported")
        return query.all()


def test_the_page_begins_with_what_came(client: FlaskClient, reports: list[str]) -> None:
    page = client.get("/statistics").text
    assert "In November 2026, 10 reports came. A person took 1 of them, within 9 s." in page
    assert page.count('role="img"') == 5
    assert "=North High" in page


def test_nothing_is_said_to_be_nothing(client: FlaskClient) -> None:
    page = client.get("/statistics?from=2020-01-01&to=2020-12-31").text
    assert "In 2020, no report came." in page
    assert "Nothing came in this time." in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("from=2026-11-02&to=2026-11-01", "The last day is before the first."),
        ("from=2010-01-01&to=2026-11-01", "That is more than ten years."),
        ("from=&to=2026-11-01", "Choose the first day."),
        ("from=yesterday&to=2026-11-01", "Choose the first day."),
    ],
)
def test_what_is_no_period_is_said_beside_its_field(
    client: FlaskClient, asked: str, says: str
) -> None:
    answer = client.get(f"/statistics?{asked}")
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="2026-11-01"' in answer.text


def test_a_district_sees_its_own_and_no_other(world: World, reports: list[str]) -> None:
    client = browser_of(world, Role.SUPERVISOR, "north")
    assert "7 reports came" in client.get("/statistics").text
    assert "no report came" in client.get("/statistics?district=-").text
    for path in ("/statistics", "/statistics/year/2026", "/statistics/year/2026.csv"):
        assert client.get(f"{path}?district=south").status_code == 404
        assert client.get(f"{path}?district=").status_code == 404
    assert audited(world) == []


def test_a_year_hides_small_counts_in_its_files(client: FlaskClient, reports: list[str]) -> None:
    rows = rows_of(client, "/statistics/year/2026.csv")
    about = under(rows, "About, by month")
    assert about["Weapons"][-1] == "*"
    assert about["Not sorted"][-1] == "*"
    assert about["All"][-1] == "10"
    assert under(rows, "Besides")["A person took it"] == ["*"]
    everything = rows_of(client, "/statistics/year/2026.csv?small=shown")
    about = under(everything, "About, by month")
    assert (about["Weapons"][-1], about["Not sorted"][-1]) == ("6", "4")


def test_a_cell_is_never_a_formula(client: FlaskClient, reports: list[str]) -> None:
    rows = rows_of(client, "/statistics/year/2026.csv?small=shown")
    assert under(rows, "Schools")["'=North High"] == ["6"]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)


def test_files_are_attachments_with_plain_names(client: FlaskClient, reports: list[str]) -> None:
    answer = client.get("/statistics/year/2026.csv?district=north&begins=july")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="hotline-2026-fiscal-north.csv"'
    )
    answer = client.get("/statistics/year/2026.pdf?small=shown")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="hotline-2026-all-not-for-publication.pdf"'
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", answer.data)) >= 2


def test_an_export_is_on_record_and_a_look_is_not(
    world: World, client: FlaskClient, reports: list[str]
) -> None:
    client.get("/statistics")
    client.get("/statistics/year/2026")
    assert audited(world) == []
    client.get("/statistics/year/2026.csv?district=north")
    [entry] = audited(world)
    assert entry.subject == "statistics:2026"
    assert entry.detail == {
        "file": "csv",
        "small": "hidden",
        "begins": "january",
        "district": "north",
    }


def test_files_hold_no_report(client: FlaskClient, world: World, reports: list[str]) -> None:
    with world.database.transaction() as session:
        numbers = [session.get_one(Report, report_id).number for report_id in reports]
    text = client.get("/statistics/year/2026.csv?small=shown").text
    assert not any(secret in text for secret in (*reports, *numbers))


def test_a_fiscal_year_begins_in_july(
    world: World, client: FlaskClient, reports: list[str]
) -> None:
    with world.database.transaction() as session:
        report = session.get_one(Report, reports[0])
        report.created_at = datetime(2026, 7, 1, tzinfo=UTC) - timedelta(seconds=1)
    page = client.get("/statistics/year/2026?begins=july").text
    assert "From 1 July 2025 to 30 June 2026, 1 report came." in page
    assert "9 reports came" in client.get("/statistics/year/2027?begins=july").text


@pytest.mark.parametrize("path", ["1999", "2101", "2026?begins=may", "2026?small=some"])
def test_there_is_no_such_year(client: FlaskClient, path: str) -> None:
    assert client.get(f"/statistics/year/{path}").status_code == 404


def test_the_year_says_what_is_not_known(client: FlaskClient, reports: list[str]) -> None:
    page = client.get("/statistics/year/2026").text
    assert "5 ILCS 860/40" in page
    assert "C.R.S. 24-31-611" in page
    assert page.count("Not known here:") == 3
    assert "Check with your counsel." in page


@pytest.mark.parametrize(
    "path", ["/statistics", "/statistics/year/2026", "/statistics/year/2026.csv"]
)
def test_counting_keeps_nobody_from_writing(
    world: World,
    client: FlaskClient,
    reports: list[str],
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    """On SQLite a transaction that may write makes a caller's request wait for it."""
    count = counting.figures
    other = Database(str(world.database.engine.url), busy_s=0.1)

    def while_another_writes(session: Session, selection: Selection) -> Figures:
        with other.transaction() as writing:
            writing.get_one(Report, reports[0]).version += 1
        return count(session, selection)

    monkeypatch.setattr(counting, "figures", while_another_writes)
    assert client.get(path).status_code == 200
    other.close()


# --- what people enter ----------------------------------------------------------------------

MISUSE = "(1)(c) Misuse of the program, by category"


def enter(client: FlaskClient, world: World, item: str, **values: str) -> TestResponse:
    return send(client, f"/statistics/year/{world.now.year}/entered/{item}", {"seen": "", **values})


def csv_path(world: World, small: str = "hidden") -> str:
    return f"/statistics/year/{world.now.year}.csv?small={small}"


def test_what_people_enter_is_in_page_and_files_with_small_counts_hidden(
    client: FlaskClient, world: World
) -> None:
    answer = enter(client, world, "co-1-c", counts="Pranks: 7\nInsults: 2", text="Half in May.")
    assert answer.status_code == 303
    assert "Half in May." in client.get(f"/statistics/year/{world.now.year}").text
    rows = rows_of(client, csv_path(world))
    assert [MISUSE, "Pranks", "7", "Entered by a person."] in rows
    assert [MISUSE, "Insults", "*", "Entered by a person."] in rows
    assert ["Half in May."] in rows
    assert [MISUSE, "Insults", "2", "Entered by a person."] in rows_of(
        client, csv_path(world, "shown")
    )
    assert client.get(csv_path(world).replace(".csv", ".pdf")).data.startswith(b"%PDF-")


def test_what_is_entered_is_on_record_without_its_words(client: FlaskClient, world: World) -> None:
    enter(client, world, "il-5", text="It helped.")
    with world.database.transaction() as session:
        [entry] = session.query(AuditEntry).filter(AuditEntry.action == "statistics.entered").all()
        assert entry.subject == f"statistics:{world.now.year}"
        assert entry.detail["item"] == "il-5"
        assert "helped" not in str(entry.detail)


def test_a_line_that_is_no_count_is_said_and_nothing_is_lost(
    client: FlaskClient, world: World
) -> None:
    answer = enter(client, world, "co-1-e", counts="Threats: 3\nmany", text="See below.")
    assert answer.status_code == 422
    assert "Line 2 is no count" in answer.text
    assert "many</textarea>" in answer.text
    assert "See below.</textarea>" in answer.text
    assert enter(client, world, "il-5", text="x" * 8001).status_code == 422


def test_nobody_overwrites_what_a_colleague_has_entered_meanwhile(
    client: FlaskClient, world: World
) -> None:
    enter(client, world, "il-5", text="Hers.")
    answer = enter(client, world, "il-5", text="Mine.")
    assert answer.status_code == 409
    assert "Somebody has entered something else meanwhile." in answer.text
    assert "Mine.</textarea>" in answer.text
    assert ["Hers."] in rows_of(client, csv_path(world))
    seen = re.search(r'id="seen-il-5" value="([^"]+)"', answer.text)
    assert seen is not None
    assert enter(client, world, "il-5", text="Mine.", seen=seen[1]).status_code == 303
    assert ["Mine."] in rows_of(client, csv_path(world))


def test_an_auditor_enters_nothing(world: World) -> None:
    auditor = browser_of(world, Role.AUDITOR)
    assert "What only people know" not in auditor.get(f"/statistics/year/{world.now.year}").text
    assert enter(auditor, world, "il-5", text="x").status_code == 403


def test_what_is_counted_has_no_field(client: FlaskClient, world: World) -> None:
    assert enter(client, world, "co-1-b", text="x").status_code == 404


def test_a_formula_that_is_entered_is_text(client: FlaskClient, world: World) -> None:
    enter(client, world, "co-1-c", counts="=1+1: 7", text="=2+2")
    rows = rows_of(client, csv_path(world))
    assert [MISUSE, "'=1+1", "7", "Entered by a person."] in rows
    assert ["'=2+2"] in rows
