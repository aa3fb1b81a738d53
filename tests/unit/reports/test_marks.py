"""Marks: what they say, and that nothing but people ever asks them."""

import ast
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.privacy import pseudonym
from hotline.reports import callers, intake, marks, shredding, transcripts
from hotline.reports.caller_model import MarkKind, ReportMark
from hotline.reports.likeness import FEWEST, Told
from hotline.reports.marks import Mark
from hotline.reports.model import Call, Message, Report
from tests.support.messages import message_left

ROOT = Path(__file__).resolve().parents[3]
MAY_KNOW = {
    *("hotline/reports/shredding.py", "hotline/reports/incidents.py"),
    *("transcription/committing.py", "ivr/turns.py", "console/casework/from_telephone.py"),
}
"""Those who write marks, delete them, or show them."""
TERMS = st.frozensets(st.text("abcdef", min_size=3, max_size=5), min_size=FEWEST, max_size=20)


def test_nothing_that_decides_knows_of_marks() -> None:
    knowing = set()
    for room in ("hotline", "ivr", "console", "door", "transcription"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    full = {f"{node.module}.{alias.name}" for alias in node.names}
                    if {"hotline.reports.marks"} & {node.module, *full}:
                        knowing.add(str(path.relative_to(ROOT)))
    assert knowing == MAY_KNOW


def begun(session: Session, runtime: Runtime, leg: str, name: str | None) -> tuple[Call, Report]:
    """A call from a telephone of that name, and its report."""
    now = runtime.clock()
    call = intake.open_call(session, leg, now)
    session.flush()
    callers.arrived(session, call, name, pseudonym.day_of(now, 9))
    report = intake.draft_report(session, runtime.vault, call, now)
    marks.from_telephone(session, call, now)
    return call, report


def test_the_first_call_of_a_telephone_is_not_marked(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        _, first = begun(session, runtime, "CA1", "a" * 32)
        call, second = begun(session, runtime, "CA2", "a" * 32)
        _, nameless = begun(session, runtime, "CA3", None)
        marks.from_telephone(session, call, runtime.clock())  # with each webhook of the call
        assert marks.of(session, first) == marks.of(session, nameless) == []
        assert marks.of(session, second) == [Mark(MarkKind.SAME_TELEPHONE, 2)]


def test_coming_back_marks_no_earlier_report(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        _, first = begun(session, runtime, "CA1", "a" * 32)
        runtime.clock.advance(60.0)  # type: ignore[attr-defined]
        back = intake.open_call(session, "CA2", runtime.clock())
        session.flush()
        callers.arrived(session, back, "a" * 32, pseudonym.day_of(runtime.clock(), 9))
        back.report_id = first.id
        marks.from_telephone(session, back, runtime.clock())
        assert marks.of(session, first) == []


def transcript(session: Session, runtime: Runtime, message_id: str, words: list[str]) -> Report:
    message = session.get_one(Message, message_id)
    transcripts.write(
        session,
        runtime.vault,
        message,
        language="en",
        model="m",
        text=" ".join(words),
        words=[(word, 0.0, 0.1, 0.9) for word in words],
        average_confidence=0.9 if words else None,
        duration_s=3.0,
        now=runtime.clock(),
    )
    report = session.get_one(Report, message.report_id)
    marks.words(session, report, runtime.clock())
    return report


def test_nothing_said_is_marked_until_something_is(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    with runtime.database.transaction() as session:
        report = transcript(session, runtime, message_left(session, runtime), [])
        assert marks.of(session, report) == [Mark(MarkKind.NOTHING_SAID)]
        call = session.query(Call).filter(Call.report_id == report.id).one()
        later = intake.begin_message(
            session, runtime.vault, call, intake.MessageKind.ADDITION, runtime.clock()
        )
        intake.mark_sent(session, later, runtime.clock())
        transcript(session, runtime, later.id, ["help"])
        assert marks.of(session, report) == []


@given(TERMS, TERMS)
def test_the_same_words_are_the_same_and_others_are_not(
    one: frozenset[str], other: frozenset[str]
) -> None:
    window = [Told("later", one), Told("earlier", one), Told("else", other)]
    assert marks.same(one, window) is not None
    assert marks.same(one, [Told("r", one)]) == "r"
    if len(one & other) < 0.9 * (len(one) * len(other)) ** 0.5 - 1e-9:
        assert marks.same(one, [Told("else", other)]) is None


def test_too_few_words_say_nothing() -> None:
    few = frozenset({"help", "me"})
    assert marks.same(few, [Told("r", few)]) is None


def test_only_the_later_report_is_marked_and_a_purge_takes_it(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    terms = frozenset(f"term{n}" for n in range(FEWEST))
    with runtime.database.transaction() as session:
        reports = [begun(session, runtime, f"CA{n}", None)[1] for n in (1, 2)]
        first, second = sorted(reports, key=lambda r: r.id)
        now = runtime.clock()
        marks.likeness(session, first, terms, [Told(second.id, terms)], now)
        marks.likeness(session, second, terms, [Told(first.id, terms)], now)
        assert marks.of(session, first) == []
        assert marks.of(session, second) == [Mark(MarkKind.SAME_WORDS, other=first.id)]
        shredding.shred(session, first, now)
        assert session.query(ReportMark).count() == 0
