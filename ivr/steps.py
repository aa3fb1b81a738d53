"""The words of the caller's menu: session, events, commands and steps. Pure data, no behaviour.

The menu (`ivr.menu`) turns a session and an event into the next session and a step; the views run
the step's command through the core and render the rest as TwiML.
"""

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Literal

from ivr.callback_steps import CallbackCommand, CallbackEvent
from ivr.menu_rules import Rules as Rules
from ivr.spoken_steps import Say, SpokenCommand, SpokenEvent


class State(StrEnum):
    """Where a caller stands in the menu. proof: hears what all hear, and may key the code of a call
    that the hotline has placed to itself (`hotline.reports.synthetic`). word, blocked: before a
    person is rung for a telephone that calls again and again. say, understand: something is said in
    place of keys, and listened to."""

    PROOF = "proof"
    LANGUAGE = "language"
    MENU = "menu"
    OPENING = "opening"
    SPEAKING = "speaking"
    PARKED = "parked"
    CONNECTED = "connected"
    MESSAGE = "message"
    REVIEW = "review"
    LISTENING = "listening"
    RECEIPT = "receipt"
    RETURN_NUMBER = "return_number"
    RETURN_PIN = "return_pin"
    RETURN_STATUS = "return_status"
    CRISIS = "crisis"
    HELP = "help"
    CALLBACK = "callback"
    CALLBACK_CONFIRM = "callback_confirm"
    CALLBACK_KEPT = "callback_kept"
    WORD = "word"
    BLOCKED = "blocked"
    SAY = "say"
    UNDERSTAND = "understand"
    ENDED = "ended"


Kind = Literal["opening", "message", "addition"]
"""What a recording is: the words before waiting, a message, or words added on a later call."""


@dataclass(frozen=True)
class Session:
    """A caller's place in the menu; kept as JSON in the call's row, so it holds ids only.

    turn: counts accepted events; `at` names state and turn. lead: prompts said before the state's
    own. message: id of the recording under way or in review. earlier: the one it replaces.
    kind: of that recording. polls: of the present wait. number: the report number entered, while
    its PIN is asked. checks: failed look-ups, or numbers refused. found: state of the report found.
    replies: how many wait for the caller. callback: a number to call back is kept for it. room:
    name of the bridge the caller was sent to. rejoin: the bridge is over and the caller still
    there; the next poll says whether the responder comes back, and the search goes on only then, so
    that a caller who has said goodbye too can hang up before another phone rings. over: whoever has
    it has ended the call for both. by_verb: a stream was lost in this call, so the carrier records
    what is still to be said. synthetic: a call of our own, proven.
    """

    state: State = State.LANGUAGE
    turn: int = 0
    language: str = ""
    tries: int = 0
    lead: tuple[str, ...] = ()
    message: str | None = None
    earlier: str | None = None
    kind: Kind = "message"
    polls: int = 0
    number: str = ""
    checks: int = 0
    found: str = "waiting"
    replies: int = 0
    callback: bool = False
    room: str = ""
    rejoin: bool = False
    over: bool = False
    by_verb: bool = False
    synthetic: bool = False
    passed: bool = False
    asks: str = ""
    answer: str | None = None

    @property
    def at(self) -> str:
        """Names this very moment of the call; a webhook that names another one is a repeat."""
        return f"{self.state}-{self.turn}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {**asdict(self), "state": str(self.state), "lead": list(self.lead)}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> "Session":
        """From JSON values; unknown keys are passed over, an unreadable state begins anew."""
        known = {field.name: raw[field.name] for field in fields(cls) if field.name in raw}
        try:
            known["state"] = State(known.get("state", State.LANGUAGE))
        except ValueError:
            return cls()
        return cls(**{**known, "lead": tuple(known.get("lead", ()))})


# --- events: what has happened --------------------------------------------------------------


@dataclass(frozen=True)
class Arrived:
    """The call begins. asked: it may be the other end of a call of our own, and is asked."""

    asked: bool = False


@dataclass(frozen=True)
class Keys:
    """The caller pressed these keys (0 to 9, *)."""

    digits: str


@dataclass(frozen=True)
class Silence:
    """Nothing was pressed in time."""


@dataclass(frozen=True)
class Recorded:
    """A recording has ended; `seconds` as the carrier rounds them."""

    seconds: float


@dataclass(frozen=True)
class StreamLost:
    """The stream broke or was never opened, and the caller is still there. heard: the message holds
    some of their words already."""

    heard: bool


@dataclass(frozen=True)
class HungUp:
    """The caller is gone."""


