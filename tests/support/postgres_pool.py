"""Databases of a throw-away cluster that one test after the other may use.

A new one takes a quarter of a second, and emptying a used one a few milliseconds. One whose
schema or statistics a test has changed is dropped instead.
"""

from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, text

from tests.support.postgres import Cluster

CATALOGS = ("class", "attribute", "constraint", "trigger", "proc", "index", "db_role_setting")
COUNTED = "SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM pg_{}"
STATISTICS = "SELECT count(*), 0 FROM pg_statistic WHERE starelid >= 16384"  # what ANALYZE leaves
REVISION = "SELECT count(*), coalesce(sum(xmin::text::bigint), 0) FROM alembic_version"
SHAPE = text(" UNION ALL ".join([*map(COUNTED.format, CATALOGS), STATISTICS, REVISION]))
"""What changes with every change of a table: a row of the catalogs has another transaction then."""
OTHERS_ENDED = text(
    "SELECT pg_terminate_backend(pid, CASE state WHEN 'idle' THEN 0 ELSE 10000 END)"
    " FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
EMPTIED = text(
    "DO $$ DECLARE name text; BEGIN"
    " FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version' LOOP"
    " EXECUTE 'DELETE FROM ' || quote_ident(name); END LOOP; END $$"
)
"""In the server: to ask for sixty tables one by one takes longer than to empty them."""
BACK_TO_ONE = text(
    "SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"
    " AND relnamespace = 'public'::regnamespace"
)


class Pool:
    """`take()` a database that looks like the template, and `give_back` it."""

    def __init__(self, cluster: Cluster, template: str) -> None:
        """template: a database whose tables hold nothing, and which nobody uses."""
        self._cluster, self._template = cluster, template
        self._clean: list[str] = []
        self._shapes: dict[str, list[Any]] = {}

    def take(self) -> str:
        """The URL of a database with empty tables that nobody else uses."""
        if self._clean:
            return self._clean.pop()
        url = self._cluster.new_database(self._template)
        with _connected(url) as connection:
            self._shapes[url] = _shape(connection)
        return url

    def give_back(self, url: str) -> None:
        """End the connections that are left to it, and make it as it was."""
        with _connected(url) as connection:
            connection.execute(OTHERS_ENDED)
            if sound := _shape(connection) == self._shapes[url]:
                _empty(connection)
        if sound:
            self._clean.append(url)
        else:
            del self._shapes[url]
            self._cluster.drop(url)


def _connected(url: str) -> Connection:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    return engine.connect()


def _shape(connection: Connection) -> list[Any]:
    return [tuple(row) for row in connection.execute(SHAPE)]


def _empty(connection: Connection) -> None:
    # Neither foreign keys nor the triggers that keep the audit log from being changed.
    connection.execute(text("SET session_replication_role = replica"))
    connection.execute(EMPTIED)
    connection.execute(BACK_TO_ONE)
