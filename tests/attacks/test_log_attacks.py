"""Attacks on the log: a line that nobody wrote, a caller's number in it, or what they said."""

import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from hotline import observe
from hotline.observe import LIBRARIES, configure_logging
from tests.attacks.attack import Attack, each

Captured = pytest.CaptureFixture[str]
NUMBER, SAID = "+15550100666", "he has a gun in his locker"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Give the test runner its own logging back."""
    root = logging.getLogger()
    before = [(n, n.handlers[:], n.level, n.propagate) for n in map(logging.getLogger, LIBRARIES)]
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook, logging.raiseExceptions
    yield
    structlog.reset_defaults()
    sys.excepthook, threading.excepthook, logging.raiseExceptions = hooks
    root.handlers[:], root.level = handlers, level
    for logger, own, least, propagate in before:
        logger.handlers[:], logger.level, logger.propagate = own, least, propagate


def forged_line(captured: Captured) -> bool:
    """A value that comes from outside ends the line and begins one of its own."""
    configure_logging("web")
    forged = '1"}\n{"event": "report_deleted", "report": "7"}'
    structlog.get_logger().warning("call_unknown", call=forged, code=forged)
    shown = captured.readouterr().err.splitlines()
    return any('"event": "report_deleted"' in line and line.startswith("{") for line in shown[1:])


def number_as_an_id(captured: Captured) -> bool:
    """The carrier sends the caller's number where an id is expected."""
    configure_logging("web")
    structlog.get_logger().info("call_began", call=NUMBER, code=f"tel:{NUMBER}", phone=NUMBER)
    return NUMBER[2:] in captured.readouterr().err


def words_of_an_error(captured: Captured) -> bool:
    """An error of a library quotes what it could not read: what a caller said."""
    configure_logging("worker")
    try:
        json.loads(f"{{{SAID}")
    except ValueError as error:
        try:
            raise RuntimeError(f"cannot read {SAID!r}") from error
        except RuntimeError:
            structlog.get_logger().exception("task_failed")
    return "gun" in captured.readouterr().err


def raw_lines(patch: pytest.MonkeyPatch) -> None:
    """The log as text with its fields behind it, and whatever is in them."""
    patch.setattr(
        structlog.processors,
        "JSONRenderer",
        lambda: lambda _logger, _method, fields: " ".join(f"{k}={v}" for k, v in fields.items()),
    )
    everything(patch)


def everything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observe, "keep_allowed", lambda given, *_: given)
    patch.setattr(observe, "redact", lambda text: text)


def with_their_texts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(observe, "_crash_fields", lambda crash: {"trace": str(sys.exc_info()[1])})
    everything(patch)


ATTACKS = [
    Attack("forged_line", forged_line, raw_lines),
    Attack("number_as_an_id", number_as_an_id, everything),
    Attack("words_of_an_error", words_of_an_error, with_their_texts),
]


@each(ATTACKS)
def test_it_fails(attack: Attack[Captured], capsys: Captured) -> None:
    assert not attack.does(capsys)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    attack: Attack[Captured], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack.without(monkeypatch)
    assert attack.does(capsys)
