"""The voice menu over a real core and database, and legs that talk to it."""

import itertools
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from hotline.app import create_app
from hotline.context import Runtime
from hotline.dispatch import roster as dispatch_roster
from hotline.oncall import roster
from hotline.tasks import heartbeat
from ivr.views import create_blueprint
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House
from tests.unit.ivr.leg import Leg

ROSTER = """
[[responder]]
handle = "counselor-1"
kind = "counselor"
name = "Ana Alvarez"
number = "+15550100111"
languages = ["en", "es"]

[[responder]]
handle = "counselor-2"
kind = "counselor"
name = "Ben Brook"
number = "+15550100112"
languages = ["es"]

[[responder]]
handle = "supervisor-1"
kind = "school-official"
name = "Cleo Crane"
number = "+15550100113"
languages = ["en"]

[policy.default]
rounds = 1
steps = [{ targets = ["counselor-1"], ring_s = 25 }, { targets = ["counselor-2"], ring_s = 25 }]
alarm = ["supervisor-1"]
"""


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    """The voice menu's routes alone, over a runtime with a roster."""
    with runtime.database.transaction() as session:
        dispatch_roster.apply(session, runtime.vault, roster.parse(ROSTER))
        heartbeat.beat(session, heartbeat.DISPATCHER, runtime.clock())
    return create_app(runtime, [create_blueprint(runtime)]).test_client()


@pytest.fixture
def house(runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> House:
    """A hotline on duty, with the real engine and a roster that knows law enforcement."""
    return house_module.on_duty(runtime, carrier, clock.seconds)


@pytest.fixture
def leg(client: FlaskClient, runtime: Runtime) -> Callable[[], Leg]:
    """Make legs, each with a carrier's id of its own."""
    numbers = itertools.count(1)
    return lambda: Leg(client, runtime, f"CA{next(numbers):032x}")
