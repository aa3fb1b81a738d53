"""The words of the dispatch machine: states and events. Pure data, no behaviour."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class DispatchState(StrEnum):
    """The words of docs/design.md §3."""

    WAITING = "waiting"
    RINGING = "ringing"
    TAKEN = "taken"
    EXHAUSTED = "exhausted"
    WITHDRAWN = "withdrawn"


SEEKING = (DispatchState.WAITING, DispatchState.RINGING)
"""Somebody is looked for."""


class AttemptState(StrEnum):
    """The words of docs/design.md §3. The first four are live, the others final.

    taken: has it now (or had it when the case was closed) · joined: came into the bridge beside
    whoever has it · left: had it, and dropped off the bridge or handed it over.
    """

    INTENDED = "intended"
    PLACED = "placed"
    RINGING = "ringing"
    SCREENING = "screening"
    TAKEN = "taken"
    JOINED = "joined"
    LEFT = "left"
    DECLINED = "declined"
    UNANSWERED = "unanswered"
    BUSY = "busy"
    FAILED = "failed"
    MACHINE = "machine"
    CANCELLED = "cancelled"
    LOST = "lost"


LIVE = (
    AttemptState.INTENDED,
    AttemptState.PLACED,
    AttemptState.RINGING,
    AttemptState.SCREENING,
)
ENDINGS = (
    AttemptState.DECLINED,
    AttemptState.UNANSWERED,
    AttemptState.BUSY,
    AttemptState.FAILED,
    AttemptState.MACHINE,
    AttemptState.LOST,
)
"""What an attempt can end as when nobody took it."""
TOOK_IT = (AttemptState.TAKEN, AttemptState.JOINED, AttemptState.LEFT)
"""Whoever pressed 1 and was let in; we never end their call."""
HAS_IT = (AttemptState.TAKEN, AttemptState.JOINED)
"""Whoever pressed 1 and may be with the caller now."""
TALKS_AT_MOST = timedelta(hours=4)
"""Who has it counts as talking no longer than this, whatever the carrier says of their leg."""


class Role(StrEnum):
    """What a ring is for: seek: somebody who takes it · add: law enforcement into the bridge ·
    relieve: a colleague to whom it is handed over · tell: whoever has it, that the caller has said
    more."""

    SEEK = "seek"
    ADD = "add"
    RELIEVE = "relieve"
    TELL = "tell"


@dataclass(frozen=True)
class Step:
    """One step of the plan.

    targets: handles, and `schedule:NAME` for whoever is on call then. ring_s: for how many seconds
    each rings. in_order: one after the other instead of all together. overlap_s: after so many
    seconds the next phone (of this step, or of the next one) starts while the first rings on.
    unasked: people who have been rung for this report already are left out.
    """

    targets: tuple[str, ...]
    ring_s: float
    in_order: bool = False
    overlap_s: float | None = None
    unasked: bool = False


@dataclass(frozen=True)
class Attempt:
    """One ring. `overdue` counts how often its timer has fired in the present state; `turn` is the
    dispatch's when it was intended.

    phone_s: a browser is rung, and the ordinary phone of the same person for so many seconds after
    it; None: a phone is rung. ends_by: when the turn of somebody who was rung in the browser is
    over, on whatever they are rung.
    """

    id: str
    position: int
    state: AttemptState
    due_at: datetime | None
    overdue: int = 0
    role: Role = Role.SEEK
    ring_s: float = 25.0
    turn: int = 0
    phone_s: float | None = None
    ends_by: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether a phone may still ring or talk for it."""
        return self.state in LIVE


@dataclass(frozen=True)
class Dispatch:
    """The whole state.

    position: indexes `plan`; −1 before the first step. turn: counts the steps begun; other than the
    position it only grows, also when the plan begins again. taken_by: None while it is taken: it
    was taken at the desk. due_at: when the next phone starts beside those that ring. said_more: the
    caller has said something since that somebody must hear: never while it is taken and no phone
    rings for that.
    """

    plan: tuple[Step, ...]
    state: DispatchState = DispatchState.WAITING
    position: int = -1
    attempts: tuple[Attempt, ...] = ()
    taken_by: str | None = None
    due_at: datetime | None = None
    turn: int = 0
    said_more: bool = False

    def attempt(self, attempt_id: str) -> Attempt | None:
        """The attempt of that id, if it is one of this dispatch."""
        return next((a for a in self.attempts if a.id == attempt_id), None)

    @property
    def seeking(self) -> bool:
        """Whether the dispatch is still looking for somebody."""
        return self.state in SEEKING

    @property
    def live(self) -> tuple[Attempt, ...]:
        """The attempts for which a phone may ring or talk."""
        return tuple(a for a in self.attempts if a.live)


