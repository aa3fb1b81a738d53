"""I4: at most one taker; one phone at a time; no phone rings on after its turn is over."""

from datetime import timedelta

from hotline.carrier.port import LegState
from hotline.dispatch import words
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import HAS_IT, LIVE, AttemptState, DispatchState, Role
from hotline.simulate.recorder import Move
from hotline.simulate.world import World

# The engine acts in its next tick (0.05 s); the rest is for two transactions and a request.
SOON_S = 1.0
_LIVE = frozenset(LIVE)


class PhoneChecks:
    """Watches the attempts and the carrier's calls of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._holders: dict[str, str] = {}
        self._at_desk: set[str] = set()
        self._overtaken: dict[str, float] = {}
        world.hostile.on_asked = self.about_to_ring

    def moved(self, moves: list[Move]) -> None:
        """After a transaction."""
        for move in moves:
            self.i4_phones_of_a_step(move)
            if isinstance(move.event, words.TakenAtDesk) and not move.before.taken_by:
                self._at_desk.add(move.dispatch_id)
            elif _needs_a_phone(move):
                self._at_desk.discard(move.dispatch_id)

    def _violate(self, invariant: str, sentence: str) -> None:
        self.world.violate(invariant, sentence)

    def accepted(self, attempt_id: str, dispatch_id: str, yours: bool) -> None:
        """I4: whoever is told that it is theirs is the only one who is told so."""
        if not yours:
            return
        [row] = [d for d in self.world.house.dispatches() if d.id == dispatch_id]
        attempt = next(a for a in self.world.house.attempts(dispatch_id) if a.id == attempt_id)
        if attempt.state is AttemptState.JOINED:
            return
        holder = self._holders.get(dispatch_id)
        if row.taken_by != attempt_id:
            self._violate("I4", "somebody is told that it is theirs, and it is not")
        elif dispatch_id in self._at_desk:
            self._violate("I4", "somebody is told that it is theirs, and it was taken at the desk")
        elif holder not in (None, attempt_id) and not self._left(dispatch_id, holder):
            self._violate("I4", "two people are told that it is theirs")
        self._holders[dispatch_id] = attempt_id

    def _left(self, dispatch_id: str, attempt_id: str | None) -> bool:
        """Whether somebody who had it dropped off the bridge, or handed it over, or somebody else
        was needed."""
        moves = self.world.recorder.moves.get(dispatch_id, ())
        gone = (words.Dropped(str(attempt_id)), words.CallerBack(anew=True))
        dropped = any(
            m.before.taken_by == attempt_id and (m.event in gone or _needs_a_phone(m))
            for m in moves
        )
        roles = {a.id: a.role for a in self.world.house.attempts(dispatch_id)}
        handed = any(
            isinstance(m.event, words.Accepted)
            and roles.get(m.event.attempt_id) in (Role.RELIEVE, Role.TELL)
            and m.before.taken_by == attempt_id
            for m in moves
        )
        return dropped or handed

    def i4_one_taker(self) -> None:
        """I4: taken means that exactly one has it; a search that is over rings nobody."""
        for row in self.world.house.dispatches():
            attempts = self.world.house.attempts(row.id)
            takers = [a.id for a in attempts if a.state is AttemptState.TAKEN]
            if row.state is DispatchState.TAKEN:
                if takers != ([row.taken_by] if row.taken_by else []):
                    self._violate("I4", f"{len(takers)} people have it at one time")
                if row.taken_by is None and row.id not in self._at_desk:
                    self._violate("I4", "it is taken, and nobody has it")
                if any(a.id in takers and a.token not in self.world.pressed for a in attempts):
                    self._violate("I4", "somebody has it who never pressed 1")
                if any(a.state in _LIVE and a.role is Role.SEEK for a in attempts):
                    self._violate("I4", "somebody is sought for a report that is taken")
            elif row.taken_by is not None or takers:
                self._violate("I4", "somebody has it, and the search goes on")
            elif row.state is not DispatchState.RINGING and any(a.state in _LIVE for a in attempts):
                self._violate("I4", f"somebody is rung while the search is {row.state}")

    def i4_given_up(self, report_id: str) -> None:
        """I4: a caller who has left without a word, or an administrator, ends the search."""
        for row in self.world.house.dispatches():
            if row.report_id == report_id and row.state in words.SEEKING and not row.said_more:
                self._violate("I4", "phones ring on for nobody: the search was given up")

    def i4_phones_of_a_step(self, move: Move) -> None:
        """I4: a phone starts beside others only together with them, after the overlap's time, or
        when a stricter policy takes over."""
        new = [a for a in move.after.attempts if move.before.attempt(a.id) is None]
        if not new:
            return
        if isinstance(move.event, words.PhoneFollows):
            self.i4_after_the_browser(move, new)
            return
        if isinstance(move.event, words.Invited):
            if move.before.state is not DispatchState.TAKEN or move.before.live:
                self._violate("I4", "somebody is asked to join while others are rung")
            return
        step = move.after.plan[new[0].position]
        if step.in_order and len(new) > 1:
            self._violate("I4", "two phones ring at once in a step that rings in order")
        if not move.before.live or isinstance(move.cause, words.TakeOver):
            return
        rows = self.world.house.attempts(move.dispatch_id)
        begun = {a.id for a in rows if a.follows is None}  # a phone after a browser is no new turn
        turns = [a for a in move.before.attempts if a.id in begun]
        last = max(turns, key=lambda a: a.turn * 1000 + turns.index(a))
        overlap = move.before.plan[last.position].overlap_s
        intended = {a.id: a.intended_at for a in rows}
        due = overlap is not None and move.now - intended[last.id] >= timedelta(seconds=overlap)
        if not due:
            self._violate("I4", "the next phone rings while the step's phone still rings")

    def i4_after_the_browser(self, move: Move, new: list[words.Attempt]) -> None:
        """I4: the phone rings after the browser of the same person in the same turn, once, and
        within the time that a phone alone would have had."""
        rows = {a.id: a for a in self.world.house.attempts(move.dispatch_id)}
        for each in new:
            phone = rows[each.id]
            browser = rows.get(phone.follows or "")
            if browser is None or browser.state in _LIVE or browser.browser is None:
                self._violate("I4", "a phone follows a browser that is not over")
            elif (phone.responder_id, phone.turn) != (browser.responder_id, browser.turn):
                self._violate("I4", "the phone of somebody else follows a browser")
            elif browser.state is AttemptState.DECLINED:
                self._violate("I4", "whoever has passed is rung again in the same turn")
            elif sum(row.follows == browser.id for row in rows.values()) > 1:
                self._violate("I4", "two phones follow one browser")

    def about_to_ring(self, url: str) -> None:
        """I4, I9, at the carrier: a phone rings for an attempt that is to be rung, and once."""
        if "/alarm/" in url:
            return
        for row in self.world.house.dispatches():
            for attempt in self.world.house.attempts(row.id):
                if attempt.token == url.rpartition("/")[2]:
                    self._rings(attempt)

    def _rings(self, attempt: Attempt) -> None:
        if attempt.state not in _LIVE and self.world.at_s > self.world.excused_until:
            self._violate("I4", "a phone is rung for a turn that is over")
        calls = [c for c in self.world.carrier.calls.values() if c.url.endswith(attempt.token)]
        if calls:
            self._violate("I4", "a phone is rung twice for one turn")

    def i4_silence(self) -> None:
        """I4: no phone rings, or is talked to, for longer than a moment after its turn is over."""
        world = self.world
        states = None
        for call in world.carrier.live_calls():
            if not call.url or "/alarm/" in call.url:
                continue
            if states is None:
                states = self._states()
            state = states[call.url.rpartition("/")[2]]
            over = state not in _LIVE and state not in HAS_IT
            if call.state is LegState.ANSWERED:  # who has passed or left is still saying goodbye
                over = state in (AttemptState.CANCELLED, AttemptState.LOST)
            if not over:
                self._overtaken.pop(call.id, None)
                continue
            since = self._overtaken.setdefault(call.id, world.at_s)
            if world.at_s > max(since, world.excused_until) + SOON_S:
                self._violate("I4", f"a phone rings on after its turn is over ({state})")

    def _states(self) -> dict[str, AttemptState]:
        house = self.world.house
        return {a.token: a.state for d in house.dispatches() for a in house.attempts(d.id)}


def _needs_a_phone(move: Move) -> bool:
    """Whether whoever had it is not enough: the caller waits for a voice, or has said more and
    could not be heard by them, or is heard by them on the phone."""
    before, event = move.before, move.event
    if isinstance(event, words.CallerBack):
        return event.anew
    if before.state is not DispatchState.TAKEN:
        return False
    if isinstance(event, words.Accepted):
        pressed = before.attempt(event.attempt_id)
        return pressed is not None and pressed.live and pressed.role is Role.TELL
    told = isinstance(event, words.SaidMore | words.Invited | words.Ended | words.Due)
    return told and move.after.state is not DispatchState.TAKEN
