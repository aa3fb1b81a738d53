"""The switch is told again and again whom its lines may ring."""

import threading
from collections.abc import Iterable

import requests
from sqlalchemy.exc import OperationalError

from hotline.supervise.numbers import CALLABLE, RosterNumbers

ANNA, BEN = "+15550100111", "+15550100112"
WITHIN_S = 20.0


class Desk:
    """A roster that changes, and a switch that writes down what it is told."""

    def __init__(self) -> None:
        self.roster = {ANNA}
        self.told: list[list[str]] = []
        self.broken: Exception | None = None
        self._news = threading.Condition()

    def read(self) -> Iterable[str]:
        if self.broken is not None:
            broken, self.broken = self.broken, None
            raise broken
        return self.roster

    def tell(self, numbers: Iterable[str]) -> None:
        with self._news:
            self.told.append(list(numbers))
            self._news.notify_all()

    def knows(self, *numbers: str) -> bool:
        with self._news:
            return self._news.wait_for(lambda: self.told[-1] == sorted(numbers), WITHIN_S)

    def is_told_again(self) -> bool:
        with self._news:
            before = len(self.told)
            return self._news.wait_for(lambda: len(self.told) > before, WITHIN_S)


def test_they_are_known_at_once_and_follow_the_roster() -> None:
    desk = Desk()
    with RosterNumbers(desk.read, desk.tell, every_s=0.01):
        assert desk.told[0] == [ANNA]
        desk.roster = {BEN, ANNA}
        assert desk.knows(ANNA, BEN)
        desk.roster = {BEN}
        assert desk.knows(BEN)
        assert desk.is_told_again(), "a switch that was started again has forgotten them"
    assert not any(thread.name == "numbers" for thread in threading.enumerate())


def test_what_does_not_answer_is_asked_again() -> None:
    desk = Desk()
    desk.broken = OperationalError("SELECT", {}, Exception(ANNA))
    with RosterNumbers(desk.read, desk.tell, every_s=0.01):
        assert desk.is_told_again()
        desk.broken = requests.ConnectionError(ANNA)
        assert desk.is_told_again()
        assert desk.knows(ANNA)


def test_numbers_that_a_trunk_can_be_asked_for() -> None:
    assert all(CALLABLE.fullmatch(each) for each in (ANNA, "988", "116123"))
    assert not any(CALLABLE.fullmatch(each) for each in ("", "0", "+0", "988#", "98x", "anna"))
