"""What a guess may cost: who tells of the same is never left with nobody rung.

The checks go by what is true of the scenario, and not by what the hotline made of the words.
"""

from collections.abc import Sequence

from hotline.dispatch import words
from hotline.dispatch.words import DispatchState
from hotline.simulate.alike import Saying
from hotline.simulate.checks_phones import SOON_S
from hotline.simulate.clock import START
from hotline.simulate.recorder import Move
from hotline.simulate.world import World

LONGEST_S = 180.0
"""What docs/simulation.md#waves promises, and not what the code says; so does the next one."""
UNREAD_S = 900.0
_UNREAD = "unread"
"""The reason of alarms about what nobody has read."""


class WaveChecks:
    """Watches what callers tell of the same."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._about: dict[str, Saying] = {}
        self._understood: dict[str, float] = {}
        self._newer: set[str] = set()
        self._unread: dict[str, tuple[float, float]] = {}
        """What was taken together with another report: when, and what engines had lost by then."""

    def understood(self, report_id: str, saying: Saying) -> None:
        """The words of a report are known."""
        same = [s for s in self._about.values() if s.about == saying.about]
        known = frozenset[str]().union(*(s.grave for s in same))
        if not same or not saying.grave <= known:
            self._newer.add(report_id)
        self._about[report_id] = saying
        self._understood[report_id] = self.world.at_s

    def begins_by(self, report_id: str, until: float) -> float:
        """Until when the search for a report must have begun; `until`: were it alone. What says
        nothing new may wait for the ring of another report about the same."""
        if report_id not in self._understood or report_id in self._newer:
            return until
        return max(until, self._understood[report_id] + LONGEST_S)

    def moved(self, moves: Sequence[Move]) -> None:
        """After a transaction."""
        taken = [m for m in moves if isinstance(m.event, words.Accepted) and _takes(m)]
        for move in moves:
            if isinstance(move.event, words.TakenAtDesk) and taken and _never_rang(move):
                self.i4_taken_together(move, taken[0])

    def i4_taken_together(self, move: Move, lead: Move) -> None:
        """I4: who takes a report with another one has heard of it, has it from then on, and must
        read it."""
        rows = {d.id: d for d in self.world.house.dispatches()}
        self._unread[rows[move.dispatch_id].report_id] = self.world.at_s, self.world.lost_s
        row, with_it = rows[move.dispatch_id], rows[lead.dispatch_id]
        ours, theirs = self._about.get(row.report_id), self._about.get(with_it.report_id)
        attempts = {a.id: a for a in self.world.house.attempts(with_it.id)}
        taker = attempts[str(lead.after.taken_by)]
        if row.responder_id != taker.responder_id or row.unread_at is None:
            self.world.violate("I4", "a report is taken with another one, and nobody has it")
        if ours is None or theirs is None or ours.about != theirs.about:
            self.world.violate("I4", "a report is taken with one about something else")
        heard = taker.answered_at
        told_s = self._understood.get(row.report_id, self.world.at_s)
        if heard is None or (heard - START).total_seconds() < told_s:
            self.world.violate("I4", "a report is taken by somebody who has not heard of it")
        if row.report_id in self._newer:
            self.world.violate("I3", "something newer does not ring")

    def i3_read_or_told(self) -> None:
        """I3: what was taken with another report and is read by nobody is told of: after 900 s, and
        again 900 s after somebody has answered for that; by one alarm at a time for one thing."""
        if not self._unread:
            return
        told = self._told()
        if any(sum(at is None for at in answers) > 1 for answers in told.values()):
            self.world.violate("I3", "two alarms ring for the unread reports of one incident")
        rows = {d.report_id: d for d in self.world.house.dispatches()}
        for report_id, (since, lost) in list(self._unread.items()):
            row = rows[report_id]
            if row.unread_at is None or row.state is not DispatchState.TAKEN:
                del self._unread[report_id]
                continue
            answers = told.get(self.world.house.incident_of(report_id) or "", [])
            last = max([since, *(at for at in answers if at is not None)])
            late = last + UNREAD_S + SOON_S + self.world.lost_s - lost
            if None not in answers and self.world.at_s > late:
                self.world.violate("I3", "nobody has read it, and nobody is told so")

    def _told(self) -> dict[str, list[float | None]]:
        """When the alarms about what is unread were answered, by incident; None: one rings."""
        told: dict[str, list[float | None]] = {}
        for alarm in self.world.house.alarms():
            if alarm.reason == _UNREAD:
                at = alarm.acknowledged_at
                answered = (at - START).total_seconds() if at is not None else None
                incident = self.world.house.incident_of(alarm.report_id or "")
                told.setdefault(incident or "", []).append(answered)
        return told

    def at_the_end(self) -> None:
        """Once nothing happens any more: every report has somebody, or an alarm was raised; and
        what was taken with another one was read."""
        if self._unread:
            self.world.violate("I3", "nothing happens any more, and a report is read by nobody")
        rows = {d.report_id: d for d in self.world.house.dispatches()}
        alarmed = {a.report_id for a in self.world.house.alarms()}
        for report_id in self._about:
            row = rows.get(report_id)
            left = row is None or row.state in words.SEEKING
            asked = row is not None and row.state is DispatchState.EXHAUSTED
            if left or (asked and report_id not in alarmed):
                self.world.violate("I3", "a report about the same is left with nobody")


def _takes(move: Move) -> bool:
    return move.after.taken_by is not None and move.after.taken_by != move.before.taken_by


def _never_rang(move: Move) -> bool:
    return move.before.position < 0 and not move.before.attempts
