"""The real engine in a hostile world, run after run. A failing run names its seed.

HOTLINE_SIMULATION_RUNS sets how many runs of each kind are made, HOTLINE_SIMULATION_FIRST the seed
of the first of them.
"""

import os
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hotline.dispatch.words import AttemptState, DispatchState
from hotline.tasks.model import TaskKind
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.simulation import checks, people
from tests.simulation.world import Faults, World
from tests.support.office import number_of

FIRST = int(os.environ.get("HOTLINE_SIMULATION_FIRST", "0"))
SEEDS = range(FIRST, FIRST + int(os.environ.get("HOTLINE_SIMULATION_RUNS", "5")))
BAD_CALLBACKS = Faults(callback_lost=0.3, callback_again=0.3, callback_late=0.3)
BAD_REST = Faults(
    callback_lost=0.2, callback_late=0.2, rest_refused=0.2, rest_unsure=0.3, lists_lag_s=2.0
)
CRASHES = Faults(callback_lost=0.2, rest_unsure=0.2, crash=0.02, lists_lag_s=2.0)

MakeWorld = Callable[[int, Faults], World]


@pytest.fixture
def make_world(
    tmp_path: Path, sqlite_template: Path, make_runtime: MakeRuntime, carrier: FakeCarrier
) -> MakeWorld:
    """`make_world(seed, faults)`: a world on a database of its own; the seed is printed."""

    def make(seed: int, faults: Faults) -> World:
        print(f"seed {seed}, {faults}")
        path = tmp_path / f"{seed}.sqlite"
        shutil.copyfile(sqlite_template, path)
        return World(make_runtime(f"sqlite:///{path}"), carrier, seed, faults)

    return make


def populate(world: World) -> None:
    """A random roster of people, one to four steps of one or two, and one or two callers."""
    chance = random.Random(world.chance.random())
    handles = [f"c{n}" for n in range(1, 9)]
    steps = [
        [handles.pop(0) for _ in range(chance.choice([1, 1, 1, 2]))]
        for _ in range(chance.randint(1, 4))
    ]
    world.office.on_duty(*steps, rounds=chance.choice([1, 1, 2]), alarm=["s9"])
    for handle in (h for step in steps for h in step):
        sort = people.TAKERS if chance.random() < 0.25 else people.NOT_TAKERS
        world.people[number_of(handle)] = chance.choice(sort)
    world.people[number_of("s9")] = people.supervisor(2)
    for _ in range(chance.choice([1, 1, 2])):
        if chance.random() < 0.5:
            world.at(chance.uniform(0, 30), world.message_is_left)
        else:
            leaves = chance.choice([None, None, chance.uniform(1, 90)])
            world.at(chance.uniform(0, 30), partial(world.caller_waits, leaves))


def play(world: World, *, gentle: bool) -> None:
    """Let it run as long as any search may last, then look at what became of it."""
    populate(world)
    checks.watch(world)
    world.run(31)
    while not all(row.ended_at for row in world.dispatches()):
        before = world.clock.seconds()
        world.run(20)
        limit = 31 + checks.longest(world)
        assert before - world.began < limit, "a search has gone on for too long"
    world.faults = Faults()
    world.run(200)
    checks.at_the_end(world, gentle=gentle)


@pytest.mark.parametrize("seed", SEEDS)
def test_callbacks_lost_doubled_and_late(make_world: MakeWorld, seed: int) -> None:
    play(make_world(seed, BAD_CALLBACKS), gentle=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_carrier_that_refuses_and_leaves_us_unsure(make_world: MakeWorld, seed: int) -> None:
    play(make_world(seed, BAD_REST), gentle=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_dispatcher_that_dies_again_and_again(make_world: MakeWorld, seed: int) -> None:
    play(make_world(seed, CRASHES), gentle=False)


def test_the_plain_way(make_world: MakeWorld) -> None:
    """The demo's story: never answers, voicemail, then the police desk takes it."""
    world = make_world(0, Faults())
    world.office.on_duty(["c1"], ["c2"], ["c3"])
    for number, person in enumerate([people.nobody, people.voicemail, people.takes()], 1):
        world.people[number_of(f"c{number}")] = person
    report = world.message_is_left()
    world.run(150)
    assert world.office.outcomes(report) == [
        ("c1", AttemptState.UNANSWERED),
        ("c2", AttemptState.MACHINE),
        ("c3", AttemptState.TAKEN),
    ]
    assert world.carrier.rung() == [number_of(f"c{n}") for n in (1, 2, 3)]


def test_an_alarm_rings_until_a_person_acknowledges(make_world: MakeWorld) -> None:
    world = make_world(0, Faults())
    world.office.on_duty(["c1"], alarm=["s9"])
    world.people[number_of("c1")] = people.busy
    world.people[number_of("s9")] = people.supervisor(3)
    report = world.message_is_left()
    world.run(600)
    assert world.office.dispatch(report).state is DispatchState.EXHAUSTED
    assert world.carrier.rung().count(number_of("s9")) == 3
    [alarm] = world.office.alarms()
    assert alarm.acknowledged_at is not None
    assert world.pending(TaskKind.ALARM) == []


def test_whoever_takes_it_ends_the_other_phones(make_world: MakeWorld) -> None:
    world = make_world(0, Faults())
    world.office.on_duty(["c1", "c2", "c3"])
    world.people[number_of("c1")] = people.nobody
    world.people[number_of("c2")] = people.takes()
    world.people[number_of("c3")] = people.sits_there
    report = world.caller_waits()
    world.run(14)
    assert world.office.dispatch(report).state is DispatchState.TAKEN
    others = [c for c in world.carrier.live_calls() if c.to and c.to != number_of("c2")]
    assert others == []


def test_a_caller_who_gives_up_stops_the_phones(make_world: MakeWorld) -> None:
    world = make_world(0, Faults())
    world.office.on_duty(["c1"], ["c2"])
    world.people[number_of("c1")] = people.nobody
    report = world.caller_waits(leaves_after_s=5)
    world.run(8)
    assert world.office.dispatch(report).state is DispatchState.WITHDRAWN
    assert world.carrier.live_calls() == []
    world.run(120)
    assert world.carrier.rung() == [number_of("c1")]
