"""Who sits at a responder's phone. Each is a function of the world and the call that rings."""

from collections.abc import Callable

from hotline.carrier.port import LegState
from hotline.dispatch.machine import SCREENING_LIMIT_S
from tests.fakes.carrier import FakeCall
from tests.simulation.world import Person, World


def nobody(world: World, call: FakeCall) -> None:
    """It rings and rings."""
    world.at(0.2, lambda: world.carrier.set_state(call, LegState.RINGING))


def busy(world: World, call: FakeCall) -> None:
    """The line is engaged."""
    world.at(0.5, lambda: world.carrier.set_state(call, LegState.BUSY))


def unreachable(world: World, call: FakeCall) -> None:
    """The network gives up."""
    world.at(0.5, lambda: world.carrier.set_state(call, LegState.FAILED))


def answering(after_s: float, then: Callable[[World, FakeCall], None]) -> Person:
    """Picks up after so long and then does something."""

    def person(world: World, call: FakeCall) -> None:
        world.answers(call, after_s, lambda: then(world, call))

    return person


def later(seconds: float, act: Callable[[World, FakeCall], None]) -> Callable[..., None]:
    """The same, so many seconds after picking up."""
    return lambda world, call: world.at(seconds, lambda: act(world, call))


def takes(after_s: float = 4, thinks_s: float = 8) -> Person:
    """Presses 1."""
    return answering(after_s, later(thinks_s, World.presses_1))


def takes_twice(world: World, call: FakeCall) -> None:
    """Presses 1, and the request is made twice."""
    for seconds in (5, 6):
        answering(4, later(seconds, World.presses_1))(world, call)


def takes_late(world: World, call: FakeCall) -> None:
    """Presses 1 when the screening has long gone over its time."""
    answering(6, later(SCREENING_LIMIT_S + 3, World.presses_1))(world, call)


def passes(world: World, call: FakeCall) -> None:
    """Presses 2."""
    answering(5, later(6, World.presses_2))(world, call)


def voicemail(world: World, call: FakeCall) -> None:
    """A machine picks up, says its greeting and records the prompts."""
    answering(12, later(30, World.says_nothing))(world, call)


def hangs_up(world: World, call: FakeCall) -> None:
    """Picks up and drops the call in the middle of the prompt."""
    answering(5, later(3, lambda w, c: w.carrier.set_state(c, LegState.COMPLETED)))(world, call)


def sits_there(world: World, call: FakeCall) -> None:
    """Picks up and the line stays open: no key, no end."""
    answering(5, lambda _world, _call: None)(world, call)


def supervisor(round_: int) -> Person:
    """An alarm phone that is acknowledged when it rings for the n-th time."""
    rung = [0]

    def person(world: World, call: FakeCall) -> None:
        rung[0] += 1
        if rung[0] == round_:
            world.at(5, lambda: world.acknowledges(call))

    return person


NOT_TAKERS: tuple[Person, ...] = (
    nobody,
    busy,
    unreachable,
    passes,
    voicemail,
    hangs_up,
    sits_there,
)
TAKERS: tuple[Person, ...] = (takes(), takes(1, 1), takes(19, 40), takes_twice, takes_late)
