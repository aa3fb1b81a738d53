"""The promises of docs/design.md §3 that concern dispatch, checked after every event.

Each is a function named by its number: I1, I3, I5 and I8 here, I4 in `hotline.simulate
.checks_phones`, I9 and I12 in `hotline.simulate.checks_order`. Those left out have no meaning here
and tests of their own: I2 (webhooks of recordings), I6 and I7 (what is stored and sent), I10 (the
audit chain), I11 (signatures). I0 is the simulation's own: nothing of ours fails by a mistake.
"""

from hotline.dispatch import limits, words
from hotline.dispatch.candidates import SCHEDULE
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.simulate.callers import POLL_S, Line
from hotline.simulate.checks_order import Order
from hotline.simulate.checks_phones import SOON_S, PhoneChecks
from hotline.simulate.checks_waves import WaveChecks
from hotline.simulate.checks_words import WordChecks
from hotline.simulate.clock import START
from hotline.simulate.recorder import Move
from hotline.simulate.rooms import Rooms
from hotline.simulate.world import ALARM_REPEAT_S, TRANSCRIPT_WAIT_S, WAIT_CAP_S, World

# Nobody tells that a responder's leg has died on the way into the bridge: the caller's leg is asked
# about after 20 s, once more if that was a moment too early, then the responder's after 3 s.
ALONE_S = 2 * 20.0 + 3.0 + 4.0


