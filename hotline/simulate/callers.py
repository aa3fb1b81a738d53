"""Callers: each has a leg, a place in the voice menu, and a will of their own.

What the menu does with the search (`ivr.actions`, `ivr.turns`) is done here in the same order: a
parked caller asks every few seconds what is true now, and is brought to the bridge, kept waiting,
or given the recorder.
"""

from collections.abc import Callable
from datetime import datetime

from hotline.carrier.port import LegState, Recording
from hotline.database.base import new_id
from hotline.dispatch import bridge, desk, policy
from hotline.dispatch.books import Books
from hotline.dispatch.model import Dispatch
from hotline.dispatch.words import DispatchState
from hotline.reports.model import Call, MessageKind, Report, ReportState
from hotline.simulate import alike
from hotline.simulate.carrier import FakeCall
from hotline.simulate.rooms import Rooms
from hotline.simulate.scenario import Caller, Need
from hotline.simulate.world import TRANSCRIPT_WAIT_S, WAIT_CAP_S, World
from hotline.tasks.model import TaskKind

POLL_S = 6.0
"""One round of the hold sound (`ivr.hold.HOLD_S`)."""
RECORDS_S = 8.0
GOODBYE_S = 3.0
LEAVES_S = 0.3
LOSES_HEART = 4
"""Left alone in the bridge more often than this, a caller hangs up."""


