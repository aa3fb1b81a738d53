"""A hotline on duty: the voice menu, the real engine and a scripted carrier, moved by hand."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.app import create_app
from hotline.carrier.port import LegState
from hotline.context import Runtime
from hotline.dispatch import roster as dispatch_roster
from hotline.dispatch.engine import Engine
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.wiring import ports_of
from hotline.dispatch.words import AttemptState
from hotline.oncall import roster
from hotline.oncall.model import Responder
from hotline.reports import timeline
from hotline.reports.model import Call, Report
from hotline.tasks import heartbeat
from ivr.views import create_blueprint
from tests.fakes.carrier import FakeCarrier
from tests.support.inline import Inline
from tests.unit.ivr.leg import Leg

ROSTER = """
[[responder]]
handle = "counselor-1"
kind = "counselor"
name = "Ana Alvarez"
number = "+15550100111"
languages = ["en"]

[[responder]]
handle = "counselor-2"
kind = "counselor"
name = "Ben Brook"
number = "+15550100112"
languages = ["en"]
pin = "2468"

[[responder]]
handle = "police-desk"
kind = "law-enforcement"
name = "Police desk"
number = "+15550100113"
languages = ["en"]

[[district]]
handle = "north"
name = "North District"
lines = ["+15550100920"]

[[school]]
handle = "north-high"
name = "North High"
district = "north"

[policy.default]
rounds = 1
steps = [{ targets = ["counselor-1"], ring_s = 25 }, { targets = ["counselor-2"], ring_s = 25 }]
agency = ["police-desk"]
alarm = ["counselor-1"]
"""


@dataclass
class House:
    """Legs of callers and responders at one carrier, and the dispatcher that ticks when told."""

    runtime: Runtime
    client: FlaskClient
    carrier: FakeCarrier
    engine: Engine
    followed: dict[str, int] = field(default_factory=dict)

    def caller(self, **form: str) -> Leg:
        """A caller who has chosen English."""
        at_carrier = self.carrier.add_call()
        self.carrier.set_state(at_carrier, LegState.ANSWERED)
        leg = Leg(self.client, self.runtime, at_carrier.id)
        leg.post("/voice", **form)
        return leg.press("1")

    def waiting(self) -> Leg:
        """A caller who has said a few words and waits."""
        caller = self.caller().press("1").record(3)
        self.engine.tick()
        return caller

    def picks_up(self, handle: str) -> Leg:
        """The phone of a responder rings and is picked up."""
        self.engine.tick()
        attempt = self.attempt(handle)
        assert attempt.carrier_call_id is not None
        call = self.carrier.calls[attempt.carrier_call_id]
        self.carrier.set_state(call, LegState.ANSWERED)
        leg = Leg(self.client, self.runtime, call.id)
        leg.post(call.url)
        return leg

    def talking(self) -> tuple[Leg, Leg]:
        """A caller in the bridge with the first counselor."""
        caller = self.waiting()
        owner = self.picks_up("counselor-1").press("1")
        self.follow(caller)
        assert caller.one("Conference").text == owner.one("Conference").text
        return caller, owner

    def follow(self, leg: Leg) -> bool:
        """Tick; if the carrier was asked to send this leg elsewhere, it goes there."""
        self.engine.tick()
        redirects = self.carrier.calls[leg.call_id].redirects
        fresh = len(redirects) > self.followed.get(leg.call_id, 0)
        self.followed[leg.call_id] = len(redirects)
        if fresh:
            leg.post(redirects[-1])
        return fresh

    def hangs_up(self, leg: Leg) -> None:
        """A leg is over, and the carrier says so."""
        call = self.carrier.calls[leg.call_id]
        self.carrier.set_state(call, LegState.COMPLETED)
        leg.post(call.status_url or "/voice/status", CallStatus="completed")

    def later(self, seconds: float) -> None:
        """Time passes, and the dispatcher does what is due then."""
        self.runtime.clock.advance(seconds)  # type: ignore[attr-defined]
        self.engine.tick()

    def attempt(self, handle: str) -> Attempt:
        """The responder's last ring."""
        with self.runtime.database.transaction() as session:
            query = select(Attempt).join(Responder).where(Responder.handle == handle)
            return session.scalars(query.order_by(Attempt.id.desc())).first() or Attempt()

    def state(self, handle: str) -> AttemptState:
        """What became of it."""
        return self.attempt(handle).state

    @property
    def dispatch(self) -> Dispatch:
        """The only dispatch."""
        with self.runtime.database.transaction() as session:
            return session.scalars(select(Dispatch)).one()

    @property
    def call(self) -> Call:
        """The only caller's leg."""
        with self.runtime.database.transaction() as session:
            return session.scalars(select(Call)).one()

    @property
    def kinds(self) -> list[str]:
        """What the timeline of the only report tells."""
        with self.runtime.database.transaction() as session:
            report = session.scalars(select(Report)).one()
            return [event.kind for event in timeline.read(session, report.id)]


def presses_star(leg: Leg) -> Leg:
    """`*` in the bridge: the carrier asks what comes next, and goes where it is sent."""
    leg.post(leg.one("Dial").attrib["action"], DialCallStatus="answered")
    assert leg.says == ["one_moment"]
    return leg.redirected()


def bridge_ends(leg: Leg) -> Leg:
    """The whole conference is over for a leg that is still there."""
    leg.post(leg.one("Dial").attrib["action"], DialCallStatus="answered")
    return leg


def on_duty(runtime: Runtime, carrier: FakeCarrier, elapsed: Callable[[], float]) -> House:
    """A hotline on duty: the menu, the real engine and a roster that knows law enforcement."""
    with runtime.database.transaction() as session:
        dispatch_roster.apply(session, runtime.vault, roster.parse(ROSTER))
        heartbeat.beat(session, heartbeat.DISPATCHER, runtime.clock())
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=elapsed)
    return House(runtime, client, carrier, engine)
