"""`hotline oncall` on a database with a roster."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from hotline.audit import AuditEntry
from hotline.cli import main
from hotline.context import Runtime
from hotline.oncall import responders, schedules
from hotline.oncall.calendar import Rotation, Schedule, Window, on_call
from hotline.oncall.model import Responder, ResponderKind
from hotline.privacy.keys import KeyRing
from tests.conftest import MakeRuntime

NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
WEEKLY = Rotation(("ada", "ben"), "week", 1, date(2026, 1, 5), time(8))
Run = Callable[..., Result]


@pytest.fixture
def office(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    """Two counselors whose numbers are confirmed, in one schedule round the clock."""
    runtime = make_runtime(sqlite_url)
    with runtime.database.transaction() as session:
        for number, handle in enumerate(("ada", "ben", "cleo")):
            responders.put(
                session,
                runtime.vault,
                handle=handle,
                kind=ResponderKind.COUNSELOR,
                name=handle.title(),
                number=f"+1555010010{number}",
                languages=["en"],
            )
        for row in session.scalars(select(Responder)):
            row.confirmed_at = NOW
        schedules.put(session, "counselors", Schedule("counselors", "America/Chicago", (WEEKLY,)))
    return runtime


@pytest.fixture
def run(office: Runtime, ring: KeyRing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """`run("who", …)`: the command, at NOW, on that database."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", office.settings.database)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_KEYS", ring.dump())
    monkeypatch.setattr("hotline.runtime.Runtime", at_now)
    return lambda *arguments: CliRunner().invoke(main, ["oncall", *map(str, arguments)])


def at_now(**parts: object) -> Runtime:
    """A runtime whose clock stands still."""
    return Runtime(**(parts | {"clock": lambda: NOW}))  # type: ignore[arg-type]


