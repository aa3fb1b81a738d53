"""What the nouns of <Dial> share: its options and what came of it."""

from dataclasses import dataclass
from typing import Self

from switch.calls import Call, Status
from switch.verbs.base import Attributes


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

    def take(self, child: Call) -> None:
        """Tell of one called phone; `completed` once it was answered, whatever came then."""
        self.child = child
        self.status = str(Status.COMPLETED if child.answered is not None else child.status)

    def params(self) -> dict[str, str]:
        """Form parameters of the action; a conference has only the status."""
        params = {"DialCallStatus": self.status}
        if self.child is not None:
            params["DialCallSid"] = self.child.sid
        if self.child is not None and self.child.answered is not None:
            params["DialCallDuration"] = str(self.child.duration_s)
        if self.bridged is not None:
            params["DialBridged"] = str(self.bridged).lower()
        return params
