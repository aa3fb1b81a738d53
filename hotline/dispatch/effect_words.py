"""What the dispatch machine wants done: its effects. Pure data, no behaviour."""

from dataclasses import dataclass

from hotline.dispatch.words import Role


@dataclass(frozen=True)
class Resolve:
    """Find out whom the step rings now, and answer with `Resolved`."""

    position: int
    turn: int


@dataclass(frozen=True)
class ResolveInvited:
    """Find out who may join or take over, or who has it, and answer with `Invited`."""

    role: Role


@dataclass(frozen=True)
class ResolvePhone:
    """Journal the ring of the ordinary phone after that of the browser, and answer with
    `PhoneFollows`."""

    attempt_id: str
    ring_s: float


@dataclass(frozen=True)
class PlaceCall:
    """Ring the attempt's responder."""

    attempt_id: str


@dataclass(frozen=True)
class CancelCall:
    """End the attempt's call at the carrier, whatever it is doing."""

    attempt_id: str


@dataclass(frozen=True)
class LookUp:
    """Ask the carrier what became of the attempt's call."""

    attempt_id: str


@dataclass(frozen=True)
class ConnectCaller:
    """Tell the waiting caller's leg to come to the bridge now."""


@dataclass(frozen=True)
class RaiseAlarm:
    """Nobody took it: ring the alarm until a person acknowledges."""


Effect = (
    Resolve
    | ResolveInvited
    | ResolvePhone
    | PlaceCall
    | CancelCall
    | LookUp
    | ConnectCaller
    | RaiseAlarm
)
EFFECTS: tuple[type, ...] = Effect.__args__
