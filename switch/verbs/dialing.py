"""What the nouns of <Dial> share: its options and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from switch.callbacks import RecordingHook
from switch.calls import Call, Status
from switch.taping import Tape, TapeOptions
from switch.verbs.base import Attributes

_RECORDING_EVENTS = frozenset({"in-progress", "completed", "absent"})
_RECORD = frozenset(
    {
        "true",
        "false",
        "do-not-record",
        "record-from-answer",
        "record-from-ringing",
        "record-from-answer-dual",
        "record-from-ringing-dual",
    }
)
_TRACKS = frozenset({"both", "inbound", "outbound"})
_TRIM = frozenset({"trim-silence", "do-not-trim"})


def recording_hook(attributes: Attributes) -> RecordingHook:
    """Where a verb's recording is announced; raises DocumentError."""
    return RecordingHook(
        attributes.string("recordingStatusCallback"),
        attributes.method("recordingStatusCallbackMethod"),
        attributes.words("recordingStatusCallbackEvent", "completed", _RECORDING_EVENTS),
    )


@dataclass(frozen=True)
class DialRecording:
    """What of a <Dial> is recorded: `begins` at ringing, answer, or never (empty)."""

    begins: str = ""
    options: TapeOptions = field(default_factory=TapeOptions)

    @classmethod
    def parse(cls, attributes: Attributes) -> Self:
        """Read it; raises DocumentError."""
        word = attributes.choice("record", "do-not-record", _RECORD)
        begins = "ringing" if "ringing" in word else "answer"
        return cls(
            "" if word in {"false", "do-not-record"} else begins,
            TapeOptions(
                track=attributes.choice("recordingTrack", "both", _TRACKS),
                dual=word.endswith("-dual"),
                trim=attributes.choice("trim", "do-not-trim", _TRIM) == "trim-silence",
                hook=recording_hook(attributes),
            ),
        )


@dataclass(frozen=True)
class DialOptions:
    """Attributes of <Dial>; times in telephone seconds."""

    timeout: int = 30
    time_limit: int = 14400
    caller_id: str = ""
    hangup_on_star: bool = False
    answer_on_bridge: bool = False
    sequential: bool = False

    @classmethod
    def parse(cls, attributes: Attributes) -> Self:
        """Read them; raises DocumentError."""
        return cls(
            timeout=attributes.number("timeout", 30, 1, 600),
            time_limit=attributes.number("timeLimit", 14400, 1, 14400),
            caller_id=attributes.string("callerId"),
            hangup_on_star=attributes.flag("hangupOnStar", False),
            answer_on_bridge=attributes.flag("answerOnBridge", False),
            sequential=attributes.flag("sequential", False),
        )


@dataclass
class Outcome:
    """What the action is told; `status` is one of Twilio's DialCallStatus words."""

    status: str = "canceled"
    child: Call | None = None
    bridged: bool | None = None
    seconds: int | None = None
    tape: Tape | None = None
    on_talk: Callable[[], None] | None = None

    def talking(self) -> None:
        """The parties hear each other from now on."""
        if self.on_talk is not None:
            self.on_talk()

    def take(self, child: Call) -> None:
        """Tell of one called phone; `completed` once it was answered, whatever came then."""
        self.child = child
        self.status = str(Status.COMPLETED if child.answered is not None else child.status)

    def params(self) -> dict[str, str]:
        """Form parameters of the action; a conference has only the status."""
        params = {"DialCallStatus": self.status}
        if self.child is not None:
            params["DialCallSid"] = self.child.sid
        if self.seconds is not None:
            params["DialCallDuration"] = str(self.seconds)
        elif self.child is not None and self.child.answered is not None:
            params["DialCallDuration"] = str(self.child.duration_s)
        if self.bridged is not None:
            params["DialBridged"] = str(self.bridged).lower()
        return params
