"""Plays a scenario through the real processes and checks what came of it."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from hotline.demo import cast, speech, tones
from hotline.demo.follow import Follower, Show
from hotline.demo.listener import AlarmListener
from hotline.demo.options import DemoError, DemoOptions
from hotline.demo.outcome import read as read_outcome
from hotline.demo.result import as_json
from hotline.demo.scenario import Expectation, Props, Scenario, Seen, Stage
from hotline.demo.scenarios import SCENARIOS
from hotline.demo.space import Space, open_space
from hotline.demo.supervisor import Supervisor
from hotline.demo.terminal import Terminal
from hotline.dispatch import roster as desk_roster
from hotline.languages import LanguageError
from hotline.observe import configure_logging
from hotline.oncall import roster as roster_file
from hotline.privacy.keys import KeyRingError
from hotline.settings import Settings, SettingsError, load_settings
from hotline.supervise.errors import StartError
from hotline.supervise.lines import readable, worth_showing
from hotline.supervise.stack import Stack
from hotline.supervise.switch_control import SwitchControl
from transcription.audio import decode
from transcription.command import model_folder
from transcription.engine import Engine
from transcription.scoring import word_error_rate

# Wall seconds on top of the scenario's telephone time: our own work does not run faster.
WORK_S = 45.0
STANDARD_OUTPUT = Path("-")
DISPATCHER = "dispatcher"
"""The part that a play may kill."""


# What a person can mend; each carries a sentence that says how.
MISTAKES = (DemoError, StartError, SettingsError, KeyRingError, LanguageError)


def run(options: DemoOptions) -> int:
    """Play it. 0: every expectation held; 1: one did not; 2: it could not start."""
    configure_logging("demo", "ERROR")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # stop the parts on the way out
    try:
        scenario = choose(options)
        with open_space(load_settings(), keep=options.keep) as space:
            told = sys.stderr if options.json_out == STANDARD_OUTPUT else sys.stdout
            return _play(scenario, options, space, Terminal(told))
    except MISTAKES as error:
        print(error, file=sys.stderr)
    except OperationalError:
        print("The database does not answer; check HOTLINE_DATABASE_URL.", file=sys.stderr)
    return 2


def choose(options: DemoOptions) -> Scenario:
    """The scenario as the options change it. Raises DemoError for an unknown name or language."""
    scenario = SCENARIOS.get(options.scenario)
    if scenario is None:
        names = ", ".join(SCENARIOS)
        raise DemoError(f"There is no scenario {options.scenario!r}; choose one of {names}.")
    if options.json_out is not None and not options.json_out.absolute().parent.is_dir():
        raise DemoError(f"There is no folder {options.json_out.parent} for --json; make it first.")
    language = options.language or scenario.language
    if language not in cast.LANGUAGE_KEYS:
        known = ", ".join(cast.LANGUAGE_KEYS)
        raise DemoError(f"The demonstration has no language {language!r}; choose one of {known}.")
    if options.audio is None:
        if language != scenario.language:
            raise DemoError("--language goes with --audio; the scenarios spanish and arabic speak.")
        return scenario
    return replace(scenario, language=language, sentences=(), expect=_without_words(scenario))


def _without_words(scenario: Scenario) -> tuple[Expectation, ...]:
    """What can be expected of any recording: not its words, category or language."""
    about_words = ("the words were", "triage says", "the report's language")
    return tuple(e for e in scenario.expect if not e.sentence.startswith(about_words))


def _play(scenario: Scenario, options: DemoOptions, space: Space, terminal: Terminal) -> int:
    terminal.heading(f"Scenario {scenario.name}: {scenario.title}")
    terminal.say("Starting Redis, switch, web, dispatcher and worker …")
    began = time.monotonic()
    with (
        AlarmListener() as listener,
        _log(space.data_dir, options.verbose) as sink,
        Stack(
            demo_settings(scenario, space, listener.url, options.record), sink, speed=options.speed
        ) as stack,
    ):
        if stack.switch is None:
            raise DemoError("The demonstration needs its own switch; unset HOTLINE_TWILIO_API_URL.")
        for note in stack.notes:
            terminal.say(note)
        _describe(stack, options, terminal, time.monotonic() - began)
        play = Play(scenario, options, stack, stack.switch, terminal.happening)
        seen = play.run(listener)
    held = play.check(seen)
    ok = all(ok for _, ok in held)
    if seen is not None:
        terminal.result(scenario, seen)
    terminal.checks(held)
    if options.json_out is not None:
        result = as_json(scenario, seen, held, play.follower.lines)
        write(options.json_out, json.dumps(result, ensure_ascii=False, indent=2) + "\n")
    took = f"{time.monotonic() - began:.0f} s"
    terminal.say(f"\n{'All of it held' if ok else 'Not everything held'} ({took}).")
    if options.keep:
        terminal.say(f"Data and logs are in {space.data_dir}")
    return 0 if ok else 1


def write(place: Path, text: str) -> None:
    """Put the result where it is wanted. Raises OSError."""
    if place == STANDARD_OUTPUT:
        print(text, end="")
    else:
        place.write_text(text)


class Play:
    """One run of one scenario on a stack that is up. One at a time: the cast has one phone each."""

    def __init__(
        self,
        scenario: Scenario,
        options: DemoOptions,
        stack: Stack,
        switch: SwitchControl,
        show: Show,
    ) -> None:
        self._scenario = scenario
        self._options = options
        self._stack = stack
        self._switch = switch
        self._show = show
        self._earlier = len(switch.legs())
        self._directions = list(scenario.directions)
        self._second: str | None = None
        self._supervisor: Supervisor | None = None
        self._answers: dict[str, int] = {}
        self._props, spoken = _props(scenario, options, stack.settings.data_dir)
        self.follower = Follower(stack, switch, options.speed, spoken)

    def run(self, listener: AlarmListener) -> Seen | None:
        """Let the caller dial and follow until the play is over or its time is up."""
        self._set_the_scene()
        posted = len(listener.posts)
        self._direct(None)
        call_sid = self._dial(cast.CALLER)
        until = time.monotonic() + self._scenario.limit_s / self._options.speed + WORK_S
        seen: Seen | None = None
        try:
            while time.monotonic() < until:
                seen = self._look(call_sid, listener, posted) or seen
                self._direct(seen)
                if seen is not None and not self._directions and self._scenario.done(seen):
                    break
        finally:  # who plays next finds every part running
            self._stack.start_again(DISPATCHER)
        self.follower.finish(self._show)
        return self._measured(seen) if seen else None

    def _dial(self, number: str) -> str:
        return self._switch.dial(number, self._stack.settings.phone_number)

    def _look(self, call_sid: str, listener: AlarmListener, posted: int) -> Seen | None:
        outcome = self.follower.step(call_sid, self._show)
        if outcome is None:
            return None
        legs = tuple(self._switch.legs()[self._earlier :])
        second = read_outcome(self._stack.runtime, self._second) if self._second else None
        return Seen(
            outcome,
            legs=legs,
            posts=tuple(listener.posts[posted:]),
            second=second,
            prompts={number: tuple(names) for number, names in self.follower.prompts.items()},
            answers=dict(self._answers),
        )

    def _direct(self, seen: Seen | None) -> None:
        """Do what is to be done behind the stage now, one thing after the other."""
        stage = Stage(
            self._stack.kill,
            self._stack.start_again,
            self._dial_in,
            self._put,
            self._call_again,
            lambda name, asked: self._ask(seen, name, asked),
            seen,
            self._props,
        )
        while self._directions and self._directions[0].when(seen):
            direction = self._directions.pop(0)
            self.follower.announce(direction.sentence)
            direction.act(stage)

    def _put(self, person: cast.Person, script: cast.Script) -> None:
        self._switch.register(person.number, script)

    def _call_again(self, script: cast.Script) -> None:
        self._switch.register(cast.CALLER, script)
        self._dial(cast.CALLER)

    def _ask(self, seen: Seen | None, name: str, asked: Callable[[Supervisor, str], int]) -> None:
        if seen is None:
            raise DemoError("The console cannot be asked about a report before there is one.")
        if self._supervisor is None:
            self._supervisor = Supervisor(self._stack.runtime, self._stack.settings.public_url)
            self._answers["sign in"] = self._supervisor.sign_in()
        self._answers[name] = asked(self._supervisor, seen.outcome.report_id)

    def _dial_in(self) -> None:
        self._second = self._dial(cast.SECOND_CALLER)

    def _set_the_scene(self) -> None:
        runtime = self._stack.runtime
        with runtime.database.transaction() as session:
            roster = roster_file.parse(self._scenario.roster)
            desk_roster.apply(session, runtime.vault, roster)
        for person in cast.EVERYBODY:
            self._switch.register(person.number, cast.never())
        for person, script in self._scenario.phones(self._props).items():
            self._put(person, script)
        caller = self._scenario.caller(self._scenario.language, self._props)
        self._switch.register(cast.CALLER, caller)
        if self._scenario.second is not None:
            second = self._scenario.second(self._scenario.language, self._props)
            self._switch.register(cast.SECOND_CALLER, second)

    def check(self, seen: Seen | None) -> list[tuple[Expectation, bool]]:
        """Every expectation of the scenario and whether it held."""
        return [(e, seen is not None and e.holds(seen)) for e in self._scenario.expect]

    def _measured(self, seen: Seen) -> Seen:
        spoken = self._scenario.spoken
        wer = None
        if spoken:
            wer = word_error_rate(spoken, seen.outcome.transcript, self._scenario.language)
        return replace(seen, spoken=spoken, wer=wer, tones=self._tones(seen), heard=self._heard())

    def _heard(self) -> str:
        """What the caller's phone heard on its last call, as the machine understands it."""
        if not self._scenario.listens:
            return ""
        language = self._scenario.language
        folder = model_folder(language, self._stack.settings.models_dir)
        return (
            Engine({language: folder})
            .transcribe(decode(self._switch.heard(cast.CALLER)), language)
            .text
        )

    def _tones(self, seen: Seen) -> dict[str, float]:
        """By number of each phone that talked: seconds of the other side's tone it heard."""
        talked = {leg["number"] for leg in seen.legs if leg["answered"] is not None}
        heard = {}
        for number in talked:
            caller = number in (cast.CALLER, cast.OTHER_PHONE.number)
            hz = cast.RESPONDER_TONE_HZ if caller else cast.CALLER_TONE_HZ
            heard[number] = tones.seconds_of(self._switch.heard(number), hz)
        return heard


