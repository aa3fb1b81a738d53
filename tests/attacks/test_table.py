"""Every test that the threat model names is there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODEL = TESTS.parent / "docs" / "threat-model.md"
NAMED = re.compile(r"`([a-z0-9_/]+/test_[a-z0-9_]+\.py)(?:::(test_[a-z0-9_]+))?`")


def functions_of(file: Path) -> set[str]:
    """The names of its functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_of_the_threat_model_is_there() -> None:
    named = NAMED.findall(MODEL.read_text(encoding="utf-8"))
    assert len(named) > 30
    missing = []
    for path, test in named:
        file = TESTS / path
        if not file.is_file() or (test and test not in functions_of(file)):
            missing.append(f"{path}::{test}")
    assert missing == []


def test_every_file_of_attacks_is_in_the_threat_model() -> None:
    named = {path for path, _ in NAMED.findall(MODEL.read_text(encoding="utf-8"))}
    files = {f"attacks/{file.name}" for file in Path(__file__).parent.glob("test_*_attacks.py")}
    assert files <= named
