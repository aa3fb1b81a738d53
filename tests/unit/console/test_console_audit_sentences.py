"""The audit in sentences: every action that any code writes has one of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.audit import sentences

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("console", "door", "hotline", "ivr", "switch", "transcription")
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
KINDS = {action.partition(".")[0] for action in sentences.SENTENCES}
OTHERS = (".html", ".css", ".js", ".py", ".toml", ".sqlite", ".id")


def texts_of(file: Path) -> Iterator[tuple[str, bool]]:
    """Every text in a file, and whether it is given to a function that writes the audit."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, False
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            writes = name.strip("_") in ("audited", "record", "note")
            for argument in node.args:
                if writes and isinstance(argument, ast.Constant):
                    yield str(argument.value), True


def actions_written() -> set[str]:
    found = set()
    for room in ROOMS:
        for file in set((ROOT / room).rglob("*.py")) - {Path(sentences.__file__)}:
            for text, written in texts_of(file):
                known = text.partition(".")[0] in KINDS and not text.endswith(OTHERS)
                if ACTION.fullmatch(text) and (written or known):
                    found.add(text)
    return found


def test_every_action_in_the_source_has_a_sentence() -> None:
    found = actions_written()
    assert {"account.created", "report.opened", "oncall.drilled", "audit.verified"} <= found
    assert found - set(sentences.SENTENCES) == set()


@pytest.mark.parametrize("action", sentences.SENTENCES)
def test_a_sentence_says_who_or_is_about_nobody_known(action: str) -> None:
    pattern = sentences.pattern(action)
    assert pattern.endswith(".")
    assert "%(actor)s" in pattern or pattern.startswith("Somebody ")
    assert pattern % {"actor": "Ana", "subject": "it"}


def test_an_unknown_action_is_still_told() -> None:
    said = sentences.pattern("kettle.boiled_50%") % {"actor": "Ana", "subject": "tea"}
    assert said == "Ana: kettle boiled 50, tea."


def test_what_changed_is_told_from_and_to() -> None:
    detail = {
        "role_from": "supervisor",
        "role_to": "auditor",
        "district_from": "",
        "district_to": "north",
        "head": "f" * 64,
        "entries": 12,
        "check": "some-id",
        "nothing": None,
    }
    assert sentences.details(detail, {"some-id": "counselor-1"}) == [
        "role: Supervisor → Auditor",
        "district: none → north",
        "entries: 12",
        "check: counselor-1",
    ]


def test_actors_that_are_no_account() -> None:
    assert sentences.actor("dispatcher") == "The dispatcher"
    assert sentences.actor("night_owl") == "Night owl"


def test_a_label_is_the_sentence_without_the_names() -> None:
    assert sentences.label("report.opened") == "… opened a report"
    assert sentences.label("account.signed_in") == "… signed in"
