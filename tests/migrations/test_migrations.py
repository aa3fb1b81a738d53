"""The revisions and the models say the same, forwards and backwards, on both databases."""

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect

from hotline.database import migrations
from hotline.database.engine import open_engine
from tests.support.models import all_tables


def tables_of(url: str) -> dict[str, object]:
    """Every table as the database itself describes it, in a form that compares."""
    engine = open_engine(url)
    found = MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
    engine.dispose()
    return {
        table.name: (
            sorted((c.name, str(c.type), c.nullable, c.primary_key) for c in table.columns),
            sorted((str(i.name), [c.name for c in i.columns], i.unique) for i in table.indexes),
            sorted(str(constraint.name) for constraint in table.constraints),
        )
        for table in found.sorted_tables
        if table.name != "alembic_version" and migrations.is_of_models(table.name, "table", {})
    }


def everything_in(url: str) -> set[str]:
    """The name of every table, those made by hand and their shadows included."""
    engine = open_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def test_head_equals_models(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": migrations.is_of_models,
            },
        )
        differences = compare_metadata(context, all_tables())
    engine.dispose()
    assert differences == []


def test_up_down_up_changes_nothing(empty_url: str) -> None:
    migrations.upgrade(empty_url)
    first = tables_of(empty_url)
    migrations.downgrade(empty_url)
    assert tables_of(empty_url) == {}
    assert everything_in(empty_url) <= {"alembic_version"}
    migrations.upgrade(empty_url)
    assert tables_of(empty_url) == first
    assert set(first) == set(all_tables().tables)


def test_is_current_before_and_after(empty_url: str) -> None:
    assert not migrations.is_current(empty_url)
    migrations.upgrade(empty_url)
    assert migrations.is_current(empty_url)


def test_upgrading_again_changes_nothing(database_url: str) -> None:
    before = tables_of(database_url)
    migrations.upgrade(database_url)
    assert tables_of(database_url) == before


def test_processes_that_migrate_together_do_it_once(empty_url: str) -> None:
    program = "import sys; from hotline.database import migrations; migrations.upgrade(sys.argv[1])"
    command = [sys.executable, "-W", "error", "-c", program, empty_url]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert migrations.is_current(empty_url)


def test_there_is_one_head() -> None:
    script = ScriptDirectory.from_config(migrations.config("sqlite://"))
    assert len(script.get_heads()) == 1
