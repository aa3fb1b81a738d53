"""What strangers are told of how it is: one word, on both kinds of database, with a real Redis."""

from pathlib import Path

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from hotline.app import create_app
from hotline.context import Runtime
from hotline.readiness import Readiness, readiness
from tests.conftest import MakeRuntime
from tests.support.redis import Server


def asked(runtime: Runtime) -> tuple[int, str]:
    """What the web process answers whoever asks."""
    answer = create_app(runtime, []).test_client().get("/health/ready")
    return answer.status_code, answer.text


def test_ready_with_the_tables_of_this_version(runtime_on_both: Runtime) -> None:
    assert asked(runtime_on_both) == (200, "ready\n")


@pytest.mark.parametrize(
    "change",
    ["UPDATE alembic_version SET version_num = '0001'", "DELETE FROM alembic_version"],
)
def test_not_ready_with_tables_of_another_version(runtime_on_both: Runtime, change: str) -> None:
    with runtime_on_both.database.transaction() as session:
        session.execute(text(change))
    with capture_logs() as logs:
        assert asked(runtime_on_both) == (503, "not ready\n")
    assert [(line["event"], line["reason"]) for line in logs] == [("not_ready", "revision")]


def test_tables_of_a_newer_version_serve_this_one_while_it_is_replaced(
    runtime_on_both: Runtime,
) -> None:
    with runtime_on_both.database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert asked(runtime_on_both) == (200, "degraded\n")


def test_not_ready_without_any_table(make_runtime: MakeRuntime, empty_url: str) -> None:
    assert readiness(make_runtime(empty_url)) is Readiness.NOT_READY


def test_not_ready_without_a_database(make_runtime: MakeRuntime, tmp_path: Path) -> None:
    with capture_logs() as logs:
        gone = make_runtime(f"sqlite:///{tmp_path / 'nowhere' / 'hotline.sqlite'}")
        assert asked(gone) == (503, "not ready\n")
    assert [line["reason"] for line in logs] == ["database"]


def test_without_redis_it_is_degraded_and_serves_on(
    make_runtime: MakeRuntime, sqlite_url: str, redis_server: Server
) -> None:
    runtime = make_runtime(sqlite_url, redis_url=redis_server.url)
    assert asked(runtime) == (200, "ready\n")
    redis_server.stop()
    assert asked(runtime) == (200, "degraded\n")
    redis_server.start()
    assert asked(runtime) == (200, "ready\n")


def test_it_waits_for_no_writer(runtime: Runtime) -> None:
    with runtime.database.transaction():  # SQLite's one writer
        assert readiness(runtime) is Readiness.READY
