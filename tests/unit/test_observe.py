"""Logs: what gets through, what does not, and that nothing a library says can leak."""

import ast
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline import observe
from hotline.observe import ALLOWED_KEYS, FIGURE_KEYS, LIBRARIES, configure_logging
from hotline.privacy.loggable import HIDDEN_NUMBER, HIDDEN_TEXT, carries_number

ROOT = Path(__file__).parents[2]
NUMBER = "+15550100911"
SAID = "he has a gun in his locker"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """Give the test runner its own logging back."""
    root = logging.getLogger()
    names = [root, *map(logging.getLogger, LIBRARIES)]
    before = [(n, n.handlers[:], n.level, n.propagate) for n in names]
    hooks, raising = (sys.excepthook, threading.excepthook), logging.raiseExceptions
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    sys.excepthook, threading.excepthook = hooks
    logging.raiseExceptions = raising
    for logger, handlers, level, propagate in before:
        logger.handlers[:], logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Lines:
    """What was logged since the last look; nothing else may stand on stderr or stdout."""

    def read() -> list[dict[str, Any]]:
        shown = capsys.readouterr()
        assert shown.out == ""
        return [json.loads(line) for line in shown.err.splitlines()]

    return read


def test_one_json_line_with_when_who_and_what(lines: Lines) -> None:
    configure_logging("dispatcher")
    task = str(uuid4())
    structlog.get_logger().info("task_done", task=task, tries=2, took_s=0.12345678)
    (line,) = lines()
    assert line.pop("at").endswith("Z")
    assert line == {
        "process": "dispatcher",
        "pid": os.getpid(),
        "event": "task_done",
        "level": "info",
        "task": task,
        "tries": 2,
        "took_s": 0.123,
    }


@pytest.mark.parametrize(
    "key", ["to", "caller", "number", "text", "words", "digits", "body", "url", "from_", "pin", "e"]
)
def test_an_unknown_key_is_dropped_and_counted(lines: Lines, key: str) -> None:
    configure_logging("web")
    structlog.get_logger().warning("call_refused", **{key: SAID, "another": NUMBER})
    (line,) = lines()
    assert SAID not in line.values()
    assert line["dropped"] == 2 - (key in ALLOWED_KEYS)


@pytest.mark.parametrize("key", sorted(ALLOWED_KEYS - {"level"}))
def test_no_allowed_key_carries_words_or_numbers(lines: Lines, key: str) -> None:
    configure_logging("web")
    log = structlog.get_logger()
    for value in (SAID, NUMBER, int(NUMBER), [SAID, NUMBER], {"to": NUMBER}, ValueError(NUMBER)):
        log.info("x", **{key: value})
    shown = json.dumps(lines())
    assert "locker" not in shown
    assert "5550100911" not in shown


def test_an_id_of_a_carrier_stays(lines: Lines) -> None:
    configure_logging("web")
    sid = "CA" + "0123456789" * 3 + "01"
    structlog.get_logger().info("ringing", call=sid)
    assert lines()[0]["call"] == sid


def test_message_is_an_id_and_never_content(lines: Lines) -> None:
    configure_logging("web")
    log, message = structlog.get_logger(), str(uuid4())
    log.info("received", message=message)
    log.info("received", message="gun")
    assert [line["message"] for line in lines()] == [message, HIDDEN_TEXT]


def test_a_number_in_the_event_itself_is_hidden(lines: Lines) -> None:
    configure_logging("web")
    structlog.get_logger().info(f"calling {NUMBER}")
    assert lines()[0]["event"] == f"calling {HIDDEN_NUMBER}"


def test_context_variables_pass_the_same_gate(lines: Lines) -> None:
    configure_logging("web")
    report = str(uuid4())
    structlog.contextvars.bind_contextvars(report=report, caller=NUMBER)
    structlog.get_logger().bind(leg=NUMBER).info("x")
    (line,) = lines()
    assert (line["report"], line["leg"], line["dropped"]) == (report, HIDDEN_NUMBER, 1)


