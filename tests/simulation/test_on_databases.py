"""Some of the same worlds on SQLite and PostgreSQL: no fault of SQL hides behind the memory."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event

from hotline.context import Runtime
from hotline.simulate import chance
from hotline.simulate.play import play
from tests.conftest import MakeRuntime
from tests.simulation import house

SEED = 11
RUNS = (0, 1, 2, 3, 4)


@pytest.fixture
def fast(make_runtime: MakeRuntime, database_url: str) -> Iterator[Runtime]:
    """A runtime whose SQLite does not wait for the disk: processes die here, not machines."""
    runtime = make_runtime(database_url)
    if database_url.startswith("sqlite"):
        event.listen(runtime.database.engine, "connect", _no_sync)
    yield runtime
    runtime.close()


def _no_sync(connection: object, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]


@pytest.mark.parametrize("run", RUNS)
def test_the_same_world_on_a_database(fast: Runtime, run: int) -> None:
    scenario = chance.scenario(SEED, run)
    on_sql = play(scenario, house.on(fast), telling=True)
    in_memory = play(scenario, telling=True)
    assert on_sql.violation is None
    assert on_sql.story == in_memory.story
