"""What happened at the phones of the page, as sentences. Pure.

Told from what the lines really did; what the hotline thinks of it is on its own pages. No sentence
holds a number, or a word of what was said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from switch.browser.handset import Role


@dataclass(frozen=True)
class Beat:
    """One sentence of the story; `stop`: the mark on the line (`caller`, `ringing`, `tried`,
    `taken`, `note`)."""

    stop: str
    text: str


_CALLER = {
    "dialed": Beat("caller", "You called."),
    "answered": Beat("note", "The hotline answered."),
    "beep": Beat("note", "You heard the tone: what you say now is recorded."),
    "bridged": Beat("taken", "You are connected with a person."),
    "bridge_left": Beat("note", "You are not connected any more."),
}
_RESPONDER = {
    "ringing": Beat("ringing", "{name}’s phone is ringing."),
    "answered": Beat(
        "ringing", "{name} picked up. That is not enough: a voicemail box does it too."
    ),
    "bridged": Beat("taken", "{name} and the caller can talk."),
    "bridge_left": Beat("note", "{name} left the call."),
}
_ENDED = {
    "no-answer": Beat("tried", "{name} did not answer."),
    "busy": Beat("tried", "{name} declined, or was busy."),
    "canceled": Beat("tried", "{name}’s phone stopped ringing."),
    "failed": Beat("tried", "{name}’s phone could not be rung."),
}
_HUNG_UP = {Role.CALLER: "You hung up.", Role.RESPONDER: "{name} hung up."}
_OVER = {Role.CALLER: "The hotline ended your call.", Role.RESPONDER: "The call to {name} ended."}


def beat(role: Role, name: str, event: str, details: Mapping[str, Any]) -> Beat | None:
    """The sentence of an event at somebody's phone; None for what is not worth one.

    A key brings `row`, how many were pressed one after the other: only the first is named, because
    what follows it may be a PIN.
    """
    found = _found(role, event, details)
    return None if found is None else Beat(found.stop, found.text.format(name=name))


def _found(role: Role, event: str, details: Mapping[str, Any]) -> Beat | None:
    if event == "key":
        who = "You" if role is Role.CALLER else "{name}"
        row = int(details["row"])
        return Beat("note", f"{who} pressed {details['digit'] if row == 1 else f'{row} keys'}.")
    if event == "hangup":
        if role is Role.RESPONDER and details["cause"] in _ENDED:
            return _ENDED[details["cause"]]
        texts = _HUNG_UP if details["by"] == "phone" else _OVER
        return Beat("note", texts[role])
    return (_CALLER if role is Role.CALLER else _RESPONDER).get(event)
