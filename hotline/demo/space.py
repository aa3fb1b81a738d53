"""Where a demonstration keeps its data: never among the data of a real deployment."""

import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, inspect, make_url, select, text

from hotline.database.engine import open_engine
from hotline.demo.cast import EVERYBODY
from hotline.demo.options import DemoError
from hotline.oncall.model import Responder
from hotline.settings import Settings


@dataclass(frozen=True)
class Space:
    """A data directory and a database URL (None: SQLite in the directory)."""

    data_dir: Path
    database_url: str | None


@contextmanager
def open_space(settings: Settings, *, keep: bool) -> Iterator[Space]:
    """A place for one demonstration, cleared away afterwards unless it is kept.

    Raises DemoError when the database holds a real roster.
    """
    data_dir = settings.data_dir.resolve() if keep else Path(tempfile.mkdtemp(prefix="hotline-"))
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    forget: Callable[[], None] = lambda: None  # noqa: E731
    try:
        url = settings.database_url
        if url is not None and make_url(url).get_backend_name() != "sqlite":
            url, forget = _on_server(url)
        else:
            _refuse_real_roster(url or f"sqlite:///{data_dir / 'hotline.sqlite'}")
        yield Space(data_dir, url)
    finally:
        if not keep:
            forget()
            shutil.rmtree(data_dir, ignore_errors=True)


def _on_server(given: str) -> tuple[str, Callable[[], None]]:
    """The database itself when it has no table of ours yet, else a schema of our own in it."""
    engine = open_engine(given)
    try:
        if not inspect(engine).has_table("report"):
            return given, lambda: None
        schema = f"demo_{secrets.token_hex(4)}"
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    finally:
        engine.dispose()
    own = make_url(given).update_query_dict({"options": f"-csearch_path={schema}"})
    return own.render_as_string(hide_password=False), lambda: _drop(given, schema)


def _drop(url: str, schema: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


def _refuse_real_roster(url: str) -> None:
    database = make_url(url).database
    if not database or not Path(database).exists():
        return
    engine = create_engine(url)
    try:
        if not inspect(engine).has_table("responder"):
            return
        with engine.connect() as connection:
            handles = set(connection.scalars(select(Responder.handle)))
    finally:
        engine.dispose()
    if handles - {person.handle for person in EVERYBODY}:
        raise DemoError(
            "The data directory holds a real roster, which a demonstration would replace; set "
            "HOTLINE_DATA_DIR to an empty directory."
        )
