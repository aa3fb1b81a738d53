"""A database that comes back is no database that was never away: no phone rings twice for it."""

from datetime import UTC, datetime
from pathlib import Path

from hotline.backup import awakening, sqlite
from hotline.backup.manifest import Facts, Manifest
from hotline.context import Runtime
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.tasks.model import Task, TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office

NONE = Facts("0001", 0, 0, "0" * 64, ())
MANIFEST = Manifest(datetime(2026, 11, 24, tzinfo=UTC), "0.1.0", "sqlite", None, NONE, ())


def engine_of(runtime: Runtime, clock: VirtualClock) -> Engine:
    return Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)


def rung_after_a_restore(
    runtime: Runtime,
    make_runtime: MakeRuntime,
    carrier: FakeCarrier,
    clock: VirtualClock,
    folder: Path,
    *,
    settled: bool,
) -> int:
    """Backed up when a call is wanted and not yet placed; placed; lost; restored, and gone on with.

    Gives how many calls the carrier was asked for.
    """
    office = Office(runtime)
    office.on_duty(["c1"])
    office.waiting_caller()
    with runtime.database.reading() as session:
        wanted = session.query(Task).filter(Task.kind == TaskKind.PLACE_CALL).one()
        assert (wanted.tries, wanted.lease_token) == (0, None)
    sqlite.copy(runtime.settings.database, folder / "copy.sqlite")
    engine_of(runtime, clock).tick()
    assert len(carrier.calls) == 1
    clock.advance(3)
    again = make_runtime(f"sqlite:///{folder / 'copy.sqlite'}")
    if settled:
        with again.database.transaction() as session:
            awakening.settle(session, MANIFEST, clock())
    engine = engine_of(again, clock)
    for _ in range(8):
        engine.tick()
        clock.advance(0.5)
    return len(carrier.calls)


def test_a_call_that_was_placed_since_is_found_and_not_placed_again(
    runtime: Runtime,
    make_runtime: MakeRuntime,
    carrier: FakeCarrier,
    clock: VirtualClock,
    tmp_path: Path,
) -> None:
    found = rung_after_a_restore(runtime, make_runtime, carrier, clock, tmp_path, settled=True)
    assert found == 1


def test_without_that_the_phone_would_ring_a_second_time(
    runtime: Runtime,
    make_runtime: MakeRuntime,
    carrier: FakeCarrier,
    clock: VirtualClock,
    tmp_path: Path,
) -> None:
    found = rung_after_a_restore(runtime, make_runtime, carrier, clock, tmp_path, settled=False)
    assert found == 2
