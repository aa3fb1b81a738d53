"""What Alembic runs for every command: one connection, one transaction, one writer at a time."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum, text

from hotline.database import migrations
from hotline.database.engine import open_engine
from hotline.database.types import SealedBytes, UtcDateTime

WAITS_S = 120.0
"""Processes that start together wait for the one that migrates, on a slow disk too, instead of
ending because the database is locked."""
LOCK = 0x6D696772  # "migr"; any number not used for another advisory lock


def run() -> None:
    """Migrate the database of the configuration, holding everybody else off until it is done."""
    engine = open_engine(context.config.attributes["url"], busy_s=WAITS_S)
    try:
        with engine.begin() as connection:
            _lock(connection)
            context.configure(
                connection=connection,
                target_metadata=context.config.attributes["metadata"],
                render_as_batch=connection.dialect.name == "sqlite",
                render_item=_render,
                include_name=migrations.is_of_models,
                compare_type=True,
                compare_server_default=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        engine.dispose()


def _lock(connection: Connection) -> None:
    """Let one process migrate at a time. SQLite's BEGIN IMMEDIATE has done so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that revisions stay readable."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SealedBytes):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


run()
