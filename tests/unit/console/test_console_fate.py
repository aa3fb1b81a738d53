"""The line of a report, in every state."""

from console.reports import fate
from console.reports.cases import Case, Names, load
from console.reports.fate import Fate
from hotline.dispatch import alarms, moves, words
from hotline.dispatch.model import Alarm
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Report
from tests.support.console import World, leave_message, miss, ring, start_dispatch, take


def case_of(world: World, report_id: str) -> tuple[Case, Names]:
    with world.database.transaction() as session:
        people = Names(session, world.vault)
        report = session.get_one(Report, report_id)
        return load(session, world.vault, people, [report])[0], people


def shapes(world: World, report_id: str) -> list[str]:
    case, people = case_of(world, report_id)
    return [stop.shape for stop in fate.line(case, people.of, world.now)]


def test_before_the_search(world: World) -> None:
    case, people = case_of(world, leave_message(world))
    assert fate.fate(case) is Fate.OPEN
    assert fate.in_short(case, people.of) == "nobody yet"
    assert fate.in_words(case, people.of) == "Nobody has it yet."
    assert fate.wire(case) == ("caller",)


def test_ringing_the_second_one(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    miss(world, report_id)
    ring(world, report_id)
    world.pass_s(14)
    case, people = case_of(world, report_id)
    assert shapes(world, report_id) == ["caller", "tried", "ringing", "next", "last"]
    stops = fate.line(case, people.of, world.now)
    assert [(s.name, s.detail) for s in stops[1:4]] == [
        ("Counselor 1", "no answer"),
        ("Counselor 2", "ringing, 14 s"),
        ("Police desk", "next"),
    ]
    assert fate.in_short(case, people.of) == "ringing Counselor 2"


def test_taken(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    miss(world, report_id)
    take(world, report_id)
    case, people = case_of(world, report_id)
    assert fate.fate(case) is Fate.TAKEN
    assert shapes(world, report_id) == ["caller", "tried", "taken"]
    assert fate.in_words(case, people.of) == "Counselor 2 took it in 34 s."
    assert fate.wire(case) == ("caller", "tried", "taken")


def test_nobody(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    for outcome in (AttemptState.UNANSWERED, AttemptState.BUSY, AttemptState.MACHINE):
        miss(world, report_id, outcome)
    case, people = case_of(world, report_id)
    assert fate.fate(case) is Fate.ALARM
    assert shapes(world, report_id) == ["caller", "tried", "tried", "tried", "alarm"]
    assert fate.in_short(case, people.of) == "nobody yet, alarm open"
    with world.database.transaction() as session:
        alarm = session.query(Alarm).one()
        alarms.acknowledge(world.books(session), alarm, "somebody", world.now)
    case, people = case_of(world, report_id)
    assert shapes(world, report_id)[-1] == "last"
    assert fate.in_short(case, people.of) == "nobody took it, alarm answered"


def test_withdrawn(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    with world.database.transaction() as session:
        books = world.books(session)
        row = books.dispatch_of(report_id)
        assert row is not None
        moves.apply(books, row.id, words.CallerLeft(said_something=False), world.now)
    case, people = case_of(world, report_id)
    assert fate.fate(case) is Fate.WITHDRAWN
    assert fate.in_words(case, people.of) == "The caller left without a word."


def test_somebody_who_took_it_and_left_has_it_no_more(world: World) -> None:
    report_id = leave_message(world)
    start_dispatch(world, report_id)
    take(world, report_id)
    with world.database.transaction() as session:
        books = world.books(session)
        row = books.dispatch_of(report_id)
        assert row is not None
        assert row.taken_by is not None
        moves.apply(books, row.id, words.Dropped(row.taken_by), world.now)
    assert shapes(world, report_id)[:3] == ["caller", "tried", "ringing"]


def test_the_core_may_be_called_with_reports_of_every_kind_at_once(world: World) -> None:
    ids = [
        leave_message(world),
        leave_message(world, "ar", "مرحبا"),
        leave_message(world, "es", None),
    ]
    with world.database.transaction() as session:
        people = Names(session, world.vault)
        rows = [session.get_one(Report, i) for i in ids]
        cases = load(session, world.vault, people, rows)
    assert [c.report.id for c in cases] == ids
    assert [len(c.spoken) for c in cases] == [1, 1, 0]
