"""What a scenario is: who does what, and what must have happened at the end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hotline.demo.cast import Person, Script
from hotline.demo.outcome import Outcome
from hotline.demo.supervisor import Supervisor


@dataclass(frozen=True)
class Seen:
    """What the demonstration saw: the outcome, and what only the telephones know.

    spoken: what the caller really said, empty when that is not known. wer: of the transcript, None
    without `spoken`. legs: of the switch, oldest first. tones: by phone number, seconds of the
    other side's tone it heard. posts: what was posted to the alarm URL. second: what came of the
    second caller's call. prompts: by phone number, the names of the prompts it was played, in
    order. heard: the words of what the caller's phone heard on its last call, as the machine
    understands them; empty where no play asks for it. answers: statuses of the console, by what
    was asked of it.
    """

    outcome: Outcome
    spoken: str = ""
    wer: float | None = None
    legs: tuple[dict[str, Any], ...] = ()
    tones: Mapping[str, float] = field(default_factory=dict)
    posts: tuple[dict[str, Any], ...] = ()
    second: Outcome | None = None
    prompts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    heard: str = ""
    answers: Mapping[str, int] = field(default_factory=dict)

    @property
    def quiet(self) -> bool:
        """Whether no leg is live any more."""
        return all(leg["ended"] is not None for leg in self.legs)


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold at the end, as a sentence and as a test."""

    sentence: str
    holds: Callable[[Seen], bool]


@dataclass(frozen=True)
class Props:
    """Sound files of one run: absolute paths. later: what the caller says on a later call."""

    speech: str
    greeting: str
    later: str = ""


@dataclass(frozen=True)
class Stage:
    """What somebody behind the stage can do to the running hotline.

    kill, start_again: a process by name. dial_in: another call comes in (the second caller's).
    phone: from now on that person's phone does this. call_again: the caller dials once more and
    does this. ask: something of the console, for the report of the play; what it answers is kept
    under that name.
    """

    kill: Callable[[str], None]
    start_again: Callable[[str], None]
    dial_in: Callable[[], None]
    phone: Callable[[Person, Script], None]
    call_again: Callable[[Script], None]
    ask: Callable[[str, Callable[[Supervisor, str], int]], None]
    seen: Seen | None
    props: Props


@dataclass(frozen=True)
class Direction:
    """What is done behind the stage, once, as soon as `when` holds; `sentence` tells the audience.

    `when` is asked before the caller dials (nothing is seen then) and all the time from there on.
    """

    sentence: str
    when: Callable[[Seen | None], bool]
    act: Callable[[Stage], None]


@dataclass(frozen=True)
class Scenario:
    """One scripted call.

    sentences: what the caller says, one utterance. caller: the caller's script. phones: those who
    are rung. roster: TOML. done: when the play is over (before that the demonstration waits).
    limit_s: telephone seconds it may take. settings: changes to the hotline's settings.
    directions: what happens behind the stage, in this order. second: the second caller's script.
    later: what the caller says on a later call, one utterance. listens: the machine writes down
    what the caller's phone hears on its last call.
    """

    name: str
    title: str
    language: str
    sentences: tuple[str, ...]
    caller: Callable[[str, Props], Script]
    phones: Callable[[Props], Mapping[Person, Script]]
    roster: str
    expect: tuple[Expectation, ...]
    done: Callable[[Seen], bool]
    limit_s: float = 400.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    directions: tuple[Direction, ...] = ()
    second: Callable[[str, Props], Script] | None = None
    later: tuple[str, ...] = ()
    listens: bool = False

    @property
    def spoken(self) -> str:
        """What the caller says, as one text."""
        return " ".join((*self.sentences, *self.later))
