"""An office and its engine, which does everything at once and in this thread."""

import pytest

from hotline.context import Runtime
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office


@pytest.fixture
def desk_office(runtime: Runtime) -> Office:
    """An office on SQLite."""
    return Office(runtime)


@pytest.fixture
def engine(runtime: Runtime, clock: VirtualClock) -> Engine:
    """The dispatcher of that office."""
    return Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)
