"""I9: nobody is rung before the people ahead of them. I12: the same events give the same state."""

from dataclasses import replace

from hotline.dispatch import words
from hotline.dispatch.candidates import SCHEDULE
from hotline.dispatch.model import Attempt
from hotline.dispatch.words import HAS_IT, LIVE
from hotline.simulate.clock import START
from hotline.simulate.house import on_call
from hotline.simulate.recorder import Move
from hotline.simulate.scenario import Person
from hotline.simulate.world import World

_SAID_MORE = (words.SaidMore, words.Invited, words.Ended, words.Due)
"""What begins a search anew where somebody had it and could not be told."""


class Order:
    """Watches the moves of one world. Whom a step rings is worked out anew, from the scenario."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._people: dict[str, Person] = {p.handle: p for p in world.scenario.people}
        self._on_call = on_call(world.scenario)
        self._last: dict[str, words.Dispatch] = {}

    def moved(self, moves: list[Move]) -> None:
        """After a transaction."""
        for move in moves:
            self.i9_steps(move)
            self.i9_people(move)
            self.i12_replay(move)
        for dispatch_id in {m.dispatch_id: None for m in moves}:
            self.i12_stored(dispatch_id)

    # --- I9 ---------------------------------------------------------------------------------

    def i9_steps(self, move: Move) -> None:
        """I9: steps follow each other; the plan begins anew only when it is sought anew, and a step
        that rings in order is left only when all of its people had their turn."""
        before, after = move.before, move.after
        if after.turn == before.turn:
            if isinstance(move.event, words.TakeOver):
                self.world.violate("I9", "a stricter policy does not begin at once")
            return
        at = min(before.position, len(before.plan) - 1)  # beyond: the last phones ring on
        again = not before.seeking and after.position == 0 and at + 1 >= len(before.plan)
        if after.turn != before.turn + 1 or not (again or after.position == at + 1):
            self.world.violate("I9", f"step {after.position} begins after step {at}")
        if isinstance(move.event, _SAID_MORE) and not before.seeking:
            self.i9_policy_begins(move)
            return
        if again or at != before.position or at < 0 or isinstance(move.cause, words.TakeOver):
            return
        step = before.plan[before.position]
        rest = self._people_of(move, before.position) if step.in_order else []
        if rest:
            self.world.violate("I9", f"the turn of {_names(rest)} never came")

    def i9_policy_begins(self, move: Move) -> None:
        """I9: when what was said later asks everybody anew, it is a whole policy from its first
        step."""
        plans = [(*e.steps * e.rounds, e.last_resort) for _, e in self.world.scenario.policies]
        whole = [tuple(step for step in plan if step is not None) for plan in plans]
        if move.after.plan[move.after.position :] not in whole:
            self.world.violate("I9", "the policy does not begin with its first step")

    def i9_people(self, move: Move) -> None:
        """I9: a step rings whom it names, those who speak the caller's language first."""
        if not isinstance(move.event, words.Resolved):
            return
        expected = self._people_of(move, move.event.position)
        rows = self.world.house.attempts(move.dispatch_id)
        by_id = {a.id: self.world.house.handle(a.responder_id) for a in rows}
        rung = [by_id[a] for a in move.event.attempt_ids]
        if rung != expected:
            sentence = f"{_names(rung)} rung where it is the turn of {_names(expected)}"
            self.world.violate("I9", sentence)

    def _people_of(self, move: Move, position: int) -> list[str]:
        """Whom the step rings now, by the scenario's own word and not by the core's."""
        step, before = move.before.plan[position], move.before
        rows = {a.id: a for a in self.world.house.attempts(move.dispatch_id)}
        handle = {a.id: self.world.house.handle(rows[a.id].responder_id) for a in before.attempts}
        here = {handle[a.id] for a in before.attempts if a.turn == before.turn}
        if here and not step.in_order:
            return []
        ringing = {handle[a.id] for a in before.live}
        asked = set(handle.values()) if step.unasked else set()
        named: list[str] = []
        for target in step.targets:
            name = target.removeprefix(SCHEDULE)
            named += [target] if name == target else self._on_call(name, move.now)
        out = here | ringing | asked
        left = [h for h in dict.fromkeys(named) if self._reachable(h) and h not in out]
        kept = self._busy(move) | self._away(move)
        chosen = [h for h in left if h not in kept] or left
        language = self._language(move.dispatch_id)
        speak = [h for h in chosen if language in self._people[h].languages]
        ordered = speak + [h for h in chosen if h not in speak]
        return ordered[:1] if step.in_order else ordered

    def _reachable(self, handle: str) -> bool:
        return handle in self._people and self._people[handle].active

    def _busy(self, move: Move) -> set[str]:
        """Whom another search rings, or who talks with another caller."""
        house = self.world.house
        others = [d for d in house.dispatches() if d.id != move.dispatch_id]
        rows = [a for d in others for a in house.attempts(d.id)]
        return {house.handle(a.responder_id) for a in rows if _occupied(a)}

    def _away(self, move: Move) -> set[str]:
        """Who is on break."""
        at_s = (move.now - START).total_seconds()
        return {p.handle for p in self._people.values() if at_s < p.away_until_s}

    def _language(self, dispatch_id: str) -> str:
        [row] = [d for d in self.world.house.dispatches() if d.id == dispatch_id]
        return self.world.languages[row.report_id]

    # --- I12 --------------------------------------------------------------------------------

    def i12_replay(self, move: Move) -> None:
        """I12: the state is what the moves so far made of it, and the same question gives the same
        answer. So every prefix of the events, replayed, gives the same state."""
        last = self._last.get(move.dispatch_id)
        if last is not None and replace(move.before, plan=last.plan) != last:
            self.world.violate("I12", "what was stored is not what the machine had said")
        if self.world.recorder.replay(move) != (move.after, move.effects):
            self.world.violate("I12", "the machine gives another answer to the same question")
        self._last[move.dispatch_id] = move.after

    def i12_stored(self, dispatch_id: str) -> None:
        """I12: the rows say what the machine has said."""
        last = self._last[dispatch_id]
        [row] = [d for d in self.world.house.dispatches() if d.id == dispatch_id]
        stored = (row.state, row.position, row.taken_by, row.due_at, row.turn)
        if stored != (last.state, last.position, last.taken_by, last.due_at, last.turn):
            self.world.violate("I12", "the row of the dispatch is not what the machine had said")
        rows = self.world.house.attempts(dispatch_id)
        if [(a.id, a.state, a.due_at) for a in rows] != [
            (a.id, a.state, a.due_at) for a in last.attempts
        ]:
            self.world.violate("I12", "the rows of the attempts are not what the machine had said")


def _occupied(attempt: Attempt) -> bool:
    talks = attempt.state in HAS_IT and attempt.leg_ended_at is None
    return attempt.state in LIVE or (talks and attempt.answered_at is not None)


def _names(handles: list[str]) -> str:
    return " and ".join(handles) or "nobody"
