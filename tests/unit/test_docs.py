"""What README and the guides say exists: commands, settings, links, words, examples."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.cli import main
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import policy
from hotline.dispatch.roster_check import check
from hotline.dispatch.words import AttemptState, DispatchState
from hotline.languages import DIRECTORY, load_language
from hotline.reports.triage import Rules
from hotline.settings_page import names

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# In .env for docker-compose.yml alone.
COMPOSE_NAMES = {"POSTGRES_PASSWORD", "REDIS_PASSWORD"}
# Read by the tests and .ci/run only.
TEST_NAMES = {"HOTLINE_TEST_REQUIRE_POSTGRES", "HOTLINE_TEST_TWILIO_DESCRIPTION"}

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))


def prose(page: Path) -> str:
    """The page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)


def examples(page: Path, language: str) -> list[str]:
    """The page's blocks of code in one language."""
    text = page.read_text(encoding="utf-8")
    blocks = re.findall(rf"^( *)```{language}\n(.*?)^ *```", text, flags=re.M | re.S)
    return [re.sub(rf"^{indent}", "", block, flags=re.M) for indent, block in blocks]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def local_links(page: Path) -> Iterator[tuple[Path, str]]:
    """(file, anchor) of every link that stays in the repository."""
    for target in LINK.findall(prose(page)):
        if not target.startswith(("http://", "https://")):
            path, _, anchor = target.partition("#")
            yield (page.parent / path).resolve() if path else page, anchor


@every_page
def test_links_lead_somewhere(page: Path) -> None:
    for path, anchor in local_links(page):
        assert path.exists(), f"{page.name}: {path} is not there"
        assert not anchor or anchor in anchors(path), f"{page.name}: no #{anchor} in {path.name}"


@every_page
def test_make_targets_exist(page: Path) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, flags=re.M))
    assert set(re.findall(r"`make ([a-z-]+)", prose(page))) <= targets


@every_page
def test_commands_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"`(?:\.venv/bin/)?hotline ([a-z]+)", text)) <= set(main.commands)


@every_page
def test_settings_exist(page: Path) -> None:
    mentioned = set(re.findall(r"HOTLINE_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8")))
    assert mentioned <= {*names(), *TEST_NAMES}


def test_the_readme_names_its_commands_and_every_scenario() -> None:
    readme = prose(ROOT / "README.md")
    for command in ("make demo", "make test", "make install", "make run"):
        assert f"`{command}`" in readme
    for scenario in SCENARIOS:
        assert f"`{scenario}`" in readme


def test_every_guide_and_decision_is_listed() -> None:
    for index in (ROOT / "docs" / "README.md", ROOT / "docs" / "adr" / "README.md"):
        listed = {path for path, _ in local_links(index)}
        assert set(index.parent.glob("*.md")) - {index} <= listed


def test_the_glossary_has_every_state() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for state in (*DispatchState, *AttemptState):
        assert f"\n| {state} |" in glossary


def test_the_language_table_is_that_of_the_files() -> None:
    table = prose(ROOT / "docs" / "languages.md")
    for file in sorted(DIRECTORY.glob("*.toml")):
        language = load_language(file)
        row = next(r for r in table.splitlines() if r.startswith(f"| `{language.code}` |"))
        assert language.english_name in row
        voice, model = language.voice["espeak"], language.model
        assert (f"`{voice}`" if voice else "none: record it") in row
        assert (f"`{model}`" if model else "none: people listen") in row
        own = "written in it" if language.code == "en" else language.reviewed or "not yet"
        assert row.endswith(f"| {own} |")


@pytest.mark.parametrize("name", ["for-counselors.md", "law.md"])
def test_what_callers_and_responders_hear_is_quoted_as_it_is_spoken(name: str) -> None:
    """Every quoted whole sentence of these pages is one of the English prompts, or made of them."""
    texts = load_language(DIRECTORY / "en.toml").prompts
    kinds = [text for prompt, text in texts.items() if prompt.startswith("category_")]
    made = [f"{texts['screening_report']} {kind}" for kind in kinds]
    numbers = {"{emergency}": "911", "{crisis}": "988"}
    spoken = " ".join((*texts.values(), *made))
    for placeholder, digits in numbers.items():
        spoken = spoken.replace(placeholder, digits)
    page = " ".join(prose(ROOT / "docs" / name).split())
    quoted = re.findall(r'"([A-Z][^"]*[.!?])"', page)
    assert len(quoted) >= 6
    for text in quoted:
        for sentence in re.findall(r"[^.!?]+[.!?]", text):
            assert sentence.strip() in spoken, sentence


def test_nothing_is_wrong_with_the_example_rosters() -> None:
    (short,) = examples(ROOT / "docs" / "operations.md", "toml")
    whole = (ROOT / "docs" / "roster.example.toml").read_text(encoding="utf-8")
    for example in (short, whole):
        checked = check(example, datetime(2026, 11, 23, tzinfo=UTC))
        assert checked.problems == ()
        assert checked.policies[policy.DEFAULT].alarm[0] == "supervisor-1"


def test_the_roster_guide_writes_every_key_as_it_is_read() -> None:
    """Its examples name each other's people; besides that nothing is wrong with them."""
    first, *tables = examples(ROOT / "docs" / "roster.md", "toml")
    others = ("counselor-2", "counselor-3", "police-desk", "supervisor-1")
    people = [
        first.replace("counselor-1", name).replace("+15550100101", f"+1555010020{n}")
        for n, name in enumerate(others)
    ]
    checked = check("\n".join([first, *people, *tables]), datetime(2026, 11, 23, tzinfo=UTC))
    sentences = [sentence for _, sentence in checked.problems]
    assert not sentences, sentences


def test_the_example_of_triage_words_is_valid() -> None:
    (example,) = examples(ROOT / "docs" / "adding-a-language.md", "toml")
    assert Rules.parse(tomllib.loads(example)["triage"]).patterns


def test_the_example_environment_names_settings_only() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    found = re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", example, flags=re.M)
    assert {name for name, _ in found} <= {*names(), *COMPOSE_NAMES}
    secrets = {"HOTLINE_KEYS", "HOTLINE_TWILIO_AUTH_TOKEN", "HOTLINE_MAIL_PASSWORD"}
    secrets |= {"HOTLINE_SIP_PASSWORD", "HOTLINE_ASTERISK_PASSWORD", *COMPOSE_NAMES}
    assert secrets == {name for name, value in found if not value} - {"HOTLINE_TWILIO_ACCOUNT_SID"}


def test_ci_runs_what_the_readme_says() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    steps = re.findall(r"^ *step (.+)$", script.read_text(encoding="utf-8"), flags=re.M)
    assert steps == ["make lint", "make demo", "make test", "make test-sip", "make test-long"]


def test_license_and_notice_are_there() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for name in ("eSpeak NG", "libsndfile", "libsoxr", "psycopg", "CMU dictionary", "Vosk"):
        assert name in notice
