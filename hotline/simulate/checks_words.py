"""I3, of what is said later: a report that somebody has may still need a person, at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotline.dispatch import words
from hotline.dispatch.model import Dispatch
from hotline.dispatch.said_more import AGAIN_S, WAITS_S
from hotline.dispatch.words import HAS_IT, LIVE, DispatchState, Role
from hotline.simulate.callers import Line
from hotline.simulate.checks_phones import SOON_S
from hotline.simulate.clock import START
from hotline.simulate.recorder import Move
from hotline.simulate.rooms import Rooms
from hotline.simulate.world import TRANSCRIPT_WAIT_S, World

LOOKS_S = 2 * AGAIN_S
"""The first look may have to ask the carrier whether a talk is over."""


@dataclass
class Said:
    """What was said later. due_s: from then on somebody must be rung. free_s: since when nobody who
    talks keeps it waiting."""

    report_id: str
    said_s: float
    due_s: float
    lost_s: float
    free_s: float | None = None


class WordChecks:
    """Watches what callers say after their report was sent."""

    def __init__(self, world: World, rooms: Rooms, lines: Sequence[Line]) -> None:
        self.world, self.rooms, self.lines = world, rooms, lines
        self._said: dict[str, Said] = {}

    def said(self, report_id: str, message_id: str) -> None:
        """Received: nobody knows yet what was said."""
        now = self.world.at_s
        self._said[message_id] = Said(report_id, now, now + TRANSCRIPT_WAIT_S, self.world.lost_s)

    def understood(self, message_id: str, grave: bool) -> None:
        """Its words are known. What is not grave waits in the console, and rings nobody."""
        said = self._said.get(message_id)
        if said is not None and grave:
            said.due_s = min(said.due_s, self.world.at_s)
        elif not grave:
            self._said.pop(message_id, None)

    def watch(self) -> None:
        """After anything that happened."""
        rows = {d.report_id: d for d in self.world.house.dispatches()} if self._said else {}
        for message_id, said in list(self._said.items()):
            row = rows.get(said.report_id)
            if row is not None and self._is_brought(row, said):
                del self._said[message_id]
            elif row is not None:
                self.i3_rings_in_time(row, said)
        self.i3_never_left()

    def at_the_end(self) -> None:
        """Once nothing happens any more."""
        if any(self.world.house.begun(said.report_id) for said in self._said.values()):
            self.world.violate("I3", "what was said later has rung nobody")

    def _is_brought(self, row: Dispatch, said: Said) -> bool:
        """Whether somebody is rung, or an alarm is."""
        alarms = [a for a in self.world.house.alarms() if a.report_id == row.report_id]
        return (
            row.state is DispatchState.RINGING
            or (row.said_more and row.state is DispatchState.EXHAUSTED)  # which is an alarm
            or self._tells(row)
            or any((a.raised_at - START).total_seconds() >= said.said_s for a in alarms)
        )

    def _tells(self, row: Dispatch) -> bool:
        attempts = self.world.house.attempts(row.id)
        return any(a.role is Role.TELL and a.state in LIVE for a in attempts)

    def i3_rings_in_time(self, row: Dispatch, said: Said) -> None:
        """I3: life-safety said later rings somebody as soon as its words are known, or have had
        their time; while whoever has it talks, it waits, and an alarm ends that wait."""
        now, lost = self.world.at_s, self.world.lost_s - said.lost_s
        talks = self._is_in_bridge(row) or any(
            a.leg_ended_at is None if a.state in HAS_IT else a.state in LIVE
            for a in self.world.house.attempts(row.id)
        )
        if talks or now < said.due_s:
            said.free_s = None
        elif said.free_s is None:
            said.free_s = now
        late = now > said.said_s + TRANSCRIPT_WAIT_S + WAITS_S + AGAIN_S + SOON_S + lost
        free_s = now if said.free_s is None else max(said.free_s, self.world.excused_until)
        if late or now > free_s + LOOKS_S + SOON_S:
            self.world.violate("I3", "what was said later rings nobody, and it is life-safety")

    def _is_in_bridge(self, row: Dispatch) -> bool:
        """Whether the caller of a talk is still there: alone, perhaps, until somebody notices."""
        return any(
            line.report_id == row.report_id and line.place == "bridge" for line in self.lines
        )

    def i3_never_left(self) -> None:
        """I3: what somebody must hear is never with one who is not told and nobody else is sought
        for."""
        for row in self.world.house.dispatches():
            if row.said_more and row.state is DispatchState.TAKEN and not self._tells(row):
                self.world.violate("I3", "whoever has it is not told what was said")

    def moved(self, move: Move) -> None:
        """After a move of the machine."""
        self.i4_told_is_who_has_it(move)
        self.i4_talks_on(move)
        left = isinstance(move.event, words.CallerLeft) and move.before.said_more
        if left and move.after.state is DispatchState.WITHDRAWN:
            self.world.violate("I3", "the search ends, and nobody has heard what was said")

    def i4_talks_on(self, move: Move) -> None:
        """I4: nobody is sought for a caller who talks with whoever has it."""
        if not isinstance(move.cause, words.SaidMore) or move.before.taken_by is None:
            return
        [row] = [d for d in self.world.house.dispatches() if d.id == move.dispatch_id]
        legs = (line.leg for line in self.lines if line.report_id == row.report_id)
        if any(leg is not None and self.rooms.company(leg) for leg in legs):
            self.world.violate("I4", "a talk is interrupted by what was said on another call")

    def i4_told_is_who_has_it(self, move: Move) -> None:
        """I4: the phone that rings because of it is that of whoever has it."""
        if not isinstance(move.event, words.Invited) or move.event.role is not Role.TELL:
            return
        whose = {a.id: a.responder_id for a in self.world.house.attempts(move.dispatch_id)}
        [row] = [d for d in self.world.house.dispatches() if d.id == move.dispatch_id]
        owner = whose[move.before.taken_by] if move.before.taken_by else row.responder_id
        if any(whose[a] != owner for a in move.event.attempt_ids):
            self.world.violate("I4", "another one is told than whoever has it")
