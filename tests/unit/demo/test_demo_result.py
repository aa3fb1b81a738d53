"""The result: expectations, JSON and terminal."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.demo import cast, expect
from hotline.demo.cast import ALARM, DESK, ROSA, TOM
from hotline.demo.outcome import AlarmOutcome, Happened, Outcome, Ring
from hotline.demo.result import as_json
from hotline.demo.scenario import Expectation, Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.sentences import Line
from hotline.demo.terminal import Terminal

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
REASON = {
    "category": "weapons",
    "urgency": "life-safety",
    "phrase": "gun",
    "first_word": 6,
    "last_word": 6,
}
OUTCOME = Outcome(
    report_id="r",
    language="en",
    live=False,
    state="open",
    category="weapons",
    urgency="life-safety",
    reasons=(REASON,),
    transcript="i saw a gun",
    transcripts=1,
    messages=1,
    copies_left=0,
    dispatch="taken",
    taken_by="police-desk",
    attempts=(
        Ring("counselor-1", "unanswered", AT, AT),
        Ring("counselor-2", "machine", AT, AT),
        Ring("police-desk", "taken", AT, AT),
    ),
    alarm=None,
    events=(Happened(1, AT, "audio_stored", {}),),
)
SEEN = Seen(OUTCOME, spoken="i saw a gun", wer=0.0, legs=({"ended": 3.0, "number": "x"},))
LINE = Line(AT, "○", "Caller", "presses 2 [in brackets]", "line", "key")


def broken(seen: Seen) -> list[str]:
    return [e.sentence for e in SCENARIOS["message"].expect if not e.holds(seen)]


def test_the_good_ending_holds() -> None:
    assert broken(SEEN) == []
    assert expect.settled(SEEN)


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({"taken_by": "counselor-2"}, 1),
        ({"attempts": OUTCOME.attempts[1:]}, 1),
        ({"category": "unsorted"}, 1),
        ({"reasons": ()}, 1),
        ({"copies_left": 1}, 1),
        ({"messages": 2}, 1),
        ({"transcripts": 2}, 1),
        ({"alarm": AlarmOutcome("nobody_took_it", AT, None, None)}, 1),
        ({"dispatch": "exhausted"}, 1),
    ],
)
def test_each_wrong_ending_is_noticed(change: dict[str, object], count: int) -> None:
    changed = replace(OUTCOME, **change)  # type: ignore[arg-type]
    assert len(broken(replace(SEEN, outcome=changed))) == count


def test_bad_words_and_ringing_phones_are_noticed() -> None:
    assert len(broken(replace(SEEN, wer=0.5))) == 1
    assert len(broken(replace(SEEN, wer=None))) == 1
    assert len(broken(replace(SEEN, legs=({"ended": None},)))) == 1


def test_tones_and_alarm() -> None:
    both = replace(SEEN, tones={cast.CALLER: 2.9, TOM.number: 2.9})
    assert expect.connected(TOM).holds(both)
    assert not expect.connected(ROSA).holds(both)
    assert not expect.connected(TOM).holds(replace(SEEN, tones={cast.CALLER: 2.9}))
    alarm = AlarmOutcome("nobody_took_it", AT, AT, ALARM.handle)
    alarmed = replace(SEEN, outcome=replace(OUTCOME, alarm=alarm))
    assert expect.acknowledged_by(ALARM).holds(alarmed)
    assert not expect.acknowledged_by(DESK).holds(alarmed)


def test_json_has_the_promised_keys_and_no_number() -> None:
    held = [(Expectation("all well", lambda seen: True), True)]
    result = as_json(SCENARIOS["message"], SEEN, held, [(LINE, 1.234)])
    promised = (
        *("ok", "spoken", "transcript", "wer", "category", "urgency", "reasons"),
        *("attempts", "taken_by", "alarm", "events"),
    )
    assert set(promised) <= result.keys()
    assert result["ok"] is True
    assert result["attempts"][0] == {
        "responder": "counselor-1",
        "outcome": "unanswered",
        "rang_at": "2026-03-04T05:06:07+00:00",
        "ended_at": "2026-03-04T05:06:07+00:00",
    }
    assert result["alarm"] is None
    assert "+1555" not in json.dumps(result)


def test_json_of_a_play_that_never_became_a_report_is_not_ok() -> None:
    result = as_json(SCENARIOS["message"], None, [], [])
    assert result["ok"] is False
    assert result["transcript"] == ""


def test_terminal_is_plain_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    stream = io.StringIO()
    terminal = Terminal(stream)
    terminal.happening(LINE, 72.34)
    terminal.result(SCENARIOS["message"], SEEN)
    terminal.checks([(Expectation("all well", lambda seen: True), False)])
    printed = stream.getvalue()
    assert "  1:12.3  ○ Caller        presses 2 [in brackets]\n" in printed
    assert "“gun” (words 7 to 7) → weapons" in printed
    assert "✗ all well" in printed
    assert "\x1b" not in printed
    assert "+1555" not in printed
