"""Deliveries played by hand: recipients on the roster, their phones, and what came of it."""

from dataclasses import dataclass, field

from sqlalchemy import select

from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import delivering, delivery_task
from hotline.dispatch.alarms import NOBODY_TOOK_IT
from hotline.dispatch.books import Letter
from hotline.dispatch.model import Alarm
from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.oncall.roster import parse
from hotline.reports import timeline
from hotline.reports.casework import disclosing
from hotline.reports.casework.disclosing import Basis, Disclosed
from hotline.reports.delivery_model import Delivery, DeliveryCall
from hotline.reports.delivery_words import DeliveryPlace
from hotline.reports.model import Report
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

POLICE, SCHOOL_MAIL = "+15550100177", "office@north.example.org"
RECIPIENTS = f"""
[[recipient]]
handle = "north-police"
kind = "law-enforcement"
name = "North police desk"
phone = "{POLICE}"

[[recipient]]
handle = "north-office"
kind = "school"
name = "Office of North High"
mail = "{SCHOOL_MAIL}"
category = ["bullying"]
"""


def put_recipients(runtime: Runtime, text: str = RECIPIENTS) -> None:
    """Make these the recipients of the roster."""
    with runtime.database.transaction() as session:
        recipients.bring(session, runtime.vault, parse(text).recipients)


@dataclass
class Sharing:
    """What the tests of deliveries do and see. letters: the mails that went out."""

    house: House
    letters: list[Letter] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime:
        """Of the house."""
        return self.house.runtime

    def report(self, urgency: str = "life-safety") -> None:
        """A caller leaves a message, and its urgency is known before anybody is sought."""
        self.house.hangs_up(self.house.caller().press("2").record(5).press("1"))
        with self.runtime.database.transaction() as session:
            session.scalars(select(Report)).one().urgency = urgency

    def asks(self, handle: str, by: str = "ana") -> None:
        """Somebody asks for a delivery in the console."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            row = session.scalars(select(Recipient).where(Recipient.handle == handle)).one()
            vault, now = self.runtime.vault, self.runtime.clock()
            assert delivering.ask(session, vault, report, row, Basis.SCHOOL_DUTY, by, now)

    def calls_to(self, number: str = POLICE) -> int:
        """How often a number was rung."""
        return sum(call.to == number for call in self.house.carrier.calls.values())

    def picked_up(self, number: str = POLICE) -> Leg:
        """The last call to that number is picked up."""
        self.house.engine.tick()
        call = [c for c in self.house.carrier.calls.values() if c.to == number][-1]
        self.house.carrier.set_state(call, LegState.ANSWERED)
        leg = Leg(self.house.client, self.runtime, call.id)
        leg.post(call.url)
        return leg

    def unanswered(self, number: str = POLICE) -> None:
        """The last call to that number rings out."""
        self.house.engine.tick()
        call = [c for c in self.house.carrier.calls.values() if c.to == number][-1]
        self.house.carrier.set_state(call, LegState.UNANSWERED)
        leg = Leg(self.house.client, self.runtime, call.id)
        leg.post(call.status_url or "", CallStatus="no-answer")

    def later(self, seconds: float) -> None:
        """Time passes, and the dispatcher looks twice: at that, and at what follows."""
        self.house.later(seconds)
        self.house.engine.tick()

    def deliveries(self) -> list[Delivery]:
        """All of them, oldest first."""
        with self.runtime.database.transaction() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    @property
    def place(self) -> DeliveryPlace:
        """Where the only one stands."""
        (row,) = self.deliveries()
        return row.place

    def rings(self) -> list[DeliveryCall]:
        """Every ring, oldest first."""
        with self.runtime.database.transaction() as session:
            return list(session.scalars(select(DeliveryCall).order_by(DeliveryCall.id)))

    def alarms(self) -> list[str]:
        """Reasons of the alarms that are open, besides the one that nobody has taken it."""
        with self.runtime.database.transaction() as session:
            rows = session.scalars(select(Alarm).where(Alarm.acknowledged_at.is_(None)))
            return [row.reason for row in rows if row.reason != NOBODY_TOOK_IT]

    def disclosed(self) -> list[Disclosed]:
        """What *Shared with* keeps."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            return list(disclosing.read(session, self.runtime.vault, report))

    @property
    def told(self) -> list[str]:
        """What the timeline tells of deliveries."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            kinds = [event.kind for event in timeline.read(session, report.id)]
            return [kind for kind in kinds if kind.startswith("delivery_")]


LONGEST_S = delivery_task.LIMIT_S[DeliveryPlace.RINGING]
