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
    return MigrationContext.configure(connection).get_current_revision() == _head()


@cache
def _head() -> str | None:
    """The newest revision of this version of the program; reads the folder once."""
    return ScriptDirectory.from_config(config("")).get_current_head()


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
