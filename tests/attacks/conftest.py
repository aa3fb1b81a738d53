"""What is attacked: the whole application, with callers and people, over a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.app import create_app
from hotline.context import Runtime
from hotline.dispatch import roster as dispatch_roster
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.oncall import roster
from hotline.people.model import Role
from hotline.tasks import heartbeat
from ivr.views import create_blueprint
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.console import World, add_person, cheap_passwords, make_world
from tests.support.inline import Inline
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House

NORTH, SOUTH = "north", "south"


@pytest.fixture
def house(runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> House:
    """A hotline on duty: the voice menu, the real engine, a scripted carrier."""
    with runtime.database.transaction() as session:
        dispatch_roster.apply(session, runtime.vault, roster.parse(house_module.ROSTER))
        heartbeat.beat(session, heartbeat.DISPATCHER, runtime.clock())
    client = create_app(runtime, [create_blueprint(runtime)]).test_client()
    engine = Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)
    return House(runtime, client, carrier, engine)


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A console with a supervisor of each district and one administrator."""
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url)
    add_person(made, "ana", Role.SUPERVISOR, NORTH)
    add_person(made, "sol", Role.SUPERVISOR, SOUTH)
    add_person(made, "ada", Role.ADMINISTRATOR)
    yield made
    made.database.close()