def test_level(lines: Lines) -> None:
    configure_logging("web", "warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines()] == ["loud"]
    with pytest.raises(ValueError, match="'loud' is not a log level"):
        configure_logging("web", "loud")


def test_an_exception_is_its_type_and_places(lines: Lines) -> None:
    configure_logging("worker")
    try:
        raise KeyError(f"{NUMBER}: {SAID}")
    except KeyError as error:
        structlog.get_logger().exception("task_failed")
        structlog.get_logger().error("task_failed", exc_info=error)
    for line in lines():
        assert line["error_type"] == "KeyError"
        assert "test_observe:test_an_exception" in line["trace"][-1]
        assert NUMBER not in json.dumps(line)
        assert "locker" not in json.dumps(line)


def test_exc_info_without_an_exception(lines: Lines) -> None:
    configure_logging("worker")
    structlog.get_logger().error("odd", exc_info=True)
    assert lines()[0]["event"] == "odd"


# Libraries -------------------------------------------------------------------


@pytest.mark.parametrize("name", [*LIBRARIES, "some.other.library"])
def test_libraries_are_quiet_below_warning_and_say_no_sentence(lines: Lines, name: str) -> None:
    library = logging.getLogger(name)
    library.addHandler(logging.StreamHandler())  # as gunicorn and werkzeug bring their own
    library.setLevel(logging.DEBUG)
    if name == "some.other.library":
        library.handlers.clear()
        library.setLevel(logging.NOTSET)
    configure_logging("web")
    library.info(f"To={NUMBER} Body={SAID}")
    assert lines() == []
    library.warning(f"To={NUMBER} Body={SAID}")
    (line,) = lines()
    assert (line["event"], line["logger"], line["level"]) == ("library_message", name, "warning")
    assert line["where"].startswith("test_observe:")
    assert "locker" not in json.dumps(line)
    assert not carries_number(line["event"])


def test_a_level_that_a_library_sets_itself_later_changes_nothing(lines: Lines) -> None:
    configure_logging("worker")
    logging.getLogger("rq.worker").setLevel(logging.DEBUG)
    logging.getLogger("rq.worker").info("%s", SAID)
    assert lines() == []


def test_the_constant_part_of_a_librarys_message_is_kept(lines: Lines) -> None:
    configure_logging("web")
    logging.getLogger("gunicorn.error").error("Worker (pid:%s) said %s", 7, SAID)
    assert lines()[0]["event"] == "Worker (pid:%s) said %s"


def test_a_librarys_exception(lines: Lines) -> None:
    configure_logging("web")
    try:
        raise OSError(SAID)
    except OSError:
        logging.getLogger("flask.app").exception("Exception on %s [%s]", f"/x?to={NUMBER}", "POST")
    (line,) = lines()
    assert (line["event"], line["error_type"]) == ("Exception on %s [%s]", "OSError")
    assert "locker" not in json.dumps(line)
    assert NUMBER not in json.dumps(line)


def test_levels_without_a_name_and_records_that_are_malformed(lines: Lines) -> None:
    configure_logging("web")
    library = logging.getLogger("rq")
    library.log(35, "between")
    library.log(60, "above")
    library.warning("%d is not a number: %s", NUMBER)
    library.warning(ValueError(NUMBER))
    shown = lines()
    assert [line["level"] for line in shown] == ["warning", "critical", "warning", "warning"]
    assert NUMBER not in json.dumps(shown)


def test_twilios_client_says_nothing_at_info(lines: Lines) -> None:
    """Its request log names the number called."""
    from twilio.http.http_client import TwilioHttpClient

    configure_logging("dispatcher")
    client = TwilioHttpClient()
    client.log_request({"method": "POST", "url": "u", "params": {"To": NUMBER}, "headers": {}})
    client.session.close()
    assert lines() == []


# Robustness ------------------------------------------------------------------


def test_configured_again_it_still_logs_once(lines: Lines) -> None:
    configure_logging("web")
    configure_logging("web")
    logging.getLogger("rq").warning("once")
    assert len(lines()) == 1


def test_a_closed_stderr_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    configure_logging("web")
    with open(os.devnull, "w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger().error("into the void")
    logging.getLogger("rq").error("into the void")


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    event=st.text(max_size=20),
    fields=st.dictionaries(
        st.sampled_from(sorted(ALLOWED_KEYS - {"level"})) | st.text("abc", min_size=1),
        st.one_of(st.text(), st.integers(), st.floats(), st.binary(), st.lists(st.text()))
        | st.just(NUMBER),
    ),
)
def test_any_call_gives_one_safe_line(lines: Lines, event: str, fields: dict[str, Any]) -> None:
    configure_logging("web")
    structlog.get_logger().log(logging.INFO, event.replace("%", ""), **fields)
    (line,) = lines()
    assert set(line) <= ALLOWED_KEYS | {"at", "process", "pid", "event", "dropped"}
    for key in line.keys() - FIGURE_KEYS - {"at", "pid"}:
        assert not carries_number(str(line[key])) or isinstance(line[key], float)


@pytest.mark.parametrize("where", ["main", "thread"])
def test_a_crash_shows_its_type_and_places_only(where: str) -> None:
    """In a process of its own: the hooks are the interpreter's last word."""
    program = (
        "import threading\n"
        "from hotline.observe import configure_logging\n"
        "configure_logging('worker')\n"
        f"def fail(): raise ValueError({NUMBER + ' ' + SAID!r})\n"
        + (
            "fail()"
            if where == "main"
            else "t = threading.Thread(target=fail)\nt.start()\nt.join()"
        )
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    (line,) = map(json.loads, ran.stderr.splitlines())
    assert line["event"] == ("crashed" if where == "main" else "thread_crashed")
    assert (line["level"], line["error_type"]) == ("critical", "ValueError")
    assert line["trace"][-1] == "__main__:fail:4"
    assert "locker" not in ran.stderr + ran.stdout


def test_the_lists_of_keys_do_not_overlap() -> None:
    groups = [
        observe.ID_KEYS,
        observe.STRICT_ID_KEYS,
        observe.CODE_KEYS,
        FIGURE_KEYS,
        observe.OWN_KEYS,
    ]
    assert sum(map(len, groups)) == len(ALLOWED_KEYS)


def test_nothing_our_code_logs_is_left_out_unseen() -> None:
    """A key that is not allowed does not reach the log: who wrote it would look there in vain."""
    left_out = set()
    for room in ("hotline", "ivr", "console", "door", "transcription"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                left_out |= {f"{path.name}: {key}" for key in logged(node) - ALLOWED_KEYS}
    assert left_out == set()


def logged(node: ast.AST) -> set[str]:
    """The keys that a call of `log.info` and the like gives."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name("log"))):
            return {keyword.arg for keyword in node.keywords if keyword.arg} - {"exc_info"}
    return set()
