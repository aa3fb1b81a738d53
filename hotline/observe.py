"""Logs: one JSON object a line on stderr, made only of keys and values that are known to be safe.

A key that is not listed here is dropped (and counted as `dropped`); values go through
`hotline.privacy.loggable`. Libraries are heard from WARNING on, without their sentences, which may
quote a request. An exception is its type and the places it passed, never its text.
"""

import contextlib
import logging
import os
import sys
import threading
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TypeAlias

import structlog

from hotline.privacy.loggable import keep_allowed, only_id, redact

Event: TypeAlias = MutableMapping[str, Any]

ID_KEYS = frozenset(
    {
        *("account", "alarm", "attempt", "call", "data_key", "dispatch", "leg", "lease", "owner"),
        *("policy", "recording", "report", "responder", "rotation", "schedule", "school"),
        *("subject", "task", "alarm_call", "account_id", "alarm_id", "attempt_id", "call_id"),
        *("delivery", "device", "dispatch_id"),
        *("leg_id", "message_id", "policy_id", "recording_id", "report_id", "responder_id"),
        *("schedule_id", "school_id", "subject_id", "task_id", "transcript_id"),
    }
)
"""Keys of opaque ids."""

STRICT_ID_KEYS = frozenset({"message", "text", "transcript"})
"""Keys that could as well be taken for content: only an id passes, not even one word."""

CODE_KEYS = frozenset(
    {
        *("action", "actor", "category", "cause", "code", "effect", "endpoint", "engine", "error"),
        *("host", "job", "key_version", "kind", "language", "machine", "method", "mode", "model"),
        *("name", "outcome", "parameters", "prompt", "queue", "reason", "revision", "role"),
        *("scenario", "setting", "signal", "source", "state", "status", "target", "urgency"),
        *("verb", "version", "way", "where"),
    }
)
"""Keys of words out of our own code: enumerations, names of types, names of parameters."""

FIGURE_KEYS = frozenset(
    {
        *("age_s", "ahead_s", "attempts", "bytes", "calls", "confidence", "count", "delay_s"),
        *("due", "took_s"),
        *("duration_s", "exit_code", "failed", "kept", "late_s", "length_s", "limit", "pid"),
        *("port", "position", "ring_s", "round", "rounds", "seq", "step", "steps", "tasks"),
        *("timeout_s", "total", "tries", "wait_s", "wer", "words", "workers"),
    }
)
"""Keys of counts, sizes and seconds."""

OWN_KEYS = frozenset({"error_type", "level", "logger", "trace"})
ALLOWED_KEYS = ID_KEYS | STRICT_ID_KEYS | CODE_KEYS | FIGURE_KEYS | OWN_KEYS

LIBRARIES = (
    *("werkzeug", "flask", "gunicorn", "gunicorn.error", "gunicorn.access", "rq", "rq.worker"),
    *("rq.scheduler", "sqlalchemy", "alembic", "redis", "twilio", "twilio.http_client", "urllib3"),
)
"""Loggers that bring handlers or a level of their own, or that would name a number at INFO."""

LIBRARY_LEVELS = (logging.WARNING, logging.ERROR, logging.CRITICAL)
MAX_FRAMES = 12


def configure_logging(process_name: str, level: str = "INFO") -> None:
    """Send everything that is logged in this process to stderr as JSON lines.

    `level` is the least that our own code logs (a stdlib level name; ValueError otherwise).
    May be called again, after a fork or by gunicorn's workers.
    """
    least = logging.getLevelNamesMapping().get(level.upper())
    if least is None:
        raise ValueError(f"{level!r} is not a log level")
    structlog.configure(
        processors=[_Finish(process_name), structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: _Stderr(),
        cache_logger_on_first_use=False,
    )
    logging.raiseExceptions = False  # the standard library would print the record's arguments
    _route_libraries()
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


class _Finish:
    """The last processor but the renderer: lets through what is allowed, adds when and who."""

    def __init__(self, process_name: str) -> None:
        self._process_name = process_name

    def __call__(self, _logger: Any, method: str, fields: Event) -> Event:
        """One safe line. `event` is a constant of our code; numbers are hidden in it anyway."""
        event = redact(str(fields.pop("event", "")))
        given = structlog.contextvars.get_contextvars() | {"level": method} | dict(fields)
        given |= _crash_fields(given.pop("exc_info", None))
        stamp = structlog.processors.TimeStamper(fmt="iso", utc=True, key="at")(None, "", {})
        who = {"process": self._process_name, "pid": os.getpid()}
        for key in STRICT_ID_KEYS & given.keys():
            given[key] = only_id(given[key])
        return {**stamp, **who, "event": event, **keep_allowed(given, ALLOWED_KEYS, FIGURE_KEYS)}


class _Stderr:
    """Writes lines to whatever stderr is now. A closed or full one must not stop a call."""

    def line(self, text: str) -> None:
        """Write one line, whole."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text + "\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = line


class _LibraryHandler(logging.Handler):
    """Turns a library's record into one of our lines, without what it says."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log the record's logger, place and exception.

        A record with arguments has a constant for its message, so that is kept; one without may
        have been put together with anything, so it is not.
        """
        constant = isinstance(record.msg, str) and bool(record.args)
        structlog.get_logger().log(
            _known_level(record.levelno),
            record.msg if constant else "library_message",
            logger=record.name,
            where=f"{record.module}:{record.lineno}",
            **({"exc_info": record.exc_info} if record.exc_info else {}),
        )


def _known_level(level: int) -> int:
    """The highest level structlog has a name for that is not above this one."""
    return max(known for known in LIBRARY_LEVELS if known <= max(level, logging.WARNING))


def _route_libraries() -> None:
    root = logging.getLogger()
    root.handlers[:] = [_LibraryHandler(logging.WARNING)]  # whatever level RQ sets itself later
    root.setLevel(logging.WARNING)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)


def _crash_fields(exc_info: Any) -> dict[str, Any]:
    """Type and places of an exception, innermost last: `module:function:line`."""
    if not exc_info:
        return {}
    if isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    kind, _, trace = exc_info if isinstance(exc_info, tuple) else sys.exc_info()
    frames = [
        f"{frame.f_globals.get('__name__', '?')}:{frame.f_code.co_name}:{line}"
        for frame, line in traceback.walk_tb(trace)
    ]
    return {"error_type": getattr(kind, "__name__", ""), "trace": frames[-MAX_FRAMES:]}


def _log_crash(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """`sys.excepthook`: an uncaught exception without its text."""
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger().critical("crashed", exc_info=(kind, error, trace))


def _log_thread_crash(args: threading.ExceptHookArgs) -> None:
    """`threading.excepthook`: the same for a thread."""
    if args.exc_value is not None:
        structlog.get_logger().critical(
            "thread_crashed", exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )
