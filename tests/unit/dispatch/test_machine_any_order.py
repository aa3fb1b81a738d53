"""The machine under events in any order, doubled, late and lost: what must hold, holds.

The model beside it knows only whom the plan puts before whom, and what time it is.
"""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hotline.dispatch.effect_words import (
    CancelCall,
    Effect,
    PlaceCall,
    RaiseAlarm,
    Resolve,
    ResolveInvited,
    ResolvePhone,
)
from hotline.dispatch.limits import longest_s, ring_longest_s
from hotline.dispatch.machine import advance
from hotline.dispatch.words import (
    ENDINGS,
    TOOK_IT,
    Accepted,
    Answered,
    Attempt,
    AttemptState,
    Begin,
    CallerBack,
    CallerLeft,
    Delayed,
    Dispatch,
    DispatchState,
    Dropped,
    Due,
    Ended,
    Event,
    Invite,
    Invited,
    OverlapDue,
    PhoneFollows,
    Placed,
    Resolved,
    Ringing,
    Role,
    SaidMore,
    Step,
    TakenAtDesk,
    TakeOver,
    Withdraw,
)
from tests.fakes.clock import START

RING_S = 20.0
STEPS = st.builds(
    Step,
    st.integers(1, 3).map(lambda n: tuple("abc"[:n])),
    st.just(RING_S),
    st.booleans(),
    st.sampled_from([None, None, 0.0, 5.0, 60.0, 400.0]),
)
PLANS = st.lists(STEPS, max_size=4)
# Which attempt an event is about: an index taken modulo how many there are.
WHICH = st.integers(0, 30)
OF_AN_ATTEMPT = (Placed, Delayed, Ringing, Answered, Due, Accepted, Dropped)


