"""Responders at their phones: each call meets an act of the scenario.

Webhooks are what `ivr.views_responder` does with them: the same calls of the desk, in one
transaction each.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial

from hotline.carrier.port import LegState
from hotline.dispatch import alarms, bridge, desk, legs, moves, words
from hotline.dispatch.books import Books
from hotline.dispatch.limits import SCREENING_LIMIT_S
from hotline.dispatch.model import Alarm, Attempt
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.simulate.carrier import FakeCall
from hotline.simulate.house import address_of, number_of
from hotline.simulate.rooms import Rooms
from hotline.simulate.scenario import Act, Manner
from hotline.simulate.world import World

VOICEMAIL_S = 30.0
"""A greeting, and two silences of the screening."""
LATE_S = SCREENING_LIMIT_S + 3.0
GOODBYE_S = 2.0
JOINS_S = 1.5
ALONE_S = 90.0
"""So long somebody who took it stays in a bridge into which no caller comes."""
MENU_S = 5.0

_STAR = (Manner.HOLD, Manner.STAYS_AWAY, Manner.VANISHES, Manner.ADDS, Manner.HANDS_OVER)
_NETWORK = {Manner.BUSY: LegState.BUSY, Manner.UNREACHABLE: LegState.FAILED}


class Phones:
    """Everybody who can be rung. on_accepted(attempt id, dispatch id, yours): what a press of 1
    came to; on_answered(alarm): a press of 1 that answers for one. Both are told after their
    commit."""

    def __init__(self, world: World, rooms: Rooms) -> None:
        self.world, self.rooms = world, rooms
        self.on_accepted: Callable[[str, str, bool], None] = lambda attempt, dispatch, yours: None
        self.on_answered: Callable[[Alarm], None] = lambda alarm: None
        self._person = {number_of(p.handle): p for p in world.scenario.people}
        self._person |= {address_of(p.handle): p for p in world.scenario.people if p.browser}
        self._rung: Counter[str] = Counter()

    def placed(self, call: FakeCall) -> None:
        """A call to one of them exists now."""
        world, person = self.world, self._person[call.to]
        acts = person.browser if _is_browser(call) else person.acts
        act = acts[min(self._rung[call.to], len(acts) - 1)]
        self._rung[call.to] += 1
        engaged = any(c.to == call.to and c is not call for c in world.carrier.live_calls())
        end = LegState.BUSY if engaged else _NETWORK.get(act.manner)
        if end is not None:
            world.at(0.5, self._set, call, end)
            return
        world.at(0.2, self._set, call, LegState.RINGING)
        world.at(call.ring_s + (0 if _is_browser(call) else 3), self._rings_out, call)
        if act.manner is Manner.TAB_CLOSED:
            world.at(0.2 + act.answer_s, self._rings_out, call)
        elif act.manner is not Manner.NEVER:
            world.at(0.2 + act.answer_s, self._pick_up, call, act)

    def _set(self, call: FakeCall, state: LegState) -> None:
        if call.live:
            self.world.tell(f"phone {self._name(call)}: {state.value}")
            self.world.carrier.set_state(call, state)

    def _name(self, call: FakeCall) -> str:
        where = "'s browser" if _is_browser(call) else ""
        return f"{self._person[call.to].handle}{where} (call {self.world.hostile.name(call.id)})"

    def told(self, call: FakeCall, state: LegState) -> None:
        """The status callback of a call."""
        with self.world.transaction() as books:
            attempt = self._recognized(books, call)
            legs.leg_is(books, attempt.id, state, self.world.clock())

    def _rings_out(self, call: FakeCall) -> None:
        if call.state in (LegState.QUEUED, LegState.RINGING):
            self._set(call, LegState.UNANSWERED)

    def _hang_up(self, call: FakeCall, after_s: float = GOODBYE_S) -> None:
        self.world.at(after_s, self._set, call, LegState.COMPLETED)

    # --- the screening ----------------------------------------------------------------------

    def _pick_up(self, call: FakeCall, act: Act) -> None:
        if call.state is not LegState.RINGING:
            return
        self._set(call, LegState.ANSWERED)
        if "/alarm/" in call.url:
            self.world.at(act.think_s, self._acknowledges, call)
        elif self._screening(call):
            self._meets(call, act)

    def _screening(self, call: FakeCall) -> bool:
        """The carrier fetches the screening; whether there is something to take."""
        with self.world.transaction() as books:
            attempt = self._recognized(books, call)
            moves.tell(books, attempt.id, words.Answered(attempt.id), self.world.clock())
            over = _over(books, attempt)
        if over:
            self._hang_up(call)
        return not over

    def _recognized(self, books: Books, call: FakeCall) -> Attempt:
        attempt = books.attempt_by_token(call.url.rpartition("/")[2])
        if attempt is None:
            raise LookupError("a call of nobody")
        legs.recognize(books, attempt, call.id)
        return attempt

    def _meets(self, call: FakeCall, act: Act) -> None:
        """What somebody does who hears the screening."""
        at = self.world.at
        match act.manner:
            case Manner.DECLINES:
                at(act.think_s, self._answers, call, desk.decline, "presses 2")
            case Manner.HANGS_UP:
                at(act.think_s, self._set, call, LegState.COMPLETED)
            case Manner.VOICEMAIL:
                at(VOICEMAIL_S, self._answers, call, desk.nobody_there, "is a machine")
            case Manner.SILENT:
                return
            case Manner.LATE:
                at(LATE_S, self._presses_1, call, act)
            case Manner.TWICE:
                at(act.think_s, self._presses_1, call, act)
                at(act.think_s + 0.5, self._presses_1, call, act, True)
            case Manner.WRONG_KEY:
                at(act.think_s, self._wrong_key, call, act)
            case _:
                at(act.think_s, self._presses_1, call, act)

    def _answers(self, call: FakeCall, tell: Callable[..., None], what: str) -> None:
        if call.state is not LegState.ANSWERED:
            return
        self.world.tell(f"phone {self._name(call)}: {what}")
        with self.world.transaction() as books:
            tell(books, self._recognized(books, call), self.world.clock())
        self._hang_up(call)

    def _wrong_key(self, call: FakeCall, act: Act) -> None:
        if call.state is not LegState.ANSWERED:
            return
        self.world.tell(f"phone {self._name(call)}: presses a wrong key")
        with self.world.transaction() as books:
            over = _over(books, self._recognized(books, call))
        if over:
            self._hang_up(call)
        else:
            self.world.at(act.think_s, self._presses_1, call, act)

    def _presses_1(self, call: FakeCall, act: Act, again: bool = False) -> None:
        """The press of 1: one compare-and-set decides; only after its commit is it said."""
        if call.state is not LegState.ANSWERED:
            return
        self.world.pressed.add(call.url.rpartition("/")[2])
        with self.world.transaction() as books:
            attempt = self._recognized(books, call)
            yours = desk.accept(books, attempt, self.world.clock())
            row = moves.of_attempt(books, attempt)
            name = bridge.name(books, row) if yours else None
            relieves = attempt.role is Role.RELIEVE
        said = "yours" if yours else "already taken"
        self.world.tell(f"phone {self._name(call)}: presses 1 and hears: {said}")
        self.on_accepted(attempt.id, row.id, yours)
        if again:
            return
        if name is None:
            self._hang_up(call, 5.0 if yours else GOODBYE_S)
        elif act.manner is Manner.FALLS:
            self._hang_up(call, JOINS_S / 3)
        else:
            self.world.at(JOINS_S, self._joins, name, call, act)
            if relieves:
                self.world.at(JOINS_S + 4, self._relieved, call)

    # --- in the bridge ----------------------------------------------------------------------

    def _joins(self, name: str, call: FakeCall, act: Act | None) -> None:
        if call.state is not LegState.ANSWERED:
            return
        self.world.tell(f"phone {self._name(call)}: in the bridge")
        self.rooms.responder_joins(name, call, partial(self._hang_up, call))
        self.world.at(ALONE_S, self._alone, name, call)
        if act is None:
            return
        if act.manner is Manner.DROPS:
            self.world.at(act.talk_s, self._set, call, LegState.COMPLETED)
        elif act.manner in _STAR:
            self.world.at(act.talk_s, self._star, call, act)

    def _alone(self, name: str, call: FakeCall) -> None:
        if self.rooms.of_leg.get(call.id) == name and self.rooms.rooms[name].caller is None:
            self._set(call, LegState.COMPLETED)

    def _relieved(self, call: FakeCall) -> None:
        """The colleague is there: whoever had it before hangs up."""
        for leg_id in self.rooms.colleagues(call):
            self._set(self.world.carrier.calls[leg_id], LegState.COMPLETED)

    def _star(self, call: FakeCall, act: Act) -> None:
        if call.state is not LegState.ANSWERED or call.id not in self.rooms.of_leg:
            return
        self.world.tell(f"phone {self._name(call)}: presses *")
        self.rooms.leaves(call)
        self.world.at(0.1, self._menu, call, act)

    def _menu(self, call: FakeCall, act: Act) -> None:
        if call.state is not LegState.ANSWERED:
            return
        with self.world.transaction() as books:
            held = bridge.hold(books, self._recognized(books, call), self.world.clock())
        if not held:
            self._hang_up(call)
        elif act.manner is Manner.VANISHES:
            self._hang_up(call, 1.0)
        elif act.manner is Manner.STAYS_AWAY:
            self._hang_up(call, bridge.HOLD_LIMIT_S + 40)
        else:
            self.world.at(MENU_S, self._back, call, act)

    def _back(self, call: FakeCall, act: Act) -> None:
        """Back to the caller, perhaps after asking for somebody to join or to take over."""
        if call.state is not LegState.ANSWERED:
            return
        role = {Manner.ADDS: Role.ADD, Manner.HANDS_OVER: Role.RELIEVE}.get(act.manner)
        now = self.world.clock()
        with self.world.transaction() as books:
            attempt = self._recognized(books, call)
            if role is not None:
                desk.invite(books, attempt, role, now)
            name = bridge.back(books, attempt, now)
        if name is None:
            self._hang_up(call)
        else:
            self.world.at(JOINS_S, self._joins, name, call, None)

    # --- alarm phones -----------------------------------------------------------------------

    def _acknowledges(self, call: FakeCall) -> None:
        if call.state is not LegState.ANSWERED:
            return
        self.world.tell(f"phone {self._name(call)}: acknowledges the alarm")
        with self.world.transaction() as books:
            rung = books.alarm_call_by_token(call.url.rpartition("/")[2])
            if rung is None:
                raise LookupError("an alarm call of nobody")
            row = books.alarm(rung.alarm_id)
            first = alarms.acknowledge(books, row, rung.responder_id, self.world.clock())
        if first:
            self.on_answered(row)
        self._set(call, LegState.COMPLETED)


def _is_browser(call: FakeCall) -> bool:
    return call.to.startswith("client:")


def _over(books: Books, attempt: Attempt) -> bool:
    """Whether there is nothing to take any more for this one (`ivr.views_responder`)."""
    row = moves.of_attempt(books, attempt)
    if row.state is DispatchState.TAKEN:
        invited = attempt.role is not Role.SEEK and attempt.state in words.LIVE
        joined = attempt.state is AttemptState.JOINED
        return row.taken_by != attempt.id and not invited and not joined
    return row.state is DispatchState.WITHDRAWN