def refused(result: Result) -> str:
    """The sentence on stderr of a command that ended with 2."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    return result.stderr.strip()


def schedule(office: Runtime) -> Schedule:
    """The schedule as it stands now."""
    with office.database.transaction() as session:
        return schedules.read_all(session)["counselors"]


def test_who_is_on_call_now_and_at_a_local_time(run: Run) -> None:
    assert run("who").stdout == (
        "counselors: ada, Wed 16 Sep 2026 09:00 CDT "
        "(local time of America/Chicago; 2026-09-16 14:00 UTC)\n"
    )
    before = run("who", "--at", "2026-09-14T07:59", "--schedule", "counselors").stdout
    assert before.startswith("counselors: ben, Mon 14 Sep 2026 07:59 CDT")
    with_offset = run("who", "--at", "2026-09-14T13:00+00:00").stdout
    assert with_offset.startswith("counselors: ada, Mon 14 Sep 2026 08:00 CDT")


def test_the_hour_that_comes_twice_means_the_first(run: Run) -> None:
    told = run("who", "--at", "2026-11-01T01:30").stdout
    assert "01:30 CDT" in told
    assert "2026-11-01 06:30 UTC" in told


def test_no_gap_and_a_gap(run: Run, office: Runtime) -> None:
    fine = run("gaps")
    assert (fine.exit_code, fine.stdout) == (
        0,
        "Somebody who can be rung is on call at every moment of the next 60 days.\n",
    )
    nobody = ("--from", "2026-09-20T08:00", "--to", "2026-09-20T10:00", "--nobody")
    assert run("override", "counselors", *nobody).exit_code == 0
    found = run("gaps")
    assert found.exit_code == 1
    assert found.stdout.splitlines() == [
        "Nobody is on call in 'counselors' Sun 20 Sep 2026 08:00 to 10:00 CDT.",
        "    2026-09-20 13:00 to 2026-09-20 15:00 UTC",
    ]
    assert run("gaps", "--days", "2").exit_code == 0


def test_many_gaps_are_counted(run: Run, office: Runtime) -> None:
    days = Window((0, 1, 2, 3, 4, 5, 6), time(7), time(16))
    rotation = Rotation(("ada",), "week", 1, date(2026, 1, 5), time(8), (days,))
    with office.database.transaction() as session:
        schedules.put(session, "counselors", Schedule("counselors", "America/Chicago", (rotation,)))
    told = run("gaps", "--from", "2026-10-01", "--days", "10").stdout
    assert told.count("Nobody is on call") == 5
    assert "counselors: 6 more of gap; --all prints them." in told
    assert run("gaps", "--from", "2026-10-01", "--days", "10", "--all").stdout.count("Nobody") == 11


def test_a_number_that_nobody_confirmed_is_a_problem(run: Run, office: Runtime) -> None:
    with office.database.transaction() as session:
        for row in session.scalars(select(Responder).where(Responder.handle == "ben")):
            row.confirmed_at = None
    told = run("gaps")
    assert told.exit_code == 1
    assert "'ben' is on call in 'counselors'" in told.stdout
    assert "has not pressed 1" in told.stdout


def test_the_final_schedule(run: Run) -> None:
    told = run("show", "counselors", "--from", "2026-09-18", "--days", "7").stdout
    assert told.splitlines() == [
        "counselors, local time of America/Chicago",
        "Fri 18 Sep 2026 00:00 CDT to Mon 21 Sep 2026 08:00 CDT  "
        "(2026-09-18 05:00 to 2026-09-21 13:00 UTC)  ada",
        "Mon 21 Sep 2026 08:00 CDT to Fri 25 Sep 2026 00:00 CDT  "
        "(2026-09-21 13:00 to 2026-09-25 05:00 UTC)  ben",
    ]


def test_a_swap_is_written_and_recorded_and_can_be_undone(run: Run, office: Runtime) -> None:
    done = run("swap", "counselors", "ada", "2026-09-28", "ben", "2026-10-05")
    assert done.stdout.count("\n") == 2
    assert on_call(schedule(office), NOW + timedelta(days=13)) == ("ben",)
    assert on_call(schedule(office), NOW + timedelta(days=20)) == ("ada",)
    with office.database.transaction() as session:
        actions = list(session.scalars(select(AuditEntry.action)))
    assert actions == ["schedule.overridden", "schedule.overridden"]
    ids = [line.split()[0] for line in run("overrides", "counselors").stdout.splitlines()]
    assert [run("undo", "counselors", key).exit_code for key in ids] == [0, 0]
    assert schedule(office).overrides == ()
    assert run("overrides", "counselors").stdout == "counselors has no override.\n"
    assert "no such override" in refused(run("undo", "counselors", ids[0]))


def test_an_override_of_one_and_one_besides(run: Run, office: Runtime) -> None:
    times = ("--from", "2026-09-16T08:00", "--to", "2026-09-16T18:00")
    run("override", "counselors", *times, "--person", "cleo", "--instead-of", "ada")
    assert on_call(schedule(office), NOW) == ("cleo",)
    told = run("override", "counselors", *times, "--person", "ben", "--besides").stdout
    assert told.startswith("counselors: ben besides the others, Wed 16 Sep 2026 08:00 CDT")
    assert on_call(schedule(office), NOW) == ("cleo", "ben")


def test_a_calendar_goes_out_and_comes_in_again(run: Run, office: Runtime, tmp_path: Path) -> None:
    file = tmp_path / "cover.ics"
    file.write_bytes(run("export", "counselors").stdout_bytes.replace(b":ben", b":cleo"))
    assert "stretches of time" in run("import", "counselors", file).output
    assert on_call(schedule(office), NOW) == ("ada",)
    assert on_call(schedule(office), NOW + timedelta(days=7)) == ("cleo",)
    run("import", "counselors", file)
    count = len(schedule(office).overrides)
    file.write_bytes(run("export", "counselors").stdout_bytes.replace(b":ada", b":zoe"))
    told = refused(run("import", "counselors", file))
    assert "The event of Mon 14 Sep 2026 08:00 CDT names nobody of the roster" in told
    assert told.endswith("Nothing was imported.")
    assert len(schedule(office).overrides) == count


TIMES = ("--from", "2026-09-16T08:00", "--to", "2026-09-16T18:00")
REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "schedule": (("who", "--schedule", "police"), "no schedule 'police'; there are: counselors"),
    "moment": (("who", "--at", "noon"), "'noon' is not a moment"),
    "far-away": (("who", "--at", "9999-12-31T23:59"), "between the years 2000 and 2100"),
    "day": (("show", "counselors", "--from", "monday"), "'monday' is not a day"),
    "whom": (("override", "counselors", *TIMES), "either --person HANDLE or --nobody"),
    "stranger": (("override", "counselors", *TIMES, "--person", "zoe"), "'zoe' is not in"),
    "backwards": (
        ("override", "counselors", *TIMES[2:], "--from", "2026-09-17T08:00", "--person", "ben"),
        "must end after it begins",
    ),
    "no-turn": (("swap", "counselors", "ada", "2026-09-16", "cleo", "2026-09-23"), "has no turn"),
    "no-file": (("import", "counselors", "nowhere.ics"), "no readable calendar"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_mistakes_end_in_one_sentence(case: str, run: Run) -> None:
    arguments, sentence = REFUSED[case]
    assert sentence in refused(run(*arguments))


def test_without_a_schedule_it_says_what_to_do(run: Run, office: Runtime) -> None:
    with office.database.transaction() as session:
        schedules.remove(session, "counselors")
    for command in ("who", "gaps"):
        assert "put one into the roster" in refused(run(command))
