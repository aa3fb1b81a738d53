"""A small hotline with a console, and browsers before its door and inside."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.conftest import MakeRuntime
from tests.support.console import World, add_person, cheap_passwords, make_world, sign_in
from transcription import jobs

SPEECH = Path(__file__).parent.parent / "data" / "speech" / "en" / "seen"


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.database.close()


@pytest.fixture
def stranger(world: World) -> FlaskClient:
    """A browser that is not signed in, where there is an account."""
    add_person(world)
    return world.app().test_client()


@pytest.fixture
def client(stranger: FlaskClient) -> FlaskClient:
    """A supervisor's browser, signed in."""
    assert sign_in(stranger).status_code == 303
    return stranger


@pytest.fixture(scope="module")
def speech() -> tuple[bytes, str]:
    """A recording and what is said in it."""
    name, text, _voice = (SPEECH / "manifest.tsv").read_text().splitlines()[0].split("\t")
    return (SPEECH / name).read_bytes(), text


@pytest.fixture
def workshop(make_runtime: MakeRuntime, database_url: str) -> jobs.Workshop:
    """A worker that has loaded its models."""
    return jobs.prepare(make_runtime(database_url, languages=["en"]))
