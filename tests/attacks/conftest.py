"""What is attacked: the whole application, with callers and people, over a real database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.context import Runtime
from hotline.people.model import Role
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.console import World, add_person, cheap_passwords, make_world
from tests.unit.ivr import house as house_module
from tests.unit.ivr.house import House

NORTH, SOUTH = "north", "south"


@pytest.fixture
def house(runtime: Runtime, carrier: FakeCarrier, clock: VirtualClock) -> House:
    """A hotline on duty: the voice menu, the real engine, a scripted carrier."""
    return house_module.on_duty(runtime, carrier, clock.seconds)


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