class Line:
    """One caller in the world. place: "" · opening · parked · bridge · recorder · gone.

    lonely_since: since when the caller has waited for company, by the world's own time; None while
    nobody is needed. calls: ids of the call rows by leg. on_received(report id, within s): the
    caller counts on it that somebody looks for help after so long at the latest. on_given_up(report
    id): nobody is needed any more, as far as we have been told. on_understood: words are known.
    """

    def __init__(self, world: World, rooms: Rooms, caller: Caller, number: int) -> None:
        self.world, self.rooms, self.caller = world, rooms, caller
        self.name = f"caller {number}"
        self.leg: FakeCall | None = None
        self.place = ""
        self.lonely_since: float | None = None
        self.report_id = ""
        self.call_id, self.calls = "", dict[str, str]()
        self.on_received: Callable[[str, float], None] = lambda report_id, within_s: None
        self.on_given_up: Callable[[str], None] = lambda report_id: None
        self.on_understood: Callable[[str, alike.Saying], None] = lambda report_id, saying: None
        self._said = False
        self._message_id = ""
        self._rejoin = False
        self._turn = self._been = self._alone = 0
        self._room = ""
        world.at(caller.at_s, self._calls)

    # --- the call begins --------------------------------------------------------------------

    def _calls(self) -> None:
        self.leg = self.world.carrier.add_call()
        self.world.carrier.set_state(self.leg, LegState.ANSWERED)
        self.world.tell(f"{self.name} calls: {self.caller.need.value}")
        match self.caller.need:
            case Need.WAITS:
                self._speaks_now()
            case Need.LEFT_BEHIND:
                self._left_behind()
            case _:
                self._leaves_message()
        words_after = self.caller.words_after_s
        if words_after is not None:
            self.world.at(self.caller.speaks_s + words_after, self._words)

    def _open(self, books: Books) -> Call:
        leg = self.leg
        if leg is None:
            raise LookupError("a caller without a leg")
        call = self.world.house.open_call(books, leg.id, self.world.clock())
        self.calls[leg.id] = self.call_id = call.id
        return call

    def _reports(self, report: Report) -> None:
        self.report_id = report.id
        self.world.languages[report.id] = self.caller.language

    def _speaks_now(self) -> None:
        """Ringing begins at once, while the caller says what is happening."""
        now, house = self.world.clock(), self.world.house
        with self.world.transaction() as books:
            call = self._open(books)
            report = house.go_live(books, call, self.caller.language, now)
            self._reports(report)
            bridge.waiting_began(call, now)
            desk.start(books, report, now, call)
            self._message_id = house.begin_message(books, call, MessageKind.OPENING, now)
        self.on_received(self.report_id, 0.0)
        self._waits("opening")
        spoken = self.caller.speaks_s if self.caller.says_something else 1.0
        self.world.at(spoken, self._opened, self._turn)
        if self.caller.patience_s is not None:
            self.world.at(self.caller.patience_s, self._loses_patience, self._been)

    def _opened(self, turn: int) -> None:
        """The opening words are over, or there were none."""
        if self.place != "opening" or turn != self._turn:
            return
        with self.world.transaction() as books:
            self._open(books)
            house, now = self.world.house, self.world.clock()
            if self.caller.says_something:
                house.recording_ended(books, self._message_id, now)
            else:
                house.nothing_recorded(books, self._message_id, now)
        if self.caller.says_something:
            self._recorded()
        self._go_to("parked")
        self._poll(self._turn)

    def _left_behind(self) -> None:
        """An earlier version wrote the search and its beginning apart, and stopped in between."""
        now, house = self.world.clock(), self.world.house
        with self.world.transaction() as books:
            call = self._open(books)
            report = house.draft_report(books, call, self.caller.language, now)
            report.state, report.sent_at = ReportState.OPEN, now
            frozen = books.frozen_policy(report, now)
            row = Dispatch(
                id=new_id(),
                report_id=report.id,
                state=DispatchState.WAITING,
                policy=frozen.name,
                urgency=report.urgency,
                snapshot=policy.to_snapshot(frozen),
                position=-1,
                started_at=now,
            )
            books.add(row)
            self._reports(report)
        self.world.left_behind.add(row.id)
        self.world.faults["left_behind"] += 1
        self.on_received(self.report_id, 0.0)
        self._hang_up()

    # --- messages ---------------------------------------------------------------------------

    def _leaves_message(self) -> None:
        now, house = self.world.clock(), self.world.house
        with self.world.transaction() as books:
            call = self._open(books)
            self._reports(house.draft_report(books, call, self.caller.language, now))
            self._message_id = house.begin_message(books, call, MessageKind.MESSAGE, now)
        self._go_to("recorder")
        if self.caller.need is Need.CUT_OFF:
            self.world.at(self.caller.speaks_s, self._cut_off)
        else:
            self.world.at(self.caller.speaks_s, self._sends, self._turn)

    def _cut_off(self) -> None:
        """Hanging up in the middle sends what was said; the carrier may never say so."""
        self._recorded()
        self.on_received(self.report_id, TRANSCRIPT_WAIT_S + 50.0)
        self._hang_up()

    def _sends(self, turn: int) -> None:
        if self.place != "recorder" or turn != self._turn:
            return
        now, house = self.world.clock(), self.world.house
        with self.world.transaction() as books:
            call = self._open(books)
            house.recording_ended(books, self._message_id, now)
            house.send(books, call, now, TRANSCRIPT_WAIT_S)
        self.on_received(self.report_id, TRANSCRIPT_WAIT_S)
        self.world.tell(f"{self.name} is told that the message is received")
        self._recorded()
        self.world.at(GOODBYE_S, self._hang_up)

    def _recorded(self) -> None:
        """The carrier has audio now and says so, or forgets to."""
        leg, message_id = self.leg, self._message_id
        self._said = True
        if leg is None:
            return
        recording_id = f"RE-{message_id}"
        self.world.carrier.recordings_of.setdefault(leg.id, []).append(Recording(recording_id, 2))
        fault = self.world.fault("recording")
        if fault is not None:
            self.world.happened(fault)
        if fault is None or fault.kind != "recording_lost":
            delay = fault.amount_s if fault is not None else 0.5
            self.world.at(delay, self._arrives, message_id, recording_id)

    def _arrives(self, message_id: str, recording_id: str) -> None:
        with self.world.transaction() as books:
            now = self.world.clock()
            self.world.house.recording_arrived(books, self.call_id, message_id, recording_id, now)

    def _words(self) -> None:
        """The transcript is there (`transcription.jobs`): dispatch waits no longer, and a higher
        urgency may bring a stricter policy."""
        now = self.world.clock()
        with self.world.transaction() as books:
            report = books.get(Report, self.report_id)
            if report is None or report.state is ReportState.DRAFT:
                return
            if self.caller.raises:
                report.urgency = "life-safety"
            if self.caller.says is not None:
                alike.understood(self.world, books, report, self.caller.says)
            books.pull_forward(TaskKind.START_DISPATCH, report.id, now)
            other = desk.reconsider(books, report, now)
        if self.caller.says is not None:
            self.on_understood(self.report_id, self.caller.says)
        raised = ": the urgency rises" if self.caller.raises else ""
        self.world.tell(f"words of {self.name}{raised}{', another policy' if other else ''}")

    # --- waiting ----------------------------------------------------------------------------

    def _go_to(self, place: str) -> None:
        self.place = place
        self._turn += 1

    def _waits(self, place: str) -> None:
        self._go_to(place)
        self.lonely_since = self.world.at_s

    def redirected(self) -> None:
        """Our nudge: the leg fetches the park now, out of a bridge too."""
        if self.place not in ("parked", "bridge") or self.leg is None:
            return
        if self.place == "bridge":
            self.rooms.leaves(self.leg)
            self._waits("parked")  # a wait of its own, like any after a bridge
            if self._loses_heart():
                return
        self._turn += 1
        self._poll(self._turn)

    def _poll(self, turn: int) -> None:
        """What is true now (`ivr.menu`, `ivr.actions.dispatch_is`)."""
        if self.place != "parked" or turn != self._turn or self.leg is None:
            return
        now = self.world.clock()
        with self.world.transaction() as books:
            call = self._open(books)
            name, record = self._what_now(books, call, now)
            if name is not None or record:
                bridge.waiting_ended(call)
            if record:
                call.conference = None
                kind = MessageKind.MESSAGE
                self._message_id = self.world.house.begin_message(books, call, kind, now)
        if name is not None:
            self._joins(name)
        elif record:
            self.world.tell(f"{self.name} is given the recorder")
            self._go_to("recorder")
            self.lonely_since = None
            self.world.at(RECORDS_S, self._sends, self._turn)
        else:
            self.world.at(POLL_S, self._poll, self._turn)

    def _what_now(self, books: Books, call: Call, now: datetime) -> tuple[str | None, bool]:
        """The name of a bridge to join, or whether it is the recorder's turn."""
        state = self._dispatch_is(books, call, now)
        if state == "held":
            self._rejoin = True
            return None, False
        if state != "taken" and (self._rejoin or state == "dropped"):
            self._rejoin = False
            bridge.ended(books, call, now)
            state = self._dispatch_is(books, call, now)
            if state != "taken":
                return None, False
        row = books.dispatch_of(self.report_id)
        if state == "taken" and row is not None:
            return bridge.name(books, row), False
        waited_s = (now - call.parked_at).total_seconds() if call.parked_at else 0.0
        return None, state in ("exhausted", "withdrawn") or waited_s >= WAIT_CAP_S

    def _dispatch_is(self, books: Books, call: Call, now: datetime) -> str:
        """What is true of the search; out of a bridge, only a new one leads back into one."""
        row = books.dispatch_of(self.report_id)
        if row is None:
            return "waiting"
        if row.state is not DispatchState.TAKEN:
            return row.state.value
        if row.call_id == call.id and bridge.is_held(books, row):
            return "dropped" if bridge.left_on_hold(books, row, now) else "held"
        own = row.call_id == call.id
        name = call.conference if self._rejoin else (bridge.name(books, row) if own else None)
        if name is not None:
            return "taken"
        return "dropped" if self._rejoin else "exhausted"

    def _joins(self, name: str) -> None:
        if self.leg is None:
            return
        self.world.tell(f"{self.name} is in the bridge")
        self._rejoin = False
        self._waits("bridge")
        self._room = name
        self.rooms.caller_joins(name, self.leg, self._left_alone)
        self.world.at(self.caller.talks_s, self._ends_talk, self._turn)

    def _left_alone(self) -> None:
        """The bridge is over and the caller is still there: the next poll asks what now."""
        if self.place != "bridge":
            return
        self.world.tell(f"{self.name} is alone again")
        self._waits("parked")
        if self._loses_heart():
            return
        self.world.at(LEAVES_S, self._leaves_room, self._turn)

    def _loses_heart(self) -> bool:
        """Left alone once more; too often, and the caller hangs up."""
        self._alone += 1
        if self._alone > LOSES_HEART:
            self._hang_up()
        return self.leg is None

    def _leaves_room(self, turn: int) -> None:
        """The end of the bridge is told to us: out of this one, and perhaps into another."""
        if self.place != "parked" or turn != self._turn:
            return
        now = self.world.clock()
        with self.world.transaction() as books:
            call = self._open(books)
            if call.conference == self._room:
                call.conference = None
            call.parked_at = call.parked_at or now
        self._rejoin = True
        self.world.at(POLL_S / 2, self._poll, self._turn)

    # --- the call ends ----------------------------------------------------------------------

    def _ends_talk(self, turn: int) -> None:
        if self.place != "bridge" or self.leg is None:
            return
        if turn != self._turn or not self.rooms.company(self.leg):
            if turn == self._turn:  # nobody to say goodbye to yet
                self.world.at(self.caller.talks_s, self._ends_talk, turn)
            return
        self._hang_up()

    def _loses_patience(self, been: int) -> None:
        if been != self._been or self.place not in ("opening", "parked"):
            return
        if self.place == "opening" and self.caller.says_something:
            self._recorded()
        self._hang_up()
        if self.caller.back_after_s is not None and self._been == 0:
            self._been = 1
            self.world.at(self.caller.back_after_s, self._comes_back)

    def _hang_up(self) -> None:
        leg, self.leg = self.leg, None
        if leg is None:
            return
        self._go_to("gone")
        self.lonely_since = None
        self.world.tell(f"{self.name} hangs up")
        self.world.carrier.set_state(leg, LegState.COMPLETED)

    def ended(self, leg_id: str) -> None:
        """The carrier tells us that a leg is over (`ivr.views_caller`)."""
        with self.world.transaction() as books:
            call = books.get(Call, self.calls[leg_id])
            if call is not None:
                bridge.caller_left(books, call, self.world.clock(), TRANSCRIPT_WAIT_S)
        if self.leg is None and not self._said and self.caller.need is Need.WAITS:
            self.on_given_up(self.report_id)

    def _comes_back(self) -> None:
        """Calls again, returns to the report and wants to speak to somebody now."""
        self.leg = self.world.carrier.add_call()
        self.world.carrier.set_state(self.leg, LegState.ANSWERED)
        self.world.tell(f"{self.name} calls again")
        now = self.world.clock()
        with self.world.transaction() as books:
            call = self._open(books)
            call.report_id = self.report_id
            report = books.get(Report, self.report_id)
            if report is None:
                raise LookupError("a caller without a report")
            bridge.waiting_began(call, now)
            desk.start(books, report, now, call)
        self.on_received(self.report_id, 0.0)
        self._waits("parked")
        self._poll(self._turn)
