"""A hotline of real processes (gunicorn, worker, dispatcher, Redis, switch) for a file of tests,
and for those of the console a small one with a browser before it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from hotline.demo.listener import AlarmListener
from hotline.demo.options import DemoOptions
from hotline.demo.run import Play, demo_settings
from hotline.demo.scenario import Scenario, Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.sentences import Line
from hotline.demo.space import Space
from hotline.supervise.stack import Stack
from hotline.supervise.switch_control import SwitchControl
from tests.support import browser
from tests.support.console import World, add_person, make_world

SPEED = 8.0
PLACES = ("recording_callback", "media", "rest", "status_callback", "stream", "stream_form")
Show = Callable[[Line], None]


@dataclass
class Theatre:
    """A running hotline on which scenarios are played one after the other."""

    stack: Stack
    switch: SwitchControl
    listener: AlarmListener
    log: list[str]
    restart_database: Callable[[float], None] | None = None
    """Kills the database and starts it again so many seconds later, where it has a process."""
    set_clock: Callable[[float], None] | None = None
    """Sets the clock of the machine forward, or back, by so many seconds, where it can be set."""

    def play(
        self, scenario: Scenario, show: Show = lambda line: None, **options: Any
    ) -> tuple[Seen, list[str]]:
        """Play it; gives what was seen and the sentences of the expectations that did not hold."""
        chosen = DemoOptions(scenario.name, speed=SPEED, **options)
        self.switch.faults(**dict.fromkeys(PLACES, "normal"))
        play = Play(scenario, chosen, self.stack, self.switch, lambda line, at: show(line))
        seen = play.run(self.listener)
        assert seen is not None, "the call never became a report"
        return seen, [e.sentence for e, held in play.check(seen) if not held]

    def short(self) -> Scenario:
        """The shortest scenario, by itself free of everything the tests add."""
        return replace(SCENARIOS["caller-hangs-up"])


@contextmanager
def open_theatre(
    folder: Path,
    database_url: str | None = None,
    record: str = "stream",
    speed: float = SPEED,
    **more: Any,
) -> Iterator[Theatre]:
    """A hotline of its own. speed: telephone seconds per second. more: further settings."""
    log: list[str] = []
    with AlarmListener() as listener:
        space = Space(folder, database_url)
        scenario = replace(SCENARIOS["message"], settings=more)
        settings = demo_settings(scenario, space, listener.url, record)
        stack = Stack(settings, lambda name, line: log.append(f"{name}: {line}"), speed=speed)
        with ExitStack() as opened:
            with one_start_at_a_time():
                up = opened.enter_context(stack)
            assert up.switch is not None
            yield Theatre(up, up.switch, listener, log)


@contextmanager
def one_start_at_a_time() -> Iterator[None]:
    """Seven processes that start take all of a small machine: tests in other processes wait."""
    with Path(__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A running hotline whose callers are recorded by the carrier."""
    with open_theatre(tmp_path_factory.mktemp("recorded"), record="verb") as opened:
        yield opened


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """The running hotline. One for each file of tests: one that waits until all are over would
    take from the others a tenth of a processor."""
    with open_theatre(tmp_path_factory.mktemp("theatre")) as opened:
        yield opened


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    """A small hotline without any process, and Ana, a supervisor."""
    made = make_world(tmp_path, sqlite_url)
    add_person(made)
    yield made
    made.database.close()


@pytest.fixture
def app(world: World) -> Flask:
    """Its application: the console alone."""
    return world.app()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """Where the application is served."""
    with browser.served(app) as url:
        yield url


@pytest.fixture
def page(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page signed in as Ana, and what the browser complained about."""
    with browser.launched() as opened:
        tab = opened.new_context(viewport={"width": 1280, "height": 800}).new_page()
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(message.text))
        browser.enter(tab, address)
        yield tab, complaints
