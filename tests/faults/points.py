"""Every crash point, found in the source as `crash.point("NAME")`, so that none is forgotten."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = ("hotline", "ivr", "transcription", "console", "worker.py", "wsgi.py")


def names() -> tuple[str, ...]:
    """The names, sorted. Raises ValueError for one that is no plain string, or stands twice."""
    found = [name for file in _files() for name in _in(file)]
    twice = {name for name in found if found.count(name) > 1}
    if twice:
        raise ValueError(f"crash points that stand twice: {sorted(twice)}")
    return tuple(sorted(found))


def _files() -> list[Path]:
    folders = [ROOT / name for name in SOURCES]
    return [f for one in folders for f in ([one] if one.is_file() else sorted(one.rglob("*.py")))]


def _in(file: Path) -> list[str]:
    text = file.read_text()
    if "crash.point(" not in text:
        return []
    return [_name(node, file) for node in ast.walk(ast.parse(text)) if _is_point(node)]


def _is_point(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "crash.point"


def _name(node: ast.AST, file: Path) -> str:
    assert isinstance(node, ast.Call)
    match node.args:
        case [ast.Constant(value=str(name))]:
            return name
    raise ValueError(f"{file.name}: a crash point is named by one plain string")