class AnyOrder(RuleBasedStateMachine):
    """Feeds events as a hostile network would, and answers as the desk does."""

    @initialize(plan=PLANS)
    def begin(self, plan: list[Step]) -> None:
        """A new dispatch; `heard` keeps every event with its moment."""
        self.state = Dispatch(tuple(plan))
        self.now: datetime = START
        self.heard: list[tuple[Event, datetime]] = []
        self.placed: list[str] = []
        self.after_browsers: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.alarms = 0
        self.new_deadline()
        self.feed(Begin())

    # --- what may happen --------------------------------------------------------------------

    @rule()
    def begins_again(self) -> None:
        """A watchdog or a second task row."""
        self.feed(Begin())

    @rule(which=WHICH, kind=st.sampled_from(OF_AN_ATTEMPT))
    def something_of_an_attempt(self, which: int, kind: type) -> None:
        """A callback, a timer or a key, in order or not."""
        if attempt := self.some_attempt(which):
            self.feed(kind(attempt))

    @rule(which=WHICH)
    def takes_it(self, which: int) -> None:
        """Somebody whose phone rings picks up and presses 1."""
        if live := self.state.live:
            self.feed(Answered(live[which % len(live)].id))
            self.feed(Accepted(live[which % len(live)].id))

    @rule(which=WHICH, outcome=st.sampled_from(ENDINGS))
    def ends(self, which: int, outcome: AttemptState) -> None:
        """A leg is over."""
        if attempt := self.some_attempt(which):
            self.feed(Ended(attempt, outcome))

    @rule(which=WHICH)
    def again(self, which: int) -> None:
        """Something that the network told before is told once more."""
        told = [e for e, _ in self.heard if not isinstance(e, ONCE)]
        if told:
            self.feed(told[which % len(told)])

    @rule(seconds=st.floats(0.1, 200))
    def time_passes(self, seconds: float) -> None:
        """All timers that are due fire, in their order."""
        self.pass_until(self.now + timedelta(seconds=seconds))

    @rule(said=st.booleans())
    def caller_leaves(self, said: bool) -> None:
        """The caller hangs up, with or without a word."""
        waited = self.state.said_more
        self.feed(CallerLeft(said))
        assert not (waited and self.state.state is DispatchState.WITHDRAWN)

    @rule(anew=st.booleans())
    def caller_is_back(self, anew: bool) -> None:
        """Somebody is needed after all."""
        self.feed(CallerBack(anew))

    @rule()
    def is_taken_at_the_desk(self) -> None:
        """Somebody takes it in the console, at any moment."""
        self.feed(TakenAtDesk())
        assert self.state.state is DispatchState.TAKEN

    @rule()
    def overlap_is_due(self) -> None:
        """Told at any moment; it means something only when it is due."""
        self.feed(OverlapDue())

    @precondition(lambda self: self.state.seeking)
    @rule()
    def withdraws(self) -> None:
        """An administrator ends the search."""
        self.feed(Withdraw())

    @precondition(lambda self: self.state.seeking)
    @rule(plan=PLANS)
    def another_policy_takes_over(self, plan: list[Step]) -> None:
        """The transcript has raised the urgency."""
        begun = self.state.plan[: self.state.position + 1]
        self.feed(TakeOver(tuple(plan)))
        assert self.state.plan == begun + tuple(plan)

    @precondition(lambda self: self.state.taken_by is not None)
    @rule(role=st.sampled_from([Role.ADD, Role.RELIEVE]))
    def invites(self, role: Role) -> None:
        """Whoever has it asks for somebody."""
        self.feed(Invite(role))

    @rule(plan=PLANS, tell=st.booleans())
    def caller_says_more(self, plan: list[Step], tell: bool) -> None:
        """On a later call, and somebody must hear it now."""
        tell = tell and not self.is_inviting()  # the desk waits for that to end
        self.feed(SaidMore(tuple(plan), tell))
        assert self.state.said_more
        if not tell and not self.is_telling():
            assert self.state.state is not DispatchState.TAKEN

    # --- what must hold ---------------------------------------------------------------------

    @invariant()
    def at_most_one_has_it(self) -> None:
        """I4: one taker, and exactly then the state says so; at the desk it is nobody's phone."""
        has = self.state.taken_by
        if has is not None:
            assert self.state.state is DispatchState.TAKEN
        takers = [a.id for a in self.state.attempts if a.state is AttemptState.TAKEN]
        assert takers == ([] if has is None else [has])
        if self.state.state is DispatchState.TAKEN and has is None:
            assert any(isinstance(event, TakenAtDesk) for event, _ in self.heard)
            assert all(a.role is Role.TELL for a in self.state.live)

    @invariant()
    def what_was_said_since_is_heard(self) -> None:
        """Words that somebody must hear are never with one who does not hear of them: a phone of
        theirs rings, or somebody is sought, or nobody has it and the alarm has rung."""
        if self.state.said_more and self.state.state is DispatchState.TAKEN:
            assert self.is_telling()
        if self.state.said_more:
            assert self.state.state is not DispatchState.WITHDRAWN
        if self.is_telling() and self.state.state is DispatchState.TAKEN:
            assert len(self.state.live) == 1

    @invariant()
    def nobody_is_in_a_bridge_that_nobody_has(self) -> None:
        """Whoever joined has it as soon as the one before has left."""
        if any(a.state is AttemptState.JOINED for a in self.state.attempts):
            assert self.state.state is DispatchState.TAKEN

    @invariant()
    def no_more_phones_than_the_plan_says(self) -> None:
        """I4: none rings once the search is over; without an overlap only those of one turn."""
        live = self.state.live
        if self.state.state in (DispatchState.WITHDRAWN, DispatchState.EXHAUSTED):
            assert live == ()
        if self.state.state is DispatchState.TAKEN:
            assert all(a.role is not Role.SEEK for a in live)
        if self.state.state is DispatchState.WAITING:
            assert live == ()
        if not self.overlaps():
            assert len({a.turn for a in live}) <= 1

    @invariant()
    def nobody_is_rung_before_their_turn(self) -> None:
        """I9: turns only grow, one at a time; nobody of a later turn is intended before."""
        turns = [a.turn for a in self.state.attempts if a.id not in self.after_browsers]
        assert turns == sorted(turns)
        assert len(set(self.placed)) == len(self.placed) == len(self.state.attempts)

    @invariant()
    def a_turn_that_began_in_a_browser_ends_in_time(self) -> None:
        """ADR 0043: both rings of it within what one ring of the whole time may take, if timers
        fire; and the phone is never rung beside the browser, or for whoever has passed."""
        for attempt in self.state.live:
            assert attempt.ends_by is None or self.now <= attempt.ends_by
        for phone_id, browser_id in self.after_browsers.items():
            phone, browser = self.state.attempt(phone_id), self.state.attempt(browser_id)
            assert phone is not None
            assert browser is not None
            assert not browser.live
            assert browser.state is not AttemptState.DECLINED
            assert (phone.turn, phone.ends_by) == (browser.turn, browser.ends_by)
            assert browser.phone_s is not None
            assert browser.phone_s <= phone.ring_s <= RING_S

    @invariant()
    def every_live_attempt_has_a_timer(self) -> None:
        """Nothing waits for a callback alone, and no timer is left over."""
        for attempt in self.state.attempts:
            assert (attempt.due_at is not None) == attempt.live
        if self.state.due_at is not None:
            assert self.state.state is DispatchState.RINGING

    @invariant()
    def all_phones_but_the_takers_are_told_to_stop(self) -> None:
        """Attempts we gave up ourselves were cancelled at the carrier."""
        given_up = (AttemptState.CANCELLED,)
        assert {a.id for a in self.state.attempts if a.state in given_up} <= self.stopped

    @invariant()
    def it_ends_in_time(self) -> None:
        """I3: taken, withdrawn or alarm within the longest time of the plan, if timers fire."""
        if self.state.seeking:
            assert self.now <= self.deadline
        if self.state.state is DispatchState.EXHAUSTED:
            assert self.alarms >= 1

    def teardown(self) -> None:
        """I12: the same events give the same state; and the search ends."""
        if not hasattr(self, "state"):
            return
        state = Dispatch(self.plan_at_first)
        for event, moment in self.heard:
            state, _ = advance(state, event, moment)
        assert state == self.state
        self.pass_until(self.deadline)
        # A search that begins on the way (whoever has it could not be told) has its own deadline.
        while self.now < self.deadline:
            self.pass_until(self.deadline)
        assert not self.state.seeking

    # --- how ----------------------------------------------------------------------------------

    def feed(self, event: Event) -> None:
        """Give the machine an event, and answer what it asks the desk."""
        if not self.heard:
            self.plan_at_first = self.state.plan
        pending = [event]
        while pending:
            event = pending.pop()
            self.heard.append((event, self.now))
            before = self.state
            self.state, effects = advance(self.state, event, self.now)
            assert advance(before, event, self.now) == (self.state, effects)
            assert_finals_stay(before.attempts, self.state.attempts)
            anew = isinstance(event, TakeOver) or not before.seeking
            if anew and self.state.seeking:
                self.new_deadline()
            for effect in effects:
                pending.extend(self.do(effect))

    def new_deadline(self) -> None:
        """From now on the whole plan may have to be gone through, while phones ring already."""
        wanted = longest_s(self.state.plan) + ring_longest_s(RING_S)
        self.deadline = self.now + timedelta(seconds=wanted)

    def do(self, effect: Effect) -> list[Event]:
        """Keep count of the effect; the desk's answer to Resolve."""
        match effect:
            case Resolve(position, turn):
                assert turn == self.state.turn
                ids = self.resolve(position)
                return [Resolved(position, ids, in_browsers(ids))]
            case ResolveInvited(role):
                count = len(self.state.attempts)
                most = 2 if role is Role.TELL else 3  # whoever has it is one
                ids = tuple(f"{count + n}" for n in range(count % most))
                return [Invited(role, ids, RING_S, in_browsers(ids))]
            case ResolvePhone(attempt_id, ring_s):
                phone_id = f"{len(self.state.attempts)}"
                assert attempt_id not in self.after_browsers.values()
                self.after_browsers[phone_id] = attempt_id
                return [PhoneFollows(attempt_id, phone_id, ring_s)]
            case PlaceCall(attempt_id):
                self.placed.append(attempt_id)
            case CancelCall(attempt_id):
                self.stopped.add(attempt_id)
            case RaiseAlarm():
                self.alarms += 1
        return []

    def resolve(self, position: int) -> tuple[str, ...]:
        """As the desk does: all together, or in order one at a time, each once a turn."""
        mine = [a for a in self.state.attempts if a.id not in self.after_browsers]
        here = [a for a in mine if a.turn == self.state.turn]
        step, count = self.state.plan[position], len(self.state.attempts)
        left = len(step.targets) - len(here)
        wanted = min(1, left) if step.in_order else left if not here else 0
        return tuple(f"{count + n}" for n in range(wanted))

    def overlaps(self) -> bool:
        """Whether two turns may ring at once: an overlap, a take-over, an invitation."""
        unusual = any(isinstance(e, TakeOver | Invite | SaidMore) for e, _ in self.heard)
        return unusual or any(s.overlap_s is not None for s in self.state.plan)

    def is_telling(self) -> bool:
        """Whether whoever has it is rung because the caller has said more."""
        return any(a.role is Role.TELL for a in self.state.live)

    def is_inviting(self) -> bool:
        """Whether somebody is rung to join or to take over."""
        return any(a.role in (Role.ADD, Role.RELIEVE) for a in self.state.live)

    def some_attempt(self, which: int) -> str | None:
        """An attempt of the dispatch, if it has any."""
        attempts = self.state.attempts
        return attempts[which % len(attempts)].id if attempts else None

    def pass_until(self, moment: datetime) -> None:
        """Let the clock go on, firing each timer when it is due."""
        while True:
            timers: list[tuple[datetime, str]] = [
                (a.due_at, a.id) for a in self.state.attempts if a.due_at is not None
            ]
            if self.state.due_at is not None:
                timers.append((self.state.due_at, ""))
            due = min(timers, default=None)
            if due is None or due[0] > moment:
                break
            self.now = max(self.now, due[0])
            self.feed(Due(due[1]) if due[1] else OverlapDue())
        self.now = max(self.now, moment)


# What the desk says of itself, inside one transaction: the network cannot repeat it.
ONCE = (Resolved, PhoneFollows, Invited, Invite, TakeOver, SaidMore, TakenAtDesk, Withdraw)


def in_browsers(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Every second of these is rung in the browser first."""
    return tuple(i for i in ids if int(i) % 2)


def assert_finals_stay(before: tuple[Attempt, ...], after: tuple[Attempt, ...]) -> None:
    """No attempt vanishes; one that is over becomes live no more."""
    assert [a.id for a in before] == [a.id for a in after[: len(before)]]
    for old, new in zip(before, after, strict=False):
        assert old.live or not new.live
        assert old.state not in TOOK_IT or new.state in TOOK_IT
        assert (old.turn, old.ring_s, old.position) == (new.turn, new.ring_s, new.position)


AnyOrder.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestAnyOrder = AnyOrder.TestCase
