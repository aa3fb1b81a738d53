"""Every test that the threat model names is there, and it names every attack."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
MODEL = TESTS.parent / "docs" / "threat-model.md"
NAMED = re.compile(r"`([a-z0-9_/]+/test_[a-z0-9_]+\.py)(?:::(test_[a-z0-9_]+))?`")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ATTACKS = re.compile(r"`attacks/(test_[a-z0-9_]+\.py)\[([a-z0-9_, ]+)\]`")


def functions_of(file: Path) -> set[str]:
    """The names of its functions."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, FUNCTIONS)}


def test_every_test_of_the_threat_model_is_there() -> None:
    named = NAMED.findall(MODEL.read_text(encoding="utf-8"))
    assert len(named) > 25
    missing = []
    for path, test in named:
        file = TESTS / path
        if not file.is_file() or (test and test not in functions_of(file)):
            missing.append(f"{path}::{test}")
    assert missing == []


def test_every_file_of_attacks_is_in_the_threat_model() -> None:
    text = MODEL.read_text(encoding="utf-8")
    named = {path for path, _ in NAMED.findall(text)}
    named |= {f"attacks/{file}" for file, _ in ATTACKS.findall(text)}
    files = {f"attacks/{file.name}" for file in Path(__file__).parent.glob("test_*_attacks.py")}
    assert files <= named


def attacks_of(file: Path) -> set[str]:
    """The names of the attacks that it tries twice."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        str(ast.literal_eval(node.args[0]))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Attack"
    }


def test_the_threat_model_names_every_attack_and_no_other() -> None:
    named = {
        (file, attack)
        for file, attacks in ATTACKS.findall(MODEL.read_text(encoding="utf-8"))
        for attack in attacks.split(", ")
    }
    tried = {
        (file.name, attack)
        for file in Path(__file__).parent.glob("test_*.py")
        for attack in attacks_of(file)
    }
    assert len(tried) > 30
    assert named == tried
