"""Rounds: a look never waits for a slow check, and costs nothing while results are fresh."""

import threading
from collections.abc import Iterator

from hotline.doctor.finding import Finding, Level, bad, ok
from hotline.doctor.rounds import KEPT_S, Rounds
from hotline.settings import Settings
from tests.unit.doctor.conftest import MakeSettings


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def test_what_is_known_is_shown_the_worst_first(make_settings: MakeSettings) -> None:
    def fine(settings: Settings) -> list[Finding]:
        return [ok("fine", "Fine.")]

    def broken(settings: Settings) -> list[Finding]:
        return [bad("broken", "Broken.", "Mend it.")]

    seen = Rounds(make_settings(), [fine, broken], patience_s=30.0).look()
    assert [finding.level for finding in seen.findings] == [Level.BAD, Level.OK]
    assert seen.waiting == []


def test_a_slow_check_is_named_and_shown_once_it_has_answered(make_settings: MakeSettings) -> None:
    gate, answered = threading.Event(), threading.Event()

    def slow(settings: Settings) -> Iterator[Finding]:
        gate.wait(30)
        yield ok("slow", "At last.")
        answered.set()

    rounds = Rounds(make_settings(), [slow], patience_s=0.0)
    for _ in range(3):  # and it is not begun again while it runs
        seen = rounds.look()
        assert (list(seen.findings), seen.waiting) == ([], ["slow"])
    gate.set()
    assert answered.wait(30)
    told = Rounds(make_settings(), [slow], patience_s=30.0).look()
    assert [finding.says for finding in told.findings] == ["At last."]


def test_a_fresh_result_is_kept_and_a_stale_one_found_again(make_settings: MakeSettings) -> None:
    clock, count = Clock(), iter(range(10))

    def counted(settings: Settings) -> list[Finding]:
        return [ok("counted", str(next(count)))]

    rounds = Rounds(make_settings(), [counted], patience_s=30.0, elapsed=clock)
    assert rounds.look().findings[0].says == "0"
    clock.at += KEPT_S - 1
    assert rounds.look().findings[0].says == "0"
    clock.at += 1
    assert rounds.look().findings[0].says == "1"


def test_a_check_that_fails_is_a_finding(make_settings: MakeSettings) -> None:
    def fails(settings: Settings) -> list[Finding]:
        raise RuntimeError("+15550100111")

    seen = Rounds(make_settings(), [fails], patience_s=30.0).look()
    assert seen.findings[0].says == "This could not be checked (RuntimeError)."
