"""What every part of the caller's menu is made of: going on, staying, a missed key. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from ivr.spoken_steps import BeginAnswer
from ivr.steps import BeginMessage, Command, Event, Keys, Kind, Session, StartLive, State

TRIES = 2
"""Silences or wrong keys before the menu chooses for the caller (docs/design.md §2)."""
CHECKS = 3
"""Wrong entries in one call: pairs of number and PIN (the core caps them for all calls together),
or numbers that cannot be called back."""

Move = tuple[Session, Command | None]


def to(session: Session, state: State, *lead: str) -> Session:
    """The session in another state (or in the same anew), the prompts of `lead` said before it."""
    return replace(session, state=state, lead=lead, tries=0, polls=0)


def stay(session: Session, *lead: str) -> Move:
    """The same state once more, its tries counting on."""
    return replace(session, lead=lead), None


def missed(session: Session, event: Event, otherwise: Callable[[], Move]) -> Move:
    """A silence or a wrong key: once more, the second time `otherwise`."""
    if session.tries + 1 >= TRIES:
        return otherwise()
    lead = ("not_understood",) if isinstance(event, Keys) else ()
    return replace(session, tries=session.tries + 1, lead=lead), None


def key(event: Event) -> str:
    """The first key pressed; nothing for any other event."""
    return event.digits[:1] if isinstance(event, Keys) else ""


def speak_now(session: Session, *lead: str) -> Move:
    """A person is looked for at once, while the caller says a few words."""
    clean = replace(session, message=None, earlier=None, kind="opening")
    return to(clean, State.OPENING, *lead), StartLive()


def record(session: Session, kind: Kind, *lead: str, instead: bool = False) -> Move:
    """The recorder. instead: of waiting on the line."""
    clean = replace(session, message=None, earlier=None, kind=kind, rejoin=False)
    return to(clean, State.MESSAGE, *lead), BeginMessage(kind, instead_of_waiting=instead)


def ask_aloud(session: Session, kind: Literal["word", "digits"]) -> Move:
    """The caller may say what this state asks for; its tries count on."""
    asked = replace(session, asks=session.state, answer=None, lead=(), polls=0)
    return replace(asked, state=State.SAY), BeginAnswer(kind)
