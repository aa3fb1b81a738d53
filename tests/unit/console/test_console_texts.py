"""Times, names and sentences: what the pages say."""

import string
from datetime import timedelta

import pytest

from console import names, times
from console.reports import sentences
from hotline.dispatch.words import AttemptState
from hotline.reports.triage import Category, Urgency
from tests.support.console import START


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


def test_counts_and_lists() -> None:
    assert names.count(1, "report waits", "reports wait") == "one report waits"
    assert names.count(41, "report waits", "reports wait") == "41 reports wait"
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
    for kind, pattern in sentences._SENTENCES.items():
        assert told(kind)
        assert {f for _, f, _, _ in string.Formatter().parse(pattern) if f} <= {
            *("language", "responder", "by", "alarm", "category", "urgency"),
            *("invited", "who", "why", "policy", "reveal"),
        }


def test_every_outcome_of_an_attempt_has_a_sentence() -> None:
    told_kinds = set(sentences._SENTENCES) | sentences.HIDDEN
    assert {f"attempt_{state}" for state in AttemptState} <= told_kinds


def test_an_alarm_about_the_hotline_itself_says_where_to_look() -> None:
    said = sentences.alarm("failing_place_call")
    assert said == "a step of the hotline keeps failing (place call); see the dispatcher’s log"
