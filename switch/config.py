"""What one switch is told at its start."""

from dataclasses import dataclass


@dataclass
class NumberHooks:
    """The webhooks of the hotline's own number; may be set later."""

    voice_url: str = ""
    fallback_url: str = ""
    status_callback: str = ""


@dataclass(frozen=True)
class Config:
    """Identity of the account and its number; `ring_slack_s` is added to every ring timeout."""

    account_sid: str
    auth_token: str
    hotline_number: str
    ring_slack_s: float = 0.0
