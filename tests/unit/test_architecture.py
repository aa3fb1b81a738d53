"""Imports go one way, and pure files are pure."""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("hotline", "ivr", "console", "door", "transcription", "switch")
# Files that take everything they need as arguments and touch nothing. Third-party packages they may
# use: phonenumbers parses text; argon2 hashes it.
PURE = (
    "hotline.dispatch.candidates",
    "hotline.dispatch.explain",
    "hotline.dispatch.gaps",
    "hotline.dispatch.effect_words",
    "hotline.dispatch.limits",
    "hotline.dispatch.machine",
    "hotline.dispatch.machine_browser",
    "hotline.dispatch.machine_parts",
    "hotline.dispatch.reach",
    "hotline.dispatch.routing",
    "hotline.dispatch.turns",
    "hotline.dispatch.unread",
    "hotline.dispatch.words",
    "hotline.mistakes",
    "hotline.oncall.calendar",
    "hotline.reports.callback_numbers",
    "hotline.reports.callback_words",
    "hotline.reports.codes",
    "hotline.reports.delivery_words",
    "hotline.reports.likeness",
    "hotline.reports.phrases",
    "hotline.reports.spoken_words",
    "hotline.reports.text_language",
    "hotline.reports.text_words",
    "hotline.reports.triage",
    "hotline.privacy.loggable",
    "hotline.privacy.pseudonym",
    "hotline.privacy.redaction",
    "hotline.privacy.redaction_finders",
    "hotline.privacy.redaction_numbers",
    "hotline.privacy.redaction_parts",
    "hotline.privacy.redaction_rules",
    "hotline.reports.masks",
    "hotline.spelling",
    "hotline.statistics.entered",
    "hotline.statistics.figures",
    "hotline.statistics.period",
    "hotline.statistics.small",
    "hotline.statistics.waits",
    "ivr.callback_steps",
    "ivr.grouping",
    "ivr.menu",
    "ivr.menu_callback",
    "ivr.menu_doubt",
    "ivr.menu_parts",
    "ivr.menu_return",
    "ivr.menu_rules",
    "ivr.menu_spoken",
    "ivr.names",
    "ivr.scenes",
    "ivr.screening",
    "ivr.spoken_steps",
    "ivr.steps",
    "switch.asterisk.words",
)
PURE_PACKAGES = {"phonenumbers", "argon2"}
IMPURE_STANDARD = {
    *("asyncio", "io", "logging", "multiprocessing", "os", "pathlib", "shutil", "socket"),
    *("sqlite3", "subprocess", "tempfile", "threading", "time", "urllib"),
}
# What top-level modules may import beside the rooms and the standard library.
PROGRAMS = {
    "worker.py": {"redis", "rq", "sqlalchemy", "structlog"},
    "wsgi.py": set[str](),
    "wsgi_door.py": set[str](),
}


def imports_of(path: Path) -> Iterator[str]:
    """The full name of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if not ROOT.joinpath(*node.module.split("."), "__init__.py").exists():
                yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def path_of(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def test_imports_keep_to_the_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:]


def test_every_room_of_the_core_has_its_layer() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [layers] = [c["layers"] for c in contracts if c["id"] == "rooms"]
    placed = {name.strip() for row in layers for name in row.replace("|", ":").split(":")}
    for path in (ROOT / "hotline").iterdir():
        if path.suffix != ".py" and not (path / "__init__.py").exists():
            continue
        if path.stem not in ("__init__", "dispatch"):
            assert f"hotline.{path.stem}" in placed
    for path in (ROOT / "hotline" / "dispatch").glob("[!_]*.py"):
        assert f"hotline.dispatch.{path.stem}" in placed
    for path in (ROOT / "ivr").glob("[!_]*.py"):
        assert f"ivr.{path.stem}" in placed


@pytest.mark.parametrize("module", PURE)
def test_pure_files_are_pure(module: str) -> None:
    for name in imports_of(path_of(module)):
        top = name.partition(".")[0]
        if top in ROOMS:
            assert any(name == pure or name.startswith(f"{pure}.") for pure in PURE), name
        elif top in sys.stdlib_module_names:
            assert top not in IMPURE_STANDARD, name
        else:
            assert top in PURE_PACKAGES, name


@pytest.mark.parametrize("module", PURE)
def test_pure_files_do_not_read_the_clock(module: str) -> None:
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("now", "utcnow", "today"), ast.unparse(node)


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_import_only_what_is_theirs(program: str) -> None:
    for name in imports_of(ROOT / program):
        top = name.partition(".")[0]
        ours = top in ROOMS and top != "switch"
        assert ours or top in sys.stdlib_module_names or top in PROGRAMS[program], name


def test_only_settings_read_the_environment() -> None:
    """Everything that can be set is documented in one place."""
    allowed = {"hotline/settings", "hotline/cli.py", "hotline/demo", "hotline/supervise"}
    allowed |= {"hotline/crash.py"}  # for the tests of faults alone, and nothing to be set
    allowed |= {"hotline/backup/postgres.py"}  # hands it on to pg_dump, and reads nothing of it
    for room in ("hotline", "ivr", "console", "door", "transcription"):
        for path in (ROOT / room).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if any(name.startswith(prefix) for prefix in allowed):
                continue
            reads = {"os.environ", "os.getenv"} & set(_attributes(path))
            assert not reads, name


def _attributes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield ast.unparse(node)
