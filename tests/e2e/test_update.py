"""Processes of this version on the tables of the next one: an update does not stop the calls."""

from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import inspect, text

from hotline.database.engine import open_engine
from hotline.database.migrations import is_of_models
from tests.e2e.conftest import Theatre, open_theatre

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A hotline whose tables another version has brought forward while it runs: every table has a
    column more, there is a new table, and the revision is one that this version does not know."""
    with open_theatre(tmp_path_factory.mktemp("update")) as opened:
        bring_forward(opened.stack.settings.database)
        yield opened


def bring_forward(url: str) -> None:
    engine = open_engine(url)
    names = [n for n in inspect(engine).get_table_names() if is_of_models(n, "table", {})]
    with engine.begin() as connection:
        for name in names:
            if name != "alembic_version":
                connection.execute(
                    text(f'ALTER TABLE "{name}" ADD COLUMN of_the_next_version VARCHAR')
                )
        connection.execute(text("CREATE TABLE the_next_version (id VARCHAR PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()


def test_a_message_is_taken_all_the_same(theatre: Theatre) -> None:
    _, broken = theatre.play(theatre.short())
    assert broken == []
    ready = requests.get(f"{theatre.stack.settings.public_url}/health/ready", timeout=5)
    assert (ready.status_code, ready.text.strip()) == (200, "degraded")


def test_a_part_that_is_started_anew_works_on(theatre: Theatre) -> None:
    """One of this version that dies during the update is started again by its supervisor."""
    stack = theatre.stack
    for part in ("worker", "dispatcher"):
        stack.kill(part)
        stack.start_again(part)
    _, broken = theatre.play(theatre.short())
    assert broken == []
