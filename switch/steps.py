"""What a call does next: fetch a document, or execute one that was given inline."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Fetch:
    """Request a document; `params` are added to those that describe the call."""

    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Inline:
    """Execute this TwiML text; it has no URL of its own."""

    twiml: str


Step = Fetch | Inline
