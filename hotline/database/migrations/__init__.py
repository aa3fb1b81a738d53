"""Bring a database's tables to what the models say. Revisions stand in `versions/`."""

from functools import cache
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from hotline.database.engine import open_engine

BY_HAND = "search_index"
"""So begins the name of every table and index that a revision makes in the database's own words
and no model knows: SQLite's full-text table with its shadows, PostgreSQL's index."""


def upgrade(url: str, revision: str = "head") -> None:
    """Make or bring up to date the tables of the database at `url`, in one transaction.

    Several processes may do this at once: the first does the work, the others find it done.
    """
    command.upgrade(config(url), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Go back to a revision; `base` drops every table and all that is in them."""
    command.downgrade(config(url), revision)


def is_current(url: str) -> bool:
    """Whether the database at `url` has been brought to the newest revision."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return is_at_head(connection)
    finally:
        engine.dispose()


def is_at_head(connection: Connection) -> bool:
    """The same over a connection that is open already."""
    return _revision(connection) == _revisions()[-1]


def is_newer(connection: Connection) -> bool:
    """Whether a version after this one has been at the tables: it knows a revision that we do not.

    Then an update is under way, and this process is about to be replaced. To turn every caller away
    until then would be worse than to try.
    """
    revision = _revision(connection)
    return revision is not None and revision not in _revisions()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _revisions() -> tuple[str, ...]:
    """The revisions of this version of the program, oldest first; reads the folder once."""
    walked = ScriptDirectory.from_config(config("")).walk_revisions()
    return tuple(script.revision for script in walked)[::-1]


def is_of_models(name: str | None, _kind: str, _parents: Any) -> bool:
    """Whether a thing in the database is to be compared with the models (`include_name`)."""
    return name is None or not name.startswith(BY_HAND)


def config(url: str, metadata: MetaData | None = None) -> Config:
    """Alembic's configuration; there is no file. `metadata` is only needed to compare with it."""
    made = Config()
    made.set_main_option("script_location", "hotline.database:migrations")
    made.set_main_option("path_separator", "os")
    made.attributes["url"] = url
    made.attributes["metadata"] = metadata
    return made