@dataclass(frozen=True)
class DispatchIs:
    """What is true of the search for a person now, and how long the caller has waited.

    held: whoever has it stands in the menu of `*` and comes back. dropped: they left the bridge.
    """

    state: Literal["waiting", "ringing", "taken", "held", "dropped", "exhausted", "withdrawn"]
    waited_s: float = 0.0


@dataclass(frozen=True)
class DialEnded:
    """The bridge or the transfer is over, and the caller is still there."""

    answered: bool


@dataclass(frozen=True)
class Begun:
    """The core has made room for a recording."""

    message: str


@dataclass(frozen=True)
class Audible:
    """Whether the recording has arrived and can be played back."""

    ready: bool


@dataclass(frozen=True)
class Sent:
    """The core has committed what was said. Only now may the caller be told so."""


@dataclass(frozen=True)
class Found:
    """Number and PIN belong together: the report is waiting, taken or closed. callback: a number to
    call back is kept for it."""

    state: Literal["waiting", "taken", "closed"]
    replies: int = 0
    callback: bool = False


@dataclass(frozen=True)
class NotFound:
    """No such number and PIN; `locked` when no more guesses are allowed for now."""

    locked: bool = False


@dataclass(frozen=True)
class Proven:
    """Whether the digits were the code of our own call."""

    ours: bool


Event = (
    Arrived
    | Proven
    | Keys
    | Silence
    | Recorded
    | StreamLost
    | HungUp
    | DispatchIs
    | DialEnded
    | Begun
    | Audible
    | Sent
    | Found
    | NotFound
    | CallbackEvent
    | SpokenEvent
)

# --- commands: what the core is asked to do; each may give an event back ---------------------


@dataclass(frozen=True)
class StartLive:
    """Look for a person at once."""


@dataclass(frozen=True)
class LeaveRoom:
    """The bridge of this name is over for the caller, who waits for what comes next."""

    room: str


@dataclass(frozen=True)
class Rejoin:
    """The responder has left while the caller stays: look for the next person."""


@dataclass(frozen=True)
class BeginMessage:
    """Make room for a recording. Gives Begun.

    instead_of_waiting: the caller stops waiting on the line, the search goes on without them. If
    somebody has just taken the call, DispatchIs("taken") comes back and nothing is begun; so it is
    for the opening words.
    """

    kind: Kind
    instead_of_waiting: bool = False


@dataclass(frozen=True)
class FindRecording:
    """Ask whether a recording has arrived. Gives Audible."""

    message: str


@dataclass(frozen=True)
class SendMessage:
    """Send a message for good; `instead_of` is dropped, because it was said again. Gives Sent."""

    message: str
    instead_of: str | None = None


@dataclass(frozen=True)
class CheckReturn:
    """Look up an earlier report. Gives Found or NotFound."""

    number: str
    pin: str


@dataclass(frozen=True)
class Leave:
    """The caller has hung up: send what was said, end the wait on the line."""


@dataclass(frozen=True)
class Prove:
    """See whether these digits are the code of our own call. Gives Proven."""

    digits: str


Command = (
    StartLive
    | Prove
    | LeaveRoom
    | Rejoin
    | BeginMessage
    | FindRecording
    | SendMessage
    | CheckReturn
    | CallbackCommand
    | SpokenCommand
    | Leave
)

# --- steps: what the caller hears and may do next --------------------------------------------


@dataclass(frozen=True)
class Prompt:
    """One prompt by name; language None means the session's."""

    name: str
    language: str | None = None


@dataclass(frozen=True)
class Gather:
    """Wait for keys; prompts are cut short by a key. `digits` ends it early, and so does #."""

    digits: int = 1
    timeout_s: int = 4


@dataclass(frozen=True)
class Record:
    """Record after a beep until #, `silence_s` of silence, or `max_s`. streamed: to us, and not at
    the carrier."""

    message: str | None
    max_s: int
    silence_s: int
    streamed: bool = False


@dataclass(frozen=True)
class Park:
    """Keep the caller company for one turn, one key allowed, then ask again."""


@dataclass(frozen=True)
class Wait:
    """Come back at once: something is about to arrive."""


@dataclass(frozen=True)
class GoOn:
    """Come back as soon as the prompts are over; no key is asked for, nothing is recorded."""


@dataclass(frozen=True)
class Connect:
    """Join the caller with the responder who has taken the call."""


@dataclass(frozen=True)
class Transfer:
    """Dial the crisis line."""


@dataclass(frozen=True)
class HangUp:
    """End the call."""


Then = Gather | Record | Say | Park | Wait | GoOn | Connect | Transfer | HangUp


@dataclass(frozen=True)
class Step:
    """What happens next: prompts, then one thing; before both, the command for the core."""

    prompts: tuple[Prompt, ...]
    then: Then
    command: Command | None = None
