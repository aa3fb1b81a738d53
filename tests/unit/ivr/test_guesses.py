"""The cap on guessing."""

from datetime import UTC, datetime, timedelta

from ivr.guesses import Guesses

NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)


def test_the_cap_holds_for_an_hour() -> None:
    guesses = Guesses(limit=3)
    for minute in range(3):
        assert not guesses.locked(NOW + timedelta(minutes=minute))
        guesses.wrong(NOW + timedelta(minutes=minute))
    assert guesses.locked(NOW + timedelta(minutes=59))
    assert not guesses.locked(NOW + timedelta(minutes=61))