# --- events ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Begin:
    """Start ringing, or go on if a crash left the dispatch with nobody ringing."""


@dataclass(frozen=True)
class Resolved:
    """Whom the step rings now: ids of the new attempts, none if there is nobody (more). browsers:
    those of them that ring in a browser first."""

    position: int
    attempt_ids: tuple[str, ...]
    browsers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhoneFollows:
    """The ordinary phone of whoever was rung in the browser (`attempt_id`) is rung now, as the next
    part of the same turn."""

    attempt_id: str
    phone_id: str
    ring_s: float


@dataclass(frozen=True)
class Placed:
    """The carrier has accepted the call."""

    attempt_id: str


@dataclass(frozen=True)
class Delayed:
    """The carrier has no capacity at this moment; the call is asked for again."""

    attempt_id: str


@dataclass(frozen=True)
class Ringing:
    """The phone rings."""

    attempt_id: str


@dataclass(frozen=True)
class Answered:
    """Somebody or something picked up; this is not acceptance."""

    attempt_id: str


@dataclass(frozen=True)
class Accepted:
    """A person pressed 1, and the compare-and-set said yes."""

    attempt_id: str


@dataclass(frozen=True)
class Ended:
    """The leg is over (or the person passed, or the carrier refused); `outcome` is one of
    `ENDINGS`."""

    attempt_id: str
    outcome: AttemptState


@dataclass(frozen=True)
class Due:
    """The timer of an attempt has fired."""

    attempt_id: str


@dataclass(frozen=True)
class OverlapDue:
    """The next phone starts while the others ring on."""


@dataclass(frozen=True)
class TakeOver:
    """The transcript has raised the urgency: go on with these steps of a stricter policy."""

    plan: tuple[Step, ...]


@dataclass(frozen=True)
class CallerLeft:
    """The waiting caller has hung up. Without a word said nobody is needed any more."""

    said_something: bool


@dataclass(frozen=True)
class CallerBack:
    """Somebody is needed after all: the caller waits on the line again, or words came in.

    anew: whoever has it is not enough: it was taken at the desk and the caller waits for a voice,
    or it was closed before the caller said more.
    """

    anew: bool = False


@dataclass(frozen=True)
class Dropped:
    """Whoever took it has left the bridge while the caller stays."""

    attempt_id: str


@dataclass(frozen=True)
class TakenAtDesk:
    """Somebody takes it in the console, without a phone, or reads there what the caller has said
    since it was taken."""


@dataclass(frozen=True)
class SaidMore:
    """The caller has said something that somebody must hear now.

    plan: the steps to follow if nobody is told: those of the policy as it is now. tell: whoever has
    it is rung first.
    """

    plan: tuple[Step, ...]
    tell: bool


@dataclass(frozen=True)
class Withdraw:
    """An administrator has withdrawn the search."""


@dataclass(frozen=True)
class Invite:
    """Whoever has it asks for somebody to join (`add`) or to take over (`relieve`)."""

    role: Role


@dataclass(frozen=True)
class Invited:
    """Whom the invitation rings, each for so many seconds; none if there is nobody. tell: whoever
    has it. browsers: as in `Resolved`."""

    role: Role
    attempt_ids: tuple[str, ...]
    ring_s: float
    browsers: tuple[str, ...] = ()


Event = (
    Begin
    | Resolved
    | PhoneFollows
    | Placed
    | Delayed
    | Ringing
    | Answered
    | Accepted
    | Ended
    | Due
    | OverlapDue
    | TakeOver
    | CallerLeft
    | CallerBack
    | Dropped
    | TakenAtDesk
    | Withdraw
    | Invite
    | Invited
    | SaidMore
)
EVENTS: tuple[type, ...] = Event.__args__
