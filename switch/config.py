"""What one switch is told at its start."""

from dataclasses import dataclass


@dataclass
class NumberHooks:
    """The webhooks of the hotline's own number; may be set later."""

    voice_url: str = ""
    fallback_url: str = ""
    status_callback: str = ""
    message_url: str = ""


@dataclass(frozen=True)
class Keep:
    """How much of what is over is kept in memory: see `switch.keeping`. `hours` are of telephone
    time; `events` are those of the journal."""

    calls: int = 5000
    events: int = 200_000
    recordings: int = 1000
    hours: float = 24.0


@dataclass(frozen=True)
class Config:
    """Identity of the account and its number.

    `ring_slack_s` is added to every ring timeout. At most `calls_per_second` calls of the REST API
    leave in one telephone second, the others wait in line; 0 lets all leave at once.
    """

    account_sid: str
    auth_token: str
    hotline_number: str
    ring_slack_s: float = 0.0
    calls_per_second: float = 0.0
    keep: Keep = Keep()
