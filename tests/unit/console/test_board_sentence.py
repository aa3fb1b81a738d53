"""The sentence on top of the board, and the seconds that go on."""

from datetime import timedelta

import pytest

from console.board import counts
from console.board.callers import does
from console.board.sentence import Facts, sentence
from tests.support.console import START


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (Facts(), "Nobody is waiting, and every report has a person."),
        (Facts(waiting=1), "One caller is waiting for a person."),
        (Facts(waiting=3), "Three callers are waiting for a person."),
        (Facts(waiting=41), "41 callers are waiting for a person."),
        (
            Facts(waiting=2, untaken=["4409"], alarms=1, talking=4),
            "Two callers are waiting, and nobody has taken report 4409.",
        ),
        (
            Facts(waiting=1, untaken=["4409", "4410"]),
            "One caller is waiting, and nobody has taken 2 other reports.",
        ),
        (Facts(untaken=["4409"], talking=1), "Nobody has taken report 4409."),
        (Facts(untaken=["4409", "4410"]), "Nobody has taken 2 reports."),
        (Facts(alarms=1, talking=2), "Every report has a person, but an alarm is open."),
        (Facts(alarms=2), "Every report has a person, but 2 alarms are open."),
        (Facts(talking=1), "One caller is talking with a person, and nobody waits."),
        (Facts(talking=2, speaking=1), "Two callers are talking with a person, and nobody waits."),
        (Facts(speaking=1), "One caller is on the line, and nobody waits for a person."),
    ],
)
def test_what_needs_a_person_comes_first(facts: Facts, said: str) -> None:
    assert sentence(facts) == said


def test_seconds_go_up_to_their_cap_and_down_to_nothing() -> None:
    now = START + timedelta(seconds=14)
    up = counts.seconds_up(START, now, lambda s: f"ringing {s} of 25 s", 25.0)
    assert (up.text, up.pattern, up.most_s) == ("ringing 14 of 25 s", "ringing {} of 25 s", 25)
    late = counts.seconds_up(START, START + timedelta(seconds=40), lambda s: f"{s} of 25", 25.0)
    assert late.text == "25 of 25"
    down = counts.seconds_down(START + timedelta(seconds=25), now, lambda s: f"in {s} s")
    assert (down.text, down.up, down.most_s) == ("in 11 s", False, None)
    assert counts.seconds_down(START, now, lambda s: f"in {s} s").text == "in 0 s"


@pytest.mark.parametrize("gone_s", [0.0, 0.3, 14.0, 14.7, 24.999])
def test_the_seconds_gone_and_those_to_come_make_up_the_ring(gone_s: float) -> None:
    now = START + timedelta(seconds=gone_s)
    gone = counts.seconds_up(START, now, str, 25.0)
    rest = counts.seconds_down(START + timedelta(seconds=25), now, str)
    assert int(gone.text) + int(rest.text) == 25


def test_a_clock_shows_minutes() -> None:
    count = counts.clock_up(START, START + timedelta(seconds=72.9))
    assert (count.text, count.pattern, count.clock) == ("1:12", "{}", True)


def test_an_unknown_place_in_the_menu_is_still_a_sentence() -> None:
    assert does("parked") == "waits for a person"
    assert does("something new") == does(None) == "is in the menu"
