"""How long it can take at most: nothing a carrier does makes it longer, and it can be that long."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotline.dispatch.effect_words import Resolve
from hotline.dispatch.limits import (
    CANCEL_LIMIT_S,
    PLACE_LIMIT_S,
    RING_SLACK_S,
    SCREENING_LIMIT_S,
    longest_s,
    ring_longest_s,
)
from hotline.dispatch.machine import advance
from hotline.dispatch.words import (
    Answered,
    AttemptState,
    Begin,
    Dispatch,
    DispatchState,
    Due,
    Ended,
    Event,
    OverlapDue,
    Placed,
    Resolved,
    Ringing,
    Step,
)
from tests.fakes.clock import START

steps = st.builds(
    Step,
    st.integers(0, 3).map(lambda n: tuple("abc"[:n])),
    st.sampled_from([5.0, 20.0, 60.0]),
    st.booleans(),
    st.sampled_from([None, None, 0.0, 10.0, 500.0]),
)
plans = st.lists(steps, max_size=5).map(tuple)
# When a step of a call's life comes: 0 at once, 1 at the very last moment before the timer.
haste = st.sampled_from([0.0, 0.5, 1.0, 1.0])


class Drive:
    """Runs a plan with a carrier that draws out everything; `end` is when it was over."""

    def __init__(self, plan: tuple[Step, ...]) -> None:
        self.state, self.now = Dispatch(plan), START
        self.agenda: dict[str, list[Event]] = {}

    def feed(self, event: Event) -> None:
        """Give the machine an event; answer as the desk does."""
        self.state, effects = advance(self.state, event, self.now)
        for effect in effects:
            if isinstance(effect, Resolve):
                self.feed(Resolved(effect.position, self.resolve(effect.position)))

    def resolve(self, position: int) -> tuple[str, ...]:
        step, count = self.state.plan[position], len(self.state.attempts)
        here = sum(a.turn == self.state.turn for a in self.state.attempts)
        left = len(step.targets) - here
        wanted = min(1, left) if step.in_order else 0 if here else left
        return tuple(f"{count + n}" for n in range(wanted))

    def next_timer(self) -> tuple[datetime, Event] | None:
        """The timer that fires next."""
        timers: list[tuple[datetime, Event]] = [
            (a.due_at, Due(a.id)) for a in self.state.attempts if a.due_at is not None
        ]
        if self.state.due_at is not None:
            timers.append((self.state.due_at, OverlapDue()))
        return min(timers, key=lambda t: t[0], default=None)


WORST = {
    AttemptState.INTENDED: Placed,
    AttemptState.PLACED: Answered,
    AttemptState.RINGING: Answered,
}


def worst(plan: tuple[Step, ...]) -> float:
    """Seconds when every stage of every call comes at the very last moment, after its timer and
    the wait that follows it."""
    drive = Drive(plan)
    drive.feed(Begin())
    while (timer := drive.next_timer()) is not None:
        drive.now, event = timer
        attempt = drive.state.attempt(event.attempt_id) if isinstance(event, Due) else None
        if attempt is not None and attempt.overdue and attempt.state in WORST:
            event = WORST[attempt.state](attempt.id)
        drive.feed(event)
    assert drive.state.state is DispatchState.EXHAUSTED
    return (drive.now - START).total_seconds()


@given(plans)
def test_the_worst_carrier_takes_exactly_the_longest_time(plan: tuple[Step, ...]) -> None:
    assert worst(plan) == longest_s(plan)


@given(plans, st.data())
def test_no_carrier_takes_longer(plan: tuple[Step, ...], data: st.DataObject) -> None:
    """Stages come early, late, never, and out of order."""
    drive = Drive(plan)
    drive.feed(Begin())
    deadline = START + timedelta(seconds=longest_s(plan))
    while (timer := drive.next_timer()) is not None:
        due, event = timer
        live = [a.id for a in drive.state.live]
        if live and data.draw(st.booleans()):
            which = data.draw(st.sampled_from(live))
            callbacks = [Placed(which), Ringing(which), Answered(which)]
            event = data.draw(st.sampled_from([*callbacks, Ended(which, AttemptState.BUSY)]))
            due = drive.now + (due - drive.now) * data.draw(haste)
        drive.now = max(drive.now, due)
        drive.feed(event)
    assert drive.state.state is DispatchState.EXHAUSTED
    assert drive.now <= deadline


def test_the_longest_ring_is_the_sum_of_its_limits() -> None:
    limits = PLACE_LIMIT_S + 20 + RING_SLACK_S + SCREENING_LIMIT_S
    assert ring_longest_s(20) == limits + 3 * CANCEL_LIMIT_S


def test_people_whom_a_schedule_names_count() -> None:
    one = Step(("schedule:days",), 20, in_order=True)
    assert longest_s((one,), [3]) == 3 * ring_longest_s(20)
    assert longest_s((one,), [0]) == 0
    together = Step(("schedule:days",), 20)
    assert longest_s((together,), [3]) == ring_longest_s(20)