def _props(scenario: Scenario, options: DemoOptions, folder: Path) -> tuple[Props, dict[str, str]]:
    """Sound files, and what is said in each."""
    greeting = speech.greeting(folder)
    if options.audio is not None:
        words = speech.given(options.audio)
    else:
        words = speech.caller(scenario.sentences, scenario.language, folder)
    spoken = {words.name: ". ".join(scenario.sentences), greeting.name: speech.GREETING}
    if not scenario.later:
        return Props(str(words), str(greeting)), spoken
    later = speech.later(scenario.later, scenario.language, folder)
    spoken[later.name] = ". ".join(scenario.later)
    return Props(str(words), str(greeting), str(later)), spoken


def demo_settings(
    scenario: Scenario, space: Space, alarm_url: str, record: str = "stream"
) -> Settings:
    """The demonstration's own settings; of the user's only models and recordings are kept."""
    given = load_settings()
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        **_defaults()
        | {
            "data_dir": space.data_dir,
            "database_url": space.database_url,
            "models_dir": given.models_dir,
            "recordings_dir": given.recordings_dir,
            "alarm_url": alarm_url,
            "record": record,
            "console_secure_cookies": False,
            "second_factor": "offered",
            "repeat_calls": 0,  # all of its callers have one telephone
        }
        | dict(scenario.settings),
    )


def _defaults() -> dict[str, Any]:
    """Every setting at its default, so that the environment changes nothing."""
    fields = Settings.model_fields.items()
    return {name: field.get_default(call_default_factory=True) for name, field in fields}


def _describe(stack: Stack, options: DemoOptions, terminal: Terminal, took_s: float) -> None:
    terminal.say(f"Ready after {took_s:.1f} s; the telephone runs {options.speed:g} times faster.")
    if options.verbose:
        pids = "  ".join(f"{name} {pid}" for name, pid in stack.pids().items())
        terminal.say(f"Processes: {pids}  (also in {stack.settings.data_dir / 'run'})")
    terminal.say()


@contextmanager
def _log(data_dir: Path, verbose: bool) -> Iterator[Any]:
    """A sink that writes every process's lines to `<data_dir>/log`, and to stderr if wanted."""
    folder = data_dir / "log"
    folder.mkdir(mode=0o700, exist_ok=True)

    def sink(name: str, line: str) -> None:
        with (folder / f"{name}.log").open("a") as file:
            file.write(line + "\n")
        if verbose and worth_showing(name, line):
            print(readable(name, line), file=sys.stderr)

    yield sink
