"""A database that a test has used looks to the next one like a new one, or is not used again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError

from tests.support import postgres
from tests.support.postgres_pool import Pool

pytestmark = pytest.mark.postgres


@pytest.fixture
def pool(postgres_cluster: postgres.Cluster) -> Iterator[Pool]:
    """A pool over a template with a table that has a sequence, and one that must not change."""
    template = postgres_cluster.new_database()
    run(
        template,
        "CREATE TABLE entry (id SERIAL PRIMARY KEY, word TEXT)",
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('0001')",
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER kept BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION no()",
    )
    yield Pool(postgres_cluster, postgres.name_of(template))
    postgres_cluster.drop(template)


def run(url: str, *statements: str) -> list[object]:
    """Run them; the rows of the last one."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            result = connection.execute(text(statement))
        return [tuple(row) for row in result] if result.returns_rows else []


def test_it_is_empty_again_and_counts_from_one(pool: Pool) -> None:
    url = pool.take()
    run(url, "INSERT INTO entry (word) VALUES ('one'), ('two')")
    pool.give_back(url)
    assert pool.take() == url
    assert run(url, "SELECT * FROM entry") == []
    assert run(url, "INSERT INTO entry (word) VALUES ('new') RETURNING id") == [(1,)]
    assert run(url, "SELECT * FROM alembic_version") == [("0001",)]
    with pytest.raises(Exception, match="no"):  # what keeps rows from being deleted is still there
        run(url, "DELETE FROM entry")


def test_two_at_once_are_two(pool: Pool) -> None:
    assert pool.take() != pool.take()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE entry ADD COLUMN more TEXT",
        "ALTER TABLE entry ADD CHECK (word <> '')",
        "DROP TRIGGER kept ON entry",
        "DROP TABLE entry",
        "CREATE TABLE another (id INT)",
        "CREATE INDEX word ON entry (word)",
        "CREATE OR REPLACE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN OLD; END $$",
        "ANALYZE entry",
    ],
)
def test_one_that_was_changed_is_not_used_again(pool: Pool, change: str) -> None:
    url = pool.take()
    run(url, "INSERT INTO entry (word) VALUES ('one')", change)
    pool.give_back(url)
    assert pool.take() != url


def test_who_is_still_connected_is_not_afterwards(pool: Pool) -> None:
    url = pool.take()
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(text("LOCK TABLE entry"))
        pool.give_back(url)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    engine.dispose()
    assert pool.take() == url
