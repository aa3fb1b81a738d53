"""Each effect against a carrier that says yes, no, later, or nothing one can rely on."""

import pytest
from sqlalchemy import select

from hotline.carrier.port import Busy, LegState, Refused, Uncertain
from hotline.dispatch import bridge, desk, effects, legs
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Call
from hotline.tasks import queue
from hotline.tasks.model import Task, TaskKind, TaskState
from tests.fakes.carrier import FakeCall, FakeCarrier, nothing, ring
from tests.fakes.clock import VirtualClock
from tests.support.office import Office, number_of, ticks


def unsure(call: FakeCall) -> None:
    """The phone rings, and we are not told."""
    ring(call)
    raise Uncertain("timeout")


def refusing(error: Exception, method: str = "place_call") -> object:
    """A `before` that lets nothing of that method through."""

    def before(asked: str) -> None:
        if asked == method:
            raise error

    return before


def test_the_phone_rings_with_our_urls(
    desk_office: Office, engine: Engine, carrier: FakeCarrier
) -> None:
    desk_office.on_duty(["c1"])
    report = desk_office.sent_report()
    engine.tick()
    engine.tick()
    [attempt] = desk_office.attempts(report)
    [call] = carrier.calls.values()
    base = desk_office.runtime.url(f"/voice/responder/{attempt.token}")
    assert (call.to, call.url, call.status_url) == (number_of("c1"), base, f"{base}/status")
    assert call.ring_s == 20
    assert (attempt.state, attempt.carrier_call_id) == (AttemptState.PLACED, call.id)


def test_a_refused_number_leads_to_the_next(
    desk_office: Office, engine: Engine, carrier: FakeCarrier
) -> None:
    desk_office.on_duty(["c1"], ["c2"])
    carrier.before = refusing(Refused("21211"))  # type: ignore[assignment]
    report = desk_office.started()
    engine.tick()
    carrier.before = nothing
    engine.tick()
    assert desk_office.outcomes(report)[0] == ("c1", AttemptState.FAILED)
    assert carrier.rung() == [number_of("c2")]


