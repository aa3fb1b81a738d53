"""What must hold whatever happens (the promises are numbered in the design, §3)."""

from datetime import timedelta
from itertools import pairwise

from hotline.dispatch import policy
from hotline.dispatch.engine import LEASE_S
from hotline.dispatch.machine import longest_s
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import LIVE, AttemptState, DispatchState
from hotline.tasks.model import TaskKind
from tests.simulation.world import World

# The engine ends a call in its next tick, at the latest.
OVERLAP = timedelta(seconds=1)


def watch(world: World) -> None:
    """Check after everything that happens what must hold at every moment."""
    world.after_each.append(lambda: at_every_moment(world))


def at_every_moment(world: World) -> None:
    """I4: one taker; no more live attempts than the step says, all of the present step."""
    attempts = world.attempts()
    for row in world.dispatches():
        own = [a for a in attempts if a.dispatch_id == row.id]
        live = [a for a in own if a.state in LIVE]
        assert len(world.accepted.get(row.report_id, ())) <= 1
        assert (row.taken_by is not None) == (row.state is DispatchState.TAKEN)
        assert sum(a.state is AttemptState.TAKEN for a in own) <= 1
        if row.state is not DispatchState.RINGING:
            assert live == []
            continue
        plan = policy.thaw(row.snapshot).plan
        assert {a.position for a in live} == {row.position}
        assert len(live) <= len(plan[row.position].targets)


def at_the_end(world: World, *, gentle: bool) -> None:
    """What must hold once every timer has had its time. `gentle`: the carrier did as it was told
    (only callbacks misbehaved), so that not even for a moment a phone too many may have rung."""
    attempts = world.attempts()
    for row in world.dispatches():
        own = [a for a in attempts if a.dispatch_id == row.id]
        _ended(world, row)
        _in_order(world, own)
        _one_call_each(world, own)
        _silent(world, row, own)
        if gentle:
            _never_two_at_once(world, own)
    assert world.pending(TaskKind.PLACE_CALL, TaskKind.CANCEL_CALL, TaskKind.LOOK_UP) == []


def longest(world: World) -> float:
    """Seconds after which every search must be over: the plan's own time, and for each crash the
    time until its lease has run out."""
    plans = [policy.thaw(row.snapshot).plan for row in world.dispatches()]
    return max(map(longest_s, plans), default=0.0) + (LEASE_S + 5) * (1 + world.crashes)


def _ended(world: World, row: Dispatch) -> None:
    """I3: a human has it, or an alarm was raised, or nobody is needed any more."""
    if row.state is DispatchState.EXHAUSTED:
        alarms = [a for a in world.office.alarms() if a.report_id == row.report_id]
        assert any(a.reason == "nobody_took_it" for a in alarms)
    elif row.state is DispatchState.TAKEN:
        assert world.accepted[row.report_id] == {row.taken_by}
    else:
        assert row.state is DispatchState.WITHDRAWN


def _in_order(world: World, own: list[Attempt]) -> None:
    """I9: phones rang in the order of the plan, and nobody was left out."""
    placed = sorted((c.placed_at, a.position) for a in own for c in world.calls_of(a))
    positions = [position for _, position in placed]
    assert positions == sorted(positions)
    intended = sorted({a.position for a in own})
    assert intended == list(range(len(intended)))


def _one_call_each(world: World, own: list[Attempt]) -> None:
    """I4: no attempt was dialed twice, however often we did not know."""
    for attempt in own:
        assert len(world.calls_of(attempt)) <= 1


def _silent(world: World, row: Dispatch, own: list[Attempt]) -> None:
    """I4: no phone rings on after the search is over."""
    for attempt in own:
        assert [c for c in world.calls_of(attempt) if c.live] == []
    assert not [a for a in own if a.state in LIVE]


def _never_two_at_once(world: World, own: list[Attempt]) -> None:
    """I4 at the carrier: calls of different steps do not overlap."""
    spans = sorted(
        (c.placed_at, c.ended_at, a.position) for a in own for c in world.calls_of(a) if c.ended_at
    )
    for (_, end, before), (start, _, after) in pairwise(spans):
        assert before == after or end is None or end <= start + OVERLAP
