"""A call back played by hand: the phones of the responder and of whoever left the number."""

from dataclasses import dataclass

from sqlalchemy import select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import callback as calling_back
from hotline.dispatch.sql import SqlBooks
from hotline.oncall.model import Responder
from hotline.reports import callback, callback_calls, timeline
from hotline.reports.callback_model import Callback, CallbackCall
from hotline.reports.model import Report
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

DIGITS, NUMBER = "2175550142", "+12175550142"


@dataclass
class Phones:
    """What the tests of a call back do and see."""

    house: House

    @property
    def runtime(self) -> Runtime:
        """Of the house."""
        return self.house.runtime

    def leaves(self, digits: str = DIGITS) -> Leg:
        """A caller leaves a message and a number, and hangs up."""
        caller = self.house.caller().press("2").record(5).press("1").silence()
        caller.press(digits, "1")
        assert caller.says == ["callback_is_kept", "goodbye"]
        self.house.hangs_up(caller)
        return caller

    def taken(self, handle: str = "counselor-1", *keys: str) -> Leg:
        """The report's responder has taken it, and is asked for 5."""
        self.house.later(30)  # without a transcript dispatch waits so long
        return self.house.picks_up(handle).press("1", *keys)

    def asks(self, handle: str = "counselor-1") -> None:
        """Somebody asks for a call back at the console."""
        with self.runtime.database.transaction() as session:
            report, now = session.scalars(select(Report)).one(), self.runtime.clock()
            who = session.scalars(select(Responder.id).where(Responder.handle == handle)).one()
            call = callback_calls.begin(session, report, who, now)
            calling_back.begun(SqlBooks(session, self.runtime.vault), call, now, by="ana")

    def rung(self, number: str) -> Leg:
        """The last call to that number is picked up."""
        self.house.engine.tick()
        call = [c for c in self.house.carrier.calls.values() if c.to == number][-1]
        self.house.carrier.set_state(call, LegState.ANSWERED)
        leg = Leg(self.house.client, self.runtime, call.id)
        leg.post(call.url)
        return leg

    def calls_to(self, number: str) -> int:
        """How often a number was rung."""
        return sum(call.to == number for call in self.house.carrier.calls.values())

    def go_on(self, seconds: int) -> None:
        """The dispatcher ticks once a second."""
        for _ in range(seconds):
            self.house.later(1)

    @property
    def last(self) -> CallbackCall:
        """The newest call back."""
        with self.runtime.database.transaction() as session:
            return session.scalars(select(CallbackCall).order_by(CallbackCall.id.desc())).all()[0]

    @property
    def left(self) -> Callback:
        """The newest number."""
        with self.runtime.database.transaction() as session:
            return session.scalars(select(Callback).order_by(Callback.id.desc())).all()[0]

    @property
    def kept(self) -> bool:
        """Whether a number is still kept."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            return callback.of(session, report.id) is not None

    @property
    def told(self) -> list[str]:
        """What the timeline tells of calling back, outcomes and reasons included."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            events = [e for e in timeline.read(session, report.id) if "callback" in e.kind]
            return [
                " ".join([e.kind, *(str(e.detail[k]) for k in ("outcome", "why") if k in e.detail)])
                for e in events
            ]