class Checks:
    """Watches one world. `lines`: its callers."""

    def __init__(self, world: World, rooms: Rooms, lines: list[Line]) -> None:
        self.world, self.rooms, self.lines = world, rooms, lines
        self.phones, self.order = PhoneChecks(world), Order(world)
        self.words, self.waves = WordChecks(world, rooms, lines), WaveChecks(world)
        self._received: dict[str, tuple[float, float]] = {}
        self._told: set[str] = set()
        self._deadlines: dict[str, tuple[float, float]] = {}
        self._abandoned: dict[str, float] = {}
        self._most = _most_on_call(world)
        world.watchers.append(self.watch)
        for line in lines:
            line.on_received = self.received
            line.on_given_up = self.phones.i4_given_up
            line.on_understood = self.waves.understood

    def watch(self, moves: list[Move]) -> None:
        """After a transaction with its moves, or after anything else."""
        if moves:
            for move in moves:
                self.world.left_behind.discard(move.dispatch_id)
                self._search_began(move)
                self.words.moved(move)
            self.phones.moved(moves)
            self.order.moved(moves)
            self.waves.moved(moves)
        else:
            self.i0_fences()
            self.i8_begun()
            self.i3_in_time()
            self.i3_alarm_rings_on()
            self.i5_waiting()
            self.words.watch()
            self.waves.i3_read_or_told()
        self.phones.i4_one_taker()
        self.phones.i4_silence()

    def at_the_end(self) -> None:
        """Once nothing happens any more: nobody is forgotten."""
        for row in self.world.house.dispatches():
            if row.state in words.SEEKING:
                self._violate("I3", f"nothing happens any more, and the search is {row.state}")
        self.words.at_the_end()
        self.waves.at_the_end()
        if self._received:
            self._violate("I1", "what a caller was told is received has no search")

    def _violate(self, invariant: str, sentence: str) -> None:
        self.world.violate(invariant, sentence)

    def i0_fences(self) -> None:
        """I0: whoever has lost a lease commits nothing under it."""
        if self.world.house.ended_twice():
            self._violate("I0", "a task was ended by an engine that had lost its lease")

    # --- I1, I8: what was received is looked after, and soon ---------------------------------

    def received(self, report_id: str, within_s: float) -> None:
        """A caller counts on it that a search for this report begins in so many seconds."""
        if within_s <= TRANSCRIPT_WAIT_S:  # and has been told so
            self._told.add(report_id)
            self.i1_kept(report_id)
        known = self._received.get(report_id)
        if known is None or self.world.at_s + within_s < known[0]:
            self._received[report_id] = (self.world.at_s + within_s, self.world.lost_s)

    def i1_kept(self, report_id: str) -> None:
        """I1: what a caller was told is received has its search, or the task that begins it."""
        house = self.world.house
        if not house.begun(report_id) and not house.awaited(report_id):
            self._violate("I1", "what a caller was told is received is forgotten")

    def i8_begun(self) -> None:
        """I8: the search begins when the transcript has had its time, whether it came or not; what
        others have told before may wait for their ring."""
        for report_id, (until, lost) in list(self._received.items()):
            if self.world.house.begun(report_id):
                del self._received[report_id]
            elif (
                self.world.at_s
                > self.waves.begins_by(report_id, until) + SOON_S + self.world.lost_s - lost
            ):
                self._violate("I8", "nobody is looked for, though the words have had their time")
            elif report_id in self._told:
                self.i1_kept(report_id)

    # --- I3: taken or an alarm within the worst case -----------------------------------------

    def _search_began(self, move: Move) -> None:
        """A search that begins, begins again or gets another plan has its worst case from now."""
        before, after = move.before, move.after
        if not after.seeking:
            self._deadlines.pop(move.dispatch_id, None)
            return
        again = not before.seeking or isinstance(move.cause, words.TakeOver)
        if again or move.dispatch_id not in self._deadlines:
            rest = after.plan[max(after.position, 0) :]
            people = [sum(self._most.get(t, 1) for t in step.targets) for step in rest]
            whole = [a.ring_s + (a.phone_s or 0.0) for a in before.live]
            ringing = max(map(limits.ring_longest_s, whole), default=0.0)
            until = self.world.at_s + ringing + limits.longest_s(rest, people)
            self._deadlines[move.dispatch_id] = (until, self.world.lost_s)

    def i3_in_time(self) -> None:
        """I3: no search goes on for longer than its plan may, and exhausted means alarmed."""
        now = self.world.at_s
        for until, lost in self._deadlines.values():
            if now > until + SOON_S + self.world.lost_s - lost:
                self._violate("I3", "a search goes on for longer than its worst case")
        for row in self.world.house.dispatches():
            if row.state is DispatchState.EXHAUSTED and not self._alarmed(row):
                self._violate("I3", "nobody has taken it, and there is no alarm")

    def _alarmed(self, row: Dispatch) -> bool:
        return any(a.report_id == row.report_id for a in self.world.house.alarms())

    def i3_alarm_rings_on(self) -> None:
        """I3: an alarm rings again and again until somebody has acknowledged it."""
        for alarm in self.world.house.alarms():
            if alarm.acknowledged_at is not None:
                continue
            raised = ((alarm.raised_at - START).total_seconds(), None)
            last, lost = self.world.posts.get(alarm.id, raised)
            if lost is None:  # its first round is the engine's next task
                late = max(last, self.world.excused_until)
            else:
                late = last + ALARM_REPEAT_S + self.world.lost_s - lost
            if self.world.at_s > late + SOON_S:
                self._violate("I3", "an alarm that nobody has acknowledged rings no more")

    # --- I5: nobody waits for ever -----------------------------------------------------------

    def i5_waiting(self) -> None:
        """I5: no caller waits past the cap, and none is left alone in a bridge."""
        for line in self.lines:
            if line.lonely_since is None or line.leg is None:
                continue
            if line.place == "bridge" and self.rooms.company(line.leg):
                line.lonely_since = self.world.at_s
            limit = ALONE_S if line.place == "bridge" else WAIT_CAP_S + POLL_S
            late = max(line.lonely_since + limit, self.world.excused_until)
            if self.world.at_s > late + SOON_S:
                where = "alone in the bridge" if line.place == "bridge" else "past the cap"
                self._violate("I5", f"a caller waits {where}")
            self._i5_fetched(line)

    def _i5_fetched(self, line: Line) -> None:
        """I5: a caller alone in a bridge is fetched as soon as we know that nobody will come."""
        states = {d.report_id: d.state for d in self.world.house.dispatches()}
        alone = line.place == "bridge" and line.leg and not self.rooms.company(line.leg)
        if not alone or states.get(line.report_id) is DispatchState.TAKEN:
            self._abandoned.pop(line.name, None)
            return
        since = self._abandoned.setdefault(line.name, self.world.at_s)
        if self.world.at_s > max(since, self.world.excused_until) + SOON_S:
            self._violate("I5", "a caller is left in a bridge into which nobody will come")


def _most_on_call(world: World) -> dict[str, int]:
    return {
        SCHEDULE + name: max((len(s.handles) for s in shifts), default=0)
        for name, shifts in world.scenario.schedules
    }
