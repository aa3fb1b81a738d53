"""What every test may ask for: databases of both kinds, a runtime with a scripted carrier.

`database_url` runs a test on SQLite and on PostgreSQL (a throw-away cluster started at the first
need); `sqlite_url` and `postgres_url` run it on one. Tables are there already in all of them.
HOTLINE_TEST_REQUIRE_POSTGRES=1 turns the skip where there is no PostgreSQL into a failure.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache

from hotline import languages
from hotline.app import HotlineApp
from hotline.context import Runtime
from hotline.database import migrations
from hotline.database.engine import Database
from hotline.languages import load_languages
from hotline.privacy import keys
from hotline.privacy.cipher import Vault
from hotline.reports import masks
from hotline.settings import Settings
from hotline.tasks.doorbell import SilentDoorbell
from ivr import espeak, voice
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support import postgres
from tests.support.postgres_pool import Pool
from tests.support.redis import NoRedis, Server

# No test asserts a time: a busy machine may take longer for an example.
# Whether a change may land is a question about the change: with CI set the examples are the same
# each time. Everybody else's runs, and the fuzz targets, draw new ones.
settings.register_profile("hotline", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("hotline")

MakeRuntime = Callable[..., Runtime]


class Compiled(BytecodeCache):
    """Templates that were compiled once: most tests make an application of their own."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of this very source before."""
        if _way(bucket) in self._code:
            bucket.bytecode_from_string(self._code[_way(bucket)])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._code[_way(bucket)] = bucket.bytecode_to_string()


def _plain_tracebacks() -> None:
    """structlog's own log draws tracebacks with the values in every frame, which takes seconds for
    one; where nothing has set up the log they are plain."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    drawn = structlog.get_config()["processors"]
    structlog.configure(
        processors=[plain if isinstance(p, structlog.dev.ConsoleRenderer) else p for p in drawn]
    )


_plain_tracebacks()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command that sets up the log for its process does so for no other test."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def _way(bucket: Bucket) -> str:
    """The template, and whether it escapes: some tests see what happens when it does not."""
    return f"{bucket.key} {bucket.environment.autoescape('page.html')}"


# Thousands of tests begin with the same language files; a process of ours reads them once, too.
_load_language, _masker = languages.load_language, masks._masker
_loaded: dict[Path, languages.Language] = {}
_maskers: dict[tuple[str, int, int], masks.Masker] = {}
_espeak, _backend = voice._espeak, espeak.backend
_spoken: dict[tuple[str, voice.Voice, str | None], tuple[Any, int]] = {}


def load_language(path: Path) -> languages.Language:
    """A language file; one that comes with Hotline is read once."""
    if path.parent != languages.DIRECTORY:
        return _load_language(path)
    return _loaded.get(path) or _loaded.setdefault(path, _load_language(path))


def masker(code: str, one: masks.Tables) -> masks.Masker:
    """Its masker; those of the files that are read once are made once."""
    # The prompts of a language depend on which others are offered; its rules do not.
    if not any(one.redaction is loaded.redaction for loaded in _loaded.values()):
        return _masker(code, one)
    key = (code, id(one.redaction), id(one.triage))
    return _maskers.get(key) or _maskers.setdefault(key, _masker(code, one))


def spoken(text: str, by: voice.Voice) -> tuple[Any, int]:
    """A sentence as espeak-ng speaks it; what has been spoken once is the same again."""
    if espeak.backend is not _backend:  # a test has put something in its place
        return _espeak(text, by)
    key = (text, by, os.environ.get("PATH"))
    return _spoken.get(key) or _spoken.setdefault(key, _espeak(text, by))


languages.load_language = load_language
voice._espeak = spoken
masks._masker = masker
HotlineApp.jinja_options = {**HotlineApp.jinja_options, "bytecode_cache": Compiled()}


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    migrations.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[postgres.Cluster]:
    """A running cluster; the test is skipped (or fails, see above) where none can be made."""
    try:
        cluster = postgres.start()
    except postgres.NoPostgres as reason:
        if os.environ.get("HOTLINE_TEST_REQUIRE_POSTGRES") == "1":
            pytest.fail(f"PostgreSQL is required: {reason}")
        pytest.skip(f"no PostgreSQL: {reason}")
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: postgres.Cluster) -> str:
    """Name of a database with all tables and nothing in them."""
    url = postgres_cluster.new_database()
    migrations.upgrade(url)
    return postgres.name_of(url)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A SQLite database of this test's own."""
    path = tmp_path / "hotline.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_pool(postgres_cluster: postgres.Cluster, postgres_template: str) -> Pool:
    """Databases with all tables and nothing in them, for one test after the other."""
    return Pool(postgres_cluster, postgres_template)


@pytest.fixture
def postgres_url(postgres_pool: Pool) -> Iterator[str]:
    """A PostgreSQL database of this test's own."""
    url = postgres_pool.take()
    yield url
    postgres_pool.give_back(url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    cluster: postgres.Cluster = request.getfixturevalue("postgres_cluster")
    url = cluster.new_database()
    yield url
    cluster.drop(url)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database, once of each kind."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that the test moves."""
    return VirtualClock()


@pytest.fixture
def carrier(clock: VirtualClock) -> FakeCarrier:
    """A scripted carrier on the test's clock."""
    return FakeCarrier(clock)


@pytest.fixture(scope="session")
def ring() -> keys.KeyRing:
    """A key of this run only."""
    return keys.generate()


@pytest.fixture(scope="session")
def vault(ring: keys.KeyRing) -> Vault:
    """A vault with that key."""
    return Vault(ring)


@pytest.fixture
def make_runtime(
    tmp_path: Path, clock: VirtualClock, carrier: FakeCarrier, vault: Vault
) -> Iterator[MakeRuntime]:
    """`make_runtime(url, **settings)`: a runtime on that database, with no Redis."""
    made: list[Runtime] = []

    def make(url: str, **overrides: object) -> Runtime:
        given: dict[str, object] = {
            "data_dir": tmp_path,
            "database_url": url,
            "twilio_auth_token": "0123456789abcdef0123456789abcdef",
            "console_secure_cookies": False,
            "degraded_after_s": 86400.0,
        } | overrides
        settings = Settings(_env_file=None, **given)  # type: ignore[call-arg, arg-type]
        languages = load_languages(settings.languages)
        made.append(
            Runtime(settings, Database(url), vault, carrier, SilentDoorbell(), languages, clock)
        )
        return made[-1]

    yield make
    for runtime in made:
        runtime.close()


@pytest.fixture
def runtime(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    """A runtime on SQLite: for tests of what stands above the database."""
    return make_runtime(sqlite_url)


@pytest.fixture
def runtime_on_both(make_runtime: MakeRuntime, database_url: str) -> Runtime:
    """A runtime, once on each kind of database."""
    return make_runtime(database_url)


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Redis of this test's own; the test is skipped where there is none."""
    try:
        server = Server(tmp_path_factory.mktemp("r"))
        server.start()
    except NoRedis as reason:
        pytest.skip(f"no Redis: {reason}")
    yield server
    server.stop()
