"""A trial call on the hotline that `hotline up` runs here, before there is any carrier.

A stand-in caller rings the hotline's own switch and leaves a message; the phones of everybody on
the roster are answered by stand-ins who press 1 (and type the PIN, where one is asked for). All the
rest is real, and the report stays, as every other one.
"""

import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from hotline.carrier.own_switch import SWITCH_FILE
from hotline.context import Runtime
from hotline.demo import cast, outcome, speech
from hotline.demo.options import DemoError
from hotline.demo.outcome import Happened, Outcome
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.sentences import of_timeline
from hotline.demo.terminal import Terminal
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.runtime import open_runtime
from hotline.settings import Settings
from hotline.supervise import parts
from hotline.supervise.switch_control import SwitchControl

LIMIT_S = 300.0
"""As long as any policy of the examples may take, and our own work on top."""
LOOK_EVERY_S = 0.25
SPEED = 4.0
"""Nobody wants to wait for a caller who listens to every prompt."""
SAID = {"en": "message", "es": "spanish", "ar": "arabic"}
"""Whose words the caller says, by language: those of a scenario."""


def run(settings: Settings, language: str, words: str | None) -> int:
    """Let somebody call. 0: a responder has taken the report; 1: nobody has.

    words: what the caller says; None: what they say in the demonstration. Raises DemoError where no
    hotline with a switch of its own runs in this data directory.
    """
    terminal = Terminal()
    settings = parts.settled(settings)
    switch = find_switch(settings)
    sentences = (words,) if words else SCENARIOS[SAID[language]].sentences
    with closing(open_runtime(settings)) as runtime, tempfile.TemporaryDirectory() as folder:
        people = _stand_in(runtime, switch)
        if not people:
            raise DemoError("Nobody is on the roster; `hotline roster apply FILE` puts them there.")
        said = speech.caller(sentences, language, Path(folder))
        terminal.heading(f"A caller says: {'. '.join(sentences)}.")
        terminal.say(f"The telephone runs {SPEED:g} times faster than life meanwhile.")
        switch.register(cast.CALLER, cast.sends_message(language, str(said)))
        switch.speed(SPEED)
        try:
            call_sid = switch.dial(cast.CALLER, settings.phone_number)
            seen = _follow(runtime, call_sid, people, terminal)
        finally:
            switch.speed(1.0)
            switch.attach()
    return _tell(seen, people, settings, terminal)


def find_switch(settings: Settings) -> SwitchControl:
    """The switch of the hotline that runs in the data directory. Raises DemoError."""
    place = settings.data_dir / SWITCH_FILE
    if not settings.needs_own_switch:
        raise DemoError("This hotline has a carrier: ring its number, and take the call yourself.")
    if settings.own_lines:
        raise DemoError("This hotline has lines of its own: ring it, and take the call yourself.")
    try:
        switch = SwitchControl(place.read_text().strip(), settings.auth_tokens[0])
    except OSError:
        switch = None
    if switch is None or not switch.answers():
        raise DemoError("No hotline runs here; start it with `hotline up`, in another terminal.")
    return switch


def _stand_in(runtime: Runtime, switch: SwitchControl) -> dict[str, str]:
    """Let every phone of the roster be answered; the people's names by handle."""
    people = {}
    with runtime.database.reading() as session:
        for row in session.scalars(select(Responder).where(Responder.active)):
            script = cast.takes()
            pin = responders.pin(session, runtime.vault, row.id)
            if pin is not None:
                script["steps"] += [{"played": "/screening_pin.", "press": pin}]
            person = responders.contact(session, runtime.vault, row.id)
            switch.register(person.number, script)
            people[row.handle] = person.name
    return people


def _follow(
    runtime: Runtime, call_sid: str, people: dict[str, str], terminal: Terminal
) -> Outcome | None:
    """Tell what happens until somebody has it and the words are there, or the time is up."""
    until, told = time.monotonic() + LIMIT_S, set[object]()
    seen: Outcome | None = None
    while time.monotonic() < until:
        seen = outcome.read(runtime, call_sid)
        for event in seen.events if seen is not None else ():
            rings = event.kind in ("attempt_placed", "attempt_ringing")  # the same to whoever reads
            key = ("rings", event.detail.get("attempt")) if rings else event.number
            line = of_timeline(_named(event, people))
            if key not in told and line is not None and seen is not None:
                terminal.happening(line, (event.at - seen.events[0].at).total_seconds())
            told.add(key)
        if seen is not None and seen.dispatch == "taken" and seen.transcripts >= seen.messages:
            break
        time.sleep(LOOK_EVERY_S)
    return seen


def _named(event: Happened, people: dict[str, str]) -> Happened:
    """The event with the names of the roster in the place of handles."""
    named = {key: people.get(str(value), value) for key, value in event.detail.items()}
    return replace(event, detail=named)


def _tell(
    seen: Outcome | None, people: dict[str, str], settings: Settings, terminal: Terminal
) -> int:
    """What came of it. Gives the exit code."""
    if seen is None or seen.dispatch != "taken":
        print("Nobody has taken it within five minutes; see `hotline doctor`.", file=sys.stderr)
        return 1
    taker = people.get(seen.taken_by or "", "Somebody")
    terminal.heading("Result")
    terminal.say(f"understood  {seen.transcript or '(no words)'}")
    terminal.say(f"triage      {seen.category}, {seen.urgency}")
    terminal.say(f"{taker} has taken the report: {settings.public_url}/reports/{seen.report_id}")
    return 0