def test_too_many_requests_are_tried_again(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    carrier.before = refusing(Busy("429"))  # type: ignore[assignment]
    report = desk_office.started()
    ticks(engine, clock, 2)
    carrier.before = nothing
    ticks(engine, clock, 1)
    assert carrier.rung() == [number_of("c1")]
    assert desk_office.outcomes(report) == [("c1", AttemptState.PLACED)]


def test_a_call_we_were_not_told_of_is_found_and_not_dialed_again(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    carrier.on_place = unsure
    report = desk_office.started()
    ticks(engine, clock, 3)
    [call] = carrier.calls.values()
    [attempt] = desk_office.attempts(report)
    assert (attempt.state, attempt.carrier_call_id) == (AttemptState.PLACED, call.id)


def test_a_request_that_came_to_nothing_is_made_again_after_looking(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    carrier.before = refusing(Uncertain("timeout"))  # type: ignore[assignment]
    desk_office.started()
    engine.tick()
    carrier.before = nothing
    clock.advance(0.5)
    ticks(engine, clock, 1.5)
    assert carrier.rung() == []
    assert carrier.requests.count("find_call") == 2
    ticks(engine, clock, 1)
    assert carrier.rung() == [number_of("c1")]


def test_a_call_nobody_told_us_of_is_ended_when_another_took_it(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1", "c2"])
    report = desk_office.started()
    carrier.on_place = unsure
    engine.tick()
    with desk_office.runtime.database.transaction() as session:
        second = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
        assert second is not None
        taker = carrier.calls[next(c for c in carrier.calls if second.token in url(carrier, c))]
        books = desk_office.books(session)
        legs.recognize(books, second, taker.id)
        assert desk.accept(books, second, clock())
    ticks(engine, clock, 3)
    assert carrier.live_calls() == [taker]
    assert desk_office.outcomes(report)[0] == ("c1", AttemptState.CANCELLED)


def url(carrier: FakeCarrier, call_id: str) -> str:
    return carrier.calls[call_id].url


def test_whoever_pressed_1_is_not_cut_off_by_a_cancel_decided_before(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    report = desk_office.started()
    engine.tick()
    [call] = carrier.calls.values()
    carrier.set_state(call, LegState.ANSWERED)
    with desk_office.runtime.database.transaction() as session:
        attempt = session.scalars(select(Attempt)).one()
        queue.add(session, TaskKind.CANCEL_CALL, attempt.id, clock(), again="decided")
        assert desk.accept(desk_office.books(session), attempt, clock())
    engine.tick()
    assert call.live
    assert desk_office.outcomes(report) == [("c1", AttemptState.TAKEN)]


def test_ending_is_tried_until_the_carrier_has_done_it(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    call, _ = desk_office.waiting_caller()
    engine.tick()
    carrier.before = refusing(Uncertain("http_500"), "end_call")  # type: ignore[assignment]
    with desk_office.runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        bridge.caller_left(desk_office.books(session), there, clock(), 20.0)
    ticks(engine, clock, 5)
    assert len(carrier.live_calls()) == 1
    carrier.before = nothing
    ticks(engine, clock, 10)
    assert carrier.live_calls() == []


@pytest.mark.parametrize("parked", [True, False])
def test_a_waiting_caller_is_fetched_to_the_bridge(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock, parked: bool
) -> None:
    desk_office.on_duty(["c1"])
    call, report = desk_office.waiting_caller()
    leg = carrier.add_call()
    with desk_office.runtime.database.transaction() as session:
        row = session.get_one(Call, call.id)
        row.carrier_call_id = leg.id
        if not parked:
            bridge.waiting_ended(row)
        attempt = session.scalars(select(Attempt)).one()
        assert desk.accept(desk_office.books(session), attempt, clock())
    engine.tick()
    wanted = [desk_office.runtime.url("/voice/park")] if parked else []
    assert leg.redirects == wanted
    assert report.live


def test_a_nudge_that_fails_is_not_repeated(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    desk_office.waiting_caller()
    with desk_office.runtime.database.transaction() as session:
        attempt = session.scalars(select(Attempt)).one()
        assert desk.accept(desk_office.books(session), attempt, clock())
    engine.tick()
    ticks(engine, clock, 5)
    assert carrier.requests.count("redirect_call") == 1


def test_two_calls_to_one_number_that_were_mixed_up_are_put_right(
    desk_office: Office, carrier: FakeCarrier
) -> None:
    """Looking gave one attempt the other's call; the webhook with the token knows better."""
    desk_office.on_duty(["c1"])
    first, second = desk_office.started(), desk_office.started()
    one, two = desk_office.attempts(first)[0], desk_office.attempts(second)[0]
    with desk_office.runtime.database.transaction() as session:
        books = desk_office.books(session)
        mine, other = session.get_one(Attempt, one.id), session.get_one(Attempt, two.id)
        legs.recognize(books, other, "CA1", sure=False)
        legs.recognize(books, mine, "CA1", sure=False)
        assert (mine.carrier_call_id, other.carrier_call_id) == (None, "CA1")
        legs.recognize(books, mine, "CA1")
        legs.recognize(books, mine, "CA1")
        assert (mine.carrier_call_id, other.carrier_call_id) == ("CA1", None)


def test_a_call_of_another_report_is_not_taken_for_one_that_the_carrier_refused(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    """One phone is wanted for two reports: the carrier has no room for the first, and of the
    second's call we are not told. Each rings once."""
    desk_office.on_duty(["c1"])
    carrier.before = refusing(Busy("429"))  # type: ignore[assignment]
    first = desk_office.started()
    engine.tick()
    carrier.before, carrier.on_place = nothing, unsure
    clock.advance(0.9)
    second = desk_office.started()
    engine.tick()
    clock.advance(0.1)  # the first is tried again before the second has looked for its call
    ticks(engine, clock, 6)
    for report in (first, second):
        [attempt] = desk_office.attempts(report)
        [call] = [c for c in carrier.calls.values() if attempt.token in c.url]
        assert attempt.carrier_call_id == call.id


def test_a_call_that_may_be_rung_for_another_report_is_left_to_it(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    """Of two tries to ring one phone one call came about, and nobody knows for which: the phone
    rings already. The webhook of the call tells, and then the other is tried again."""
    desk_office.on_duty(["c1"])
    carrier.before = refusing(Uncertain("timeout"))  # type: ignore[assignment]
    first = desk_office.started()
    engine.tick()
    carrier.before, carrier.on_place = nothing, unsure
    second = desk_office.started()
    engine.tick()
    ticks(engine, clock, 6)
    [call] = carrier.calls.values()
    [one], [two] = desk_office.attempts(first), desk_office.attempts(second)
    assert (one.carrier_call_id, two.carrier_call_id) == (None, None)
    with desk_office.runtime.database.transaction() as session:
        theirs = session.get_one(Attempt, two.id)
        legs.recognize(desk_office.books(session), theirs, call.id)
    carrier.on_place = ring
    ticks(engine, clock, 5)
    assert sorted(c.url[-len(one.token) :] for c in carrier.calls.values()) == sorted(
        (one.token, two.token)
    )


def test_two_calls_to_one_phone_for_two_reports_are_both_found(
    desk_office: Office, engine: Engine, carrier: FakeCarrier, clock: VirtualClock
) -> None:
    desk_office.on_duty(["c1"])
    carrier.on_place = unsure
    reports = [desk_office.started(), desk_office.started()]
    ticks(engine, clock, 6)
    found = {desk_office.attempts(report)[0].carrier_call_id for report in reports}
    assert found == set(carrier.calls)
    assert len(found) == 2


def test_who_dies_while_trying_again_leaves_word_that_the_phone_may_ring(
    desk_office: Office, clock: VirtualClock, carrier: FakeCarrier
) -> None:
    """The carrier's no was to the try before; the next holder looks before ringing."""
    desk_office.on_duty(["c1"])
    report = desk_office.started()
    runtime = desk_office.runtime

    def claim(owner: str) -> queue.Lease:
        with runtime.database.transaction() as session:
            task_id = session.scalars(select(Task.id).where(Task.kind == TaskKind.PLACE_CALL)).one()
            lease = queue.claim(session, task_id, owner, clock(), 1.0)
        assert lease is not None
        return lease

    def dies(call: FakeCall) -> None:
        ring(call)
        raise KeyboardInterrupt

    carrier.before = refusing(Busy("429"))  # type: ignore[assignment]
    effects.place_call(ports_of(runtime), claim("first"))
    carrier.before, carrier.on_place = nothing, dies
    clock.advance(2)
    with pytest.raises(KeyboardInterrupt):
        effects.place_call(ports_of(runtime), claim("second"))
    carrier.on_place = ring
    clock.advance(2)
    effects.place_call(ports_of(runtime), claim("third"))
    [call] = carrier.calls.values()
    assert desk_office.attempts(report)[0].carrier_call_id == call.id


@pytest.mark.parametrize("refused", [False, True])
def test_a_call_placed_under_a_lost_lease_is_found_by_the_next_holder(
    desk_office: Office, clock: VirtualClock, carrier: FakeCarrier, refused: bool
) -> None:
    """A lease that ran out under our hands: what we did is not written, and not done again."""
    desk_office.on_duty(["c1"])
    report = desk_office.started()
    runtime = desk_office.runtime
    with runtime.database.transaction() as session:
        task_id = session.scalars(select(Task.id).where(Task.kind == TaskKind.PLACE_CALL)).one()
        if refused:
            early = queue.claim(session, task_id, "early", clock(), 1.0)
            assert early is not None
            queue.postpone(session, early, clock(), "Busy:429")
        late = queue.claim(session, task_id, "slow", clock(), 1.0)
    clock.advance(2)
    with runtime.database.transaction() as session:
        prompt = queue.claim(session, task_id, "quick", clock(), 30.0)
    assert late is not None
    assert prompt is not None
    with pytest.raises(queue.LeaseLost):
        effects.place_call(ports_of(runtime), late)
    assert desk_office.attempts(report)[0].carrier_call_id is None
    effects.place_call(ports_of(runtime), prompt)
    [call] = carrier.calls.values()
    assert desk_office.attempts(report)[0].carrier_call_id == call.id
    with runtime.database.transaction() as session:
        assert session.get_one(Task, task_id).state is TaskState.DONE
