"""Times, names and sentences: what the pages say."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from console import break_glass, names, times
from console.audit import sentences as audit_sentences
from console.casework import wording
from console.reports import sentences
from hotline.dispatch.break_glass import REASONS, No, Outcome
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.reports.triage import Category, Urgency
from ivr.turns import NOTED
from tests.support.console import START

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("hotline", "ivr", "transcription", "console", "door")
SOURCES = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
# What writes an event, and which of its arguments is the kind.
WRITERS = {"timeline.add": 3, "books.note": 2, "versions.change": 3, "leave_to_ears": 3}
# Where the kind is not written out: its callers, or a table, have it.
ELSEWHERE = {
    *("hotline/dispatch/break_glass.py", "hotline/dispatch/sql.py", "hotline/dispatch/store.py"),
    *("hotline/reports/casework/versions.py", "hotline/reports/written.py"),
    *("ivr/turns.py", "transcription/ears.py"),
}
_SEEKING = {"dispatch_waiting", "dispatch_ringing"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (108, "1 min 48 s"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (90_000, "1 day 1 h"),
        (3 * 86_400, "3 days"),
        (-4, "0 s"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert times.lasted(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "5 s ago"), (61, "1 min ago"), (7200, "2 h ago"), (200_000, "2 d ago"), (-3, "0 s ago")],
)
def test_ages(seconds: float, text: str) -> None:
    assert times.ago(START, START + timedelta(seconds=seconds)) == text


def test_moments() -> None:
    assert times.moment(START) == "24 November 2026, 02:06"
    assert times.clock(START) == "02:06:12"
    assert times.position(99.9) == "1:39"


def test_every_word_of_the_core_has_a_name() -> None:
    assert set(names.CATEGORY) == set(Category)
    assert set(names.URGENCY) == set(Urgency)
    assert set(names.OUTCOME) == set(AttemptState)


def test_more_urgent_is_a_higher_level() -> None:
    levels = [names.urgency(u)[0] for u in sorted(Urgency)]
    assert levels == [1, 2, 3]
    assert names.urgency("from-the-future")[0] == 2


def test_lists() -> None:
    assert names.listed([]) == ""
    assert names.listed(["A"]) == "A"
    assert names.listed(["A", "B", "C"]) == "A, B and C"


def test_our_number_reads_well_and_anything_else_stays() -> None:
    assert names.phone("+12025550142") == "+1 202-555-0142"
    assert names.phone("sip:line") == "sip:line"


def told(kind: str, **detail: object) -> str:
    people = {"r1": "Counselor 1"}
    sentence = sentences.sentence(
        kind, detail, lambda i: people.get(i or "", "Somebody"), {"es": "Spanish"}
    )
    assert sentence is not None
    return sentence.text


def test_sentences_name_the_doer() -> None:
    assert told("call_began", language="es") == "Someone called and chose Spanish."
    assert told("attempt_taken", responder="r1") == "Counselor 1 pressed 1 and took it."
    assert told("alarm_raised", reason="nobody_took_it").endswith("nobody has taken it.")
    assert told("triaged", category="weapons", urgency="life-safety") == (
        "Triage: weapons, danger to life."
    )


def test_an_unknown_kind_still_says_something() -> None:
    assert told("pigeon_sent") == "Pigeon sent."


def test_every_pattern_can_be_filled_from_an_empty_detail() -> None:
    for kind in sentences.SENTENCES:
        assert told(kind)
        assert "%(" not in told(kind)


def test_every_outcome_of_an_attempt_has_a_sentence() -> None:
    assert {f"attempt_{state}" for state in AttemptState} <= set(sentences.SENTENCES)
    assert {f"dispatch_{s}" for s in DispatchState} - _SEEKING <= set(sentences.SENTENCES)


def test_every_step_and_outcome_of_break_glass_has_its_sentences() -> None:
    words = {"asked", *Outcome}
    assert {f"number_{word}" for word in {*words, "agreed"}} <= set(sentences.SENTENCES)
    assert {f"glass.{word}" for word in {*words, "broken"}} <= set(audit_sentences.SENTENCES)
    assert set(wording.GLASS) == set(REASONS)
    assert set(break_glass.REFUSED) == set(No)
    assert set(break_glass.SAID) == set(Outcome)


def test_every_kind_that_is_written_anywhere_has_a_sentence() -> None:
    found = {path: kinds_in(path.read_text(encoding="utf-8")) for path in SOURCES}
    written = set().union(*found.values(), NOTED.values()) - {None}
    assert len(written) > 40
    assert {"note_added", "late_acceptance", "call_ended", "key", "parked"} <= written
    assert written - set(sentences.SENTENCES) == set()
    unnamed = {str(path.relative_to(ROOT)) for path, kinds in found.items() if None in kinds}
    assert unnamed == ELSEWHERE


def test_a_kind_that_nobody_put_into_words_would_be_found() -> None:
    text = "def f():\n    timeline.add(session, report.id, now, 'pigeon_sent', by=me)"
    assert kinds_in(text) == {"pigeon_sent"}
    assert kinds_in("books.note(row.report_id, now, 'pigeon')") == {"pigeon"}
    assert kinds_in("versions.change(session, report, now, 'pigeon')") == {"pigeon"}


def test_steps_are_kinds_that_have_a_sentence() -> None:
    assert set(sentences.SENTENCES) >= sentences.STEPS


def kinds_in(source: str) -> set[str | None]:
    """The kinds of timeline events that a source file writes; None: one is not written out."""
    calls = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call))
    return {kind for call in calls for kind in _kinds_of(call)}


def _kinds_of(call: ast.Call) -> set[str | None]:
    name = ast.unparse(call.func)
    at = next((n for end, n in WRITERS.items() if name == end or name.endswith(f".{end}")), None)
    if at is None or len(call.args) <= at:
        return set()
    kind = call.args[at]
    return {kind.value if isinstance(kind, ast.Constant) else None}  # type: ignore[arg-type]


def test_an_alarm_about_the_hotline_itself_says_where_to_look() -> None:
    said = sentences.alarm("failing_place_call")
    assert said == "a step of the hotline keeps failing (place call); see the dispatcher’s log"
