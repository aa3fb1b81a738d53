"""An update without a pause: processes of the version before go on working while, and after, the
tables are brought forward. Each revision only adds; what the one before reads and writes stays."""

from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, inspect

from hotline.database import migrations
from hotline.database.engine import open_engine

REVISIONS = [
    script.revision
    for script in ScriptDirectory.from_config(migrations.config("")).walk_revisions()
][::-1]
Column = dict[str, Any]
Tables = dict[str, dict[str, Column]]


def seen(url: str) -> tuple[Tables, set[tuple[str, tuple[str, ...]]]]:
    """Columns by table, and what must be unique: table and columns."""
    engine = open_engine(url)
    looking: Inspector = inspect(engine)
    names = [n for n in looking.get_table_names() if migrations.is_of_models(n, "table", {})]
    tables = {n: {str(c["name"]): dict(c) for c in looking.get_columns(n)} for n in names}
    unique = {
        (name, tuple(sorted(str(c) for c in found["column_names"])))
        for name in names
        for found in (*looking.get_unique_constraints(name), *looking.get_indexes(name))
        if found.get("unique", True)
    }
    engine.dispose()
    return tables, unique


def what_breaks(before: Tables, after: Tables) -> list[str]:
    """What the version before would fail on."""
    wrong = []
    for table, columns in before.items():
        if table not in after:
            wrong.append(f"{table} is gone")
            continue
        now = after[table]
        wrong += [f"{table}.{name} is gone" for name in columns.keys() - now.keys()]
        for name in columns.keys() & now.keys():
            old, new = columns[name], now[name]
            if str(old["type"]) != str(new["type"]):
                wrong.append(f"{table}.{name} is {new['type']}, was {old['type']}")
            if old["nullable"] and not new["nullable"]:
                wrong.append(f"{table}.{name} must be given now")
        wrong += [
            f"{table}.{name} is new and must be given"
            for name in now.keys() - columns.keys()
            if not now[name]["nullable"] and now[name]["default"] is None
        ]
    return wrong


def test_each_revision_leaves_the_version_before_what_it_needs(empty_url: str) -> None:
    breaks: dict[str, list[str]] = {}
    migrations.upgrade(empty_url, REVISIONS[0])
    before, unique_before = seen(empty_url)
    for revision in REVISIONS[1:]:
        migrations.upgrade(empty_url, revision)
        after, unique = seen(empty_url)
        stricter = [
            f"{table} {columns}: unique now"
            for table, columns in unique - unique_before
            if table in before and before[table].keys() >= set(columns)
        ]
        wrong = what_breaks(before, after) + stricter
        if wrong:
            breaks[revision] = wrong
        before, unique_before = after, unique
    assert breaks == {}


@pytest.mark.parametrize(
    ("now", "wrong"),
    [
        ({}, ["t is gone"]),
        ({"t": {}}, ["t.a is gone"]),
        ({"t": {"a": {"type": "TEXT"}}}, ["t.a is TEXT, was INTEGER"]),
        ({"t": {"a": {"nullable": False}}}, ["t.a must be given now"]),
        ({"t": {"a": {}, "b": {"nullable": False}}}, ["t.b is new and must be given"]),
        ({"t": {"a": {}, "b": {"nullable": False, "default": "0"}}, "u": {}}, []),
        ({"t": {"a": {}, "b": {}}}, []),
    ],
)
def test_what_breaks_is_seen(now: Tables, wrong: list[str]) -> None:
    usual: Column = {"type": "INTEGER", "nullable": True, "default": None}
    after = {t: {c: usual | given for c, given in columns.items()} for t, columns in now.items()}
    assert what_breaks({"t": {"a": usual}}, after) == wrong
