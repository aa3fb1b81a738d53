"""What a caller hears when the database fails: an apology, then the same step; never "sent"."""

import contextlib
import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from hotline.context import Runtime
from tests.unit.ivr.leg import Leg

NewLeg = Callable[[], Leg]


def test_a_database_that_fails_is_apologised_for_and_tried_again(
    leg: NewLeg, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = leg().arrive().press("2", "2").record(5)

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("statement", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(runtime.database, "transaction", locked)
        caller.press("1")
        assert caller.hears == ["es/technical"]
        assert "retry=1" in (caller.one("Redirect").text or "")
        for _ in range(3):
            caller.redirected()
        assert caller.hears == ["es/technical_end"]
        assert caller.has("Hangup")
    caller.post(caller.last[0].replace("retry=3", "retry=1"))
    assert "sent" in caller.says


def test_a_locked_database_never_lets_the_caller_hear_that_it_was_sent(
    leg: NewLeg, runtime: Runtime
) -> None:
    """Another process holds the real file; nothing is said to be received until it lets go."""
    caller = leg().arrive().press("1", "2").record(5)
    path = (runtime.settings.database_url or "").removeprefix("sqlite:///")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        caller.press("1")
        assert caller.hears == ["en/technical"]
        other.execute("ROLLBACK")
    caller.redirected()
    assert "sent" in caller.says


def test_a_retry_does_not_take_lost_keys_for_silence(
    leg: NewLeg, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = leg().arrive().press("1", "3")

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("statement", {}, Exception("database is locked"))

    with monkeypatch.context() as broken:
        broken.setattr(runtime.database, "transaction", locked)
        caller.press("123456")
        assert "123456" not in (caller.one("Redirect").text or "")
    caller.redirected()
    assert caller.says == ["return_number"]
