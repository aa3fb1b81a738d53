"""The carrier's records of callers' calls: deleted after the call, with a proof, until done."""

import pytest

from hotline.carrier import kinds
from hotline.carrier.port import Uncertain
from hotline.context import Runtime
from hotline.dispatch import call_records
from hotline.dispatch.call_records import Swept
from hotline.dispatch.upkeep import Upkeep
from hotline.doctor.backlog import calls_left
from hotline.reports.model import Call
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.office import Office

HOUR_S = 3600.0


def ended(runtime: Runtime) -> Call:
    """A call that is over now."""
    call = Office(runtime).call()
    with runtime.database.transaction() as session:
        session.get_one(Call, call.id).ended_at = runtime.clock()
    return call


def proof(runtime: Runtime, call: Call) -> object:
    with runtime.database.reading() as session:
        return session.get_one(Call, call.id).carrier_deleted_at


def test_a_record_is_deleted_an_hour_after_the_call(
    runtime_on_both: Runtime, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    runtime = runtime_on_both
    live, call = Office(runtime).call(), ended(runtime)
    clock.advance(HOUR_S)
    assert call_records.sweep(runtime) == Swept(0, more=False)
    clock.advance(1)
    assert call_records.sweep(runtime) == Swept(1, more=False)
    assert carrier.deleted_calls == [call.carrier_call_id]
    assert proof(runtime, call) == clock()
    assert proof(runtime, live) is None
    assert call_records.sweep(runtime) == Swept(0, more=False)


def test_what_the_carrier_does_not_confirm_is_tried_again_and_told(
    runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    calls = [ended(runtime) for _ in range(5)]
    clock.advance(25 * HOUR_S)

    def fail(call_id: str) -> None:
        carrier.deleted_calls.append(call_id)
        raise Uncertain("http_500")

    right, carrier.delete_call = carrier.delete_call, fail  # type: ignore[method-assign]
    assert call_records.sweep(runtime) == Swept(0, more=False)
    assert len(carrier.deleted_calls) == call_records.GIVE_UP_AFTER
    with runtime.database.reading() as session:
        assert calls_left(session, clock()) == len(calls)
    carrier.delete_call = right  # type: ignore[method-assign]
    Upkeep(runtime, elapsed=lambda: 0.0).go_on()
    with runtime.database.reading() as session:
        assert calls_left(session, clock()) == 0
    assert all(proof(runtime, call) for call in calls)


def test_a_slow_carrier_keeps_nobody_waiting(
    runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    for _ in range(3):
        ended(runtime)
    clock.advance(2 * HOUR_S)
    seconds = iter((0.0, 1.0, 4.0, 7.0))  # of a request: three seconds
    assert call_records.sweep(runtime, elapsed=lambda: next(seconds)) == Swept(2, more=True)
    assert len(carrier.deleted_calls) == 2
    assert call_records.sweep(runtime) == Swept(1, more=False)


def test_a_carrier_that_cannot_delete_them_is_not_asked(
    runtime: Runtime,
    carrier: FakeCarrier,
    clock: VirtualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FakeCarrier, "capabilities", kinds.TELNYX)
    ended(runtime)
    clock.advance(HOUR_S + 1)
    assert call_records.sweep(runtime) == Swept(0, more=False)
    assert carrier.requests == []
