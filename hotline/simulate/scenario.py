"""A run as plain data: who calls, who is rung and how they behave, and every fault there will be.

Nothing in a run is left to chance once its scenario is there, so that a scenario can be played
again, and made smaller piece by piece for as long as it still shows what went wrong.
"""

from dataclasses import dataclass
from enum import StrEnum

from hotline.dispatch.words import Step
from hotline.simulate.alike import Saying


class Manner(StrEnum):
    """What somebody does when their phone rings. `answer_s` after it rang, `think_s` after that.

    takes: presses 1 · twice: and once more · wrong_key: a wrong key, then 1 · late: presses 1 when
    the screening has gone over its time · declines: presses 2 · hangs_up: in the middle of the
    prompt · voicemail: a machine plays its greeting and hears the prompts out · silent: the line
    stays open · never: it rings out · busy, unreachable: the network says so · drops: takes it and
    falls off the bridge · hold: takes it, `*`, comes back · stays_away: `*`, and never comes back ·
    vanishes: `*`, and the leg ends · falls: takes it, and the leg ends before the bridge ·
    tab_closed: of a browser: it rings, and its page goes away · adds: `*`, law enforcement ·
    hands_over: `*`, a colleague.
    """

    TAKES = "takes"
    TWICE = "twice"
    WRONG_KEY = "wrong_key"
    LATE = "late"
    DECLINES = "declines"
    HANGS_UP = "hangs_up"
    VOICEMAIL = "voicemail"
    SILENT = "silent"
    NEVER = "never"
    BUSY = "busy"
    UNREACHABLE = "unreachable"
    DROPS = "drops"
    HOLD = "hold"
    STAYS_AWAY = "stays_away"
    VANISHES = "vanishes"
    ADDS = "adds"
    HANDS_OVER = "hands_over"
    FALLS = "falls"
    TAB_CLOSED = "tab_closed"


PRESSES_1 = frozenset(
    {
        *(Manner.TAKES, Manner.TWICE, Manner.WRONG_KEY, Manner.LATE, Manner.DROPS, Manner.HOLD),
        *(Manner.STAYS_AWAY, Manner.VANISHES, Manner.ADDS, Manner.HANDS_OVER, Manner.FALLS),
    }
)


@dataclass(frozen=True)
class Act:
    """What somebody does with one call. Seconds, each after the one before."""

    manner: Manner
    answer_s: float = 4.0
    think_s: float = 6.0
    talk_s: float = 30.0


@dataclass(frozen=True)
class Person:
    """Somebody who can be rung; the n-th call meets the n-th act, those after it the last one.

    away_until_s: on break from the beginning until so many seconds later; 0: never. browser: the
    same for calls to a browser in which they want to be rung first; none: they do not.
    browser_until_s: when its page goes away for good.
    """

    handle: str
    acts: tuple[Act, ...]
    languages: tuple[str, ...] = ("en",)
    active: bool = True
    away_until_s: float = 0.0
    browser: tuple[Act, ...] = ()
    browser_until_s: float = 1e8


@dataclass(frozen=True)
class Shift:
    """Who is on call until so many seconds after the run began."""

    until_s: float
    handles: tuple[str, ...]


@dataclass(frozen=True)
class Escalation:
    """A policy as a run has it."""

    steps: tuple[Step, ...]
    rounds: int = 1
    last_resort: Step | None = None
    alarm: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()


class Need(StrEnum):
    """What a caller does.

    message: leaves one and sends it · cut_off: hangs up in the middle of one · waits: wants to
    speak to somebody now · left_behind: the search was begun by a dispatcher of an earlier version
    that stopped before anybody was rung.
    """

    MESSAGE = "message"
    CUT_OFF = "cut_off"
    WAITS = "waits"
    LEFT_BEHIND = "left_behind"


@dataclass(frozen=True)
class Caller:
    """One caller. Times in seconds; None: it never happens.

    at_s: when they call. says_something: words before waiting. speaks_s: how long these last.
    patience_s: hangs up after waiting so long. talks_s: ends the talk after so long. back_after_s:
    calls again so long after leaving. words_after_s: when the transcript is there; `raises`: it
    raises the urgency. withdrawn_after_s: when an administrator ends the search. desk_after_s: when
    a colleague takes the report in the console. read_after_s: when a colleague reads it there, if
    it was taken together with another one. adds_after_s: when they call once more, return by number
    and PIN and say more; added_words_after_s: when the transcript of that is there, and
    `adds_grave`: it is life-safety. says: the words of the first message, where they matter: then
    triage and likeness have their say once the transcript is there.
    """

    need: Need
    at_s: float = 0.0
    language: str = "en"
    says_something: bool = True
    speaks_s: float = 5.0
    patience_s: float | None = None
    talks_s: float = 40.0
    back_after_s: float | None = None
    words_after_s: float | None = None
    raises: bool = False
    withdrawn_after_s: float | None = None
    desk_after_s: float | None = None
    read_after_s: float | None = None
    adds_after_s: float | None = None
    added_words_after_s: float | None = None
    adds_grave: bool = True
    says: Saying | None = None


POINTS = {
    "callback": ("callback_lost", "callback_doubled", "callback_delayed"),
    "caller_end": ("caller_end_lost", "caller_end_doubled", "caller_end_delayed"),
    "recording": ("recording_lost", "recording_delayed"),
    "place": (
        *("place_refused", "place_busy", "place_timeout_before", "place_timeout_after"),
        *("place_unheard", "list_lags"),
    ),
    "find": ("find_fails",),
    "state": ("state_fails",),
    "end": ("end_fails_before", "end_fails_after"),
    "redirect": ("redirect_fails",),
    "request": (
        *("crash_before_request", "crash_after_request", "race_in_request"),
        *("request_slow", "stalled_after_request"),
    ),
    "step": ("crash_at_begin", "crash_in_commit", "crash_after_commit", "race", "pause"),
}
"""Where something can go wrong, and what can go wrong there."""

FAULTS = tuple(kind for kinds in POINTS.values() for kind in kinds)
"""Every fault. Besides, `reordered` callbacks and `lease_lost` come about by the others."""


@dataclass(frozen=True)
class Fault:
    """The n-th time the run comes to this point, this goes wrong. `amount_s`: how late or long."""

    point: str
    nth: int
    kind: str
    amount_s: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """A whole run. policies: by urgency ("life-safety", else the default)."""

    people: tuple[Person, ...]
    policies: tuple[tuple[str, Escalation], ...]
    callers: tuple[Caller, ...]
    schedules: tuple[tuple[str, tuple[Shift, ...]], ...] = ()
    faults: tuple[Fault, ...] = ()
    engines: int = 1

    @property
    def size(self) -> int:
        """How much there is in it: what shrinking makes smaller."""
        acts = sum(len(p.acts) for p in self.people)
        steps = sum(len(e.steps) * e.rounds for _, e in self.policies)
        return acts + steps + 3 * len(self.callers) + len(self.faults) + self.engines
