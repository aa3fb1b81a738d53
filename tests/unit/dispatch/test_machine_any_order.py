"""The machine under events in any order, doubled, late and lost: what must hold, holds.

The model beside it knows only whom the plan puts before whom, and what time it is.
"""

from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hotline.dispatch.machine import Reopen, advance, longest_s
from hotline.dispatch.words import (
    Accepted,
    Answered,
    AttemptState,
    Begin,
    CancelCall,
    Dispatch,
    DispatchState,
    Due,
    Effect,
    Ended,
    Event,
    PlaceCall,
    Placed,
    RaiseAlarm,
    Resolve,
    Resolved,
    Ringing,
    Step,
    Withdraw,
)
from tests.fakes.clock import START

OUTCOMES = st.sampled_from(
    [
        AttemptState.DECLINED,
        AttemptState.UNANSWERED,
        AttemptState.BUSY,
        AttemptState.FAILED,
        AttemptState.MACHINE,
        AttemptState.LOST,
    ]
)
PLANS = st.lists(
    st.integers(1, 3).map(lambda n: Step(tuple("abc"[:n]), 20.0)), min_size=0, max_size=4
)
# Which attempt an event is about: an index taken modulo how many there are.
WHICH = st.integers(0, 30)


class AnyOrder(RuleBasedStateMachine):
    """Feeds events as a hostile network would, and answers Resolve as the desk does."""

    @initialize(plan=PLANS)
    def begin(self, plan: list[Step]) -> None:
        """A new dispatch; `heard` keeps every event with its moment."""
        self.state = Dispatch(tuple(plan))
        self.now: datetime = START
        self.heard: list[tuple[Event, datetime]] = []
        self.placed: list[str] = []
        self.stopped: set[str] = set()
        self.alarms = 0
        self.opened = 1
        self.taken: list[str] = []
        self.deadline = START + timedelta(seconds=longest_s(self.state.plan))
        self.feed(Begin())

    # --- what may happen --------------------------------------------------------------------

    @rule()
    def begins_again(self) -> None:
        """A watchdog or a second task row."""
        self.feed(Begin())

    @rule(which=WHICH, kind=st.sampled_from([Placed, Ringing, Answered, Due, Accepted]))
    def something_of_an_attempt(
        self, which: int, kind: type[Placed | Ringing | Answered | Due | Accepted]
    ) -> None:
        """A callback or a key, in order or not."""
        if attempt := self.some_attempt(which):
            self.feed(kind(attempt))

    @rule(which=WHICH, outcome=OUTCOMES)
    def ends(self, which: int, outcome: AttemptState) -> None:
        """A leg is over."""
        if attempt := self.some_attempt(which):
            self.feed(Ended(attempt, outcome))

    @rule(which=WHICH)
    def again(self, which: int) -> None:
        """Something that was heard before is told once more."""
        if self.heard:
            self.feed(self.heard[which % len(self.heard)][0])

    @rule(seconds=st.floats(0.1, 200))
    def time_passes(self, seconds: float) -> None:
        """All timers that are due fire, in their order."""
        self.pass_until(self.now + timedelta(seconds=seconds))

    @rule()
    def withdraws(self) -> None:
        """The caller has left without a word."""
        self.feed(Withdraw())

    @rule()
    def reopens(self) -> None:
        """Whoever had it has dropped out."""
        self.feed(Reopen())

    # --- what must hold ---------------------------------------------------------------------

    @invariant()
    def at_most_one_has_it(self) -> None:
        """I4: one taker, and exactly then the state says so."""
        has = self.state.state is DispatchState.TAKEN
        assert (self.state.taken_by is not None) == has
        if self.state.taken_by is not None:
            taker = self.state.attempt(self.state.taken_by)
            assert taker is not None
            assert taker.state is AttemptState.TAKEN

    @invariant()
    def no_more_phones_than_the_step_says(self) -> None:
        """I4: live attempts are all of the present step; none once the search is over."""
        live = [a for a in self.state.attempts if a.live]
        if not self.state.seeking:
            assert live == []
            return
        assert all(a.position == self.state.position for a in live)
        assert len(live) <= len(self.state.plan[self.state.position].targets)

    @invariant()
    def nobody_is_rung_before_their_turn(self) -> None:
        """I9: between two openings positions only rise, and none is left out."""
        positions = [a.position for a in self.state.attempts]
        moves = [(a, b) for a, b in pairwise(positions) if a != b]
        assert sum(b < a for a, b in moves) < self.opened
        assert all(b in (a + 1, 0) for a, b in moves)
        assert len(set(self.placed)) == len(self.placed)

    @invariant()
    def every_live_attempt_has_a_timer(self) -> None:
        """Nothing waits for a callback alone."""
        for attempt in self.state.attempts:
            assert (attempt.due_at is not None) == attempt.live

    @invariant()
    def all_phones_but_the_takers_are_told_to_stop(self) -> None:
        """Attempts we gave up ourselves were cancelled at the carrier."""
        for attempt in self.state.attempts:
            if attempt.state is AttemptState.CANCELLED:
                assert attempt.id in self.stopped

    @invariant()
    def it_ends_in_time(self) -> None:
        """I3: taken, withdrawn or alarm within the longest time of the plan, if timers fire."""
        if self.state.seeking:
            assert self.now <= self.deadline
        if self.state.state is DispatchState.EXHAUSTED:
            assert self.alarms >= 1

    def teardown(self) -> None:
        """I12: every prefix of the events gives the same state again; and the search ends."""
        if not hasattr(self, "state"):
            return
        state = Dispatch(self.state.plan)
        for event, moment in self.heard:
            state, _ = advance(state, event, moment)
        assert state == self.state
        self.pass_until(self.deadline)
        assert not self.state.seeking

    # --- how ----------------------------------------------------------------------------------

    def feed(self, event: Event) -> None:
        """Give the machine an event, and answer what it asks the desk."""
        pending = [event]
        while pending:
            event = pending.pop()
            self.heard.append((event, self.now))
            before = self.state
            self.state, effects = advance(self.state, event, self.now)
            assert advance(before, event, self.now) == (self.state, effects)
            if isinstance(event, Reopen) and self.state != before:
                self.opened += 1
                self.deadline = self.now + timedelta(seconds=longest_s(self.state.plan))
            for effect in effects:
                pending.extend(self.do(effect))

    def do(self, effect: Effect) -> list[Event]:
        """Keep count of the effect; the desk's answer to Resolve."""
        match effect:
            case Resolve(position):
                count = len(self.state.attempts)
                step = self.state.plan[position]
                ids = tuple(f"{count + n}" for n in range(len(step.targets)))
                return [Resolved(position, ids)]
            case PlaceCall(attempt_id):
                self.placed.append(attempt_id)
            case CancelCall(attempt_id):
                self.stopped.add(attempt_id)
            case RaiseAlarm():
                self.alarms += 1
        return []

    def some_attempt(self, which: int) -> str | None:
        """An attempt of the dispatch, if it has any."""
        attempts = self.state.attempts
        return attempts[which % len(attempts)].id if attempts else None

    def pass_until(self, moment: datetime) -> None:
        """Let the clock go on, firing each timer when it is due."""
        while True:
            timers = [(a.due_at, a.id) for a in self.state.attempts if a.due_at is not None]
            due = min(timers, default=None)
            if due is None or due[0] > moment:
                break
            self.now = max(self.now, due[0])
            self.feed(Due(due[1]))
        self.now = max(self.now, moment)


AnyOrder.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestAnyOrder = AnyOrder.TestCase
