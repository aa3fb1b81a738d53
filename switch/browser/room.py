"""The room: all phones of the page, what can be said without a microphone, and the story so far."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from switch import placing
from switch.browser.handset import Handset, Holder, Role, State
from switch.browser.phone import BrowserPhone
from switch.browser.story import beat
from switch.calls import Call
from switch.exchange import Exchange
from switch.media import Clip

STORY = 200
"""Sentences kept; the oldest go first."""

ROW_S = 4.0
"""Keys that come so soon after one another, in telephone seconds, are one number or PIN."""

GRACE_S = 5.0
"""Telephone seconds that a call goes on after the page of its phone has gone: as long as a reload
takes. Then the phone hangs up, for nobody holds it any more."""


class RoomError(Exception):
    """Something a visitor asked for cannot be done; the sentence says why."""


@dataclass(frozen=True)
class Utterance:
    """Something that can be said without a microphone: its words, their language, µ-law audio."""

    text: str
    language: str
    audio: bytes = field(repr=False)


@dataclass(frozen=True)
class Person:
    """Whose phone it is."""

    number: str
    name: str
    role: Role


class Room:
    """The phones of one exchange that live in browsers. `changed` are told after each change."""

    def __init__(self, exchange: Exchange) -> None:
        """An empty room; `key` opens all of it."""
        self._exchange = exchange
        self.key = secrets.token_urlsafe(24)
        self.handsets: dict[str, Handset] = {}
        self.utterances: tuple[Utterance, ...] = ()
        self.home = ""
        """Where the hotline's own pages are; empty: unknown."""
        self.changed: set[Callable[[], None]] = set()
        self._story: list[dict[str, Any]] = []
        exchange.on_note.append(self._heard_of)

    def furnish(self, people: list[Person], utterances: tuple[Utterance, ...], home: str) -> None:
        """Put these phones into the room and take away those of others; a phone whose number stays
        keeps its call and its key, and one that a script has taken stays the script's."""
        numbered = {handset.number: handset for handset in self.handsets.values()}
        kept = {}
        for person in people:
            handset = numbered.pop(person.number, None)
            if handset is None:
                id_ = secrets.token_hex(4)
                handset = Handset(id_, person.name, person.role, person.number)
                handset.on_change = self._tell
            handset.name, handset.role = person.name, person.role
            kept[handset.id] = handset
        for gone in numbered.values():
            self.put_down(gone)
            self._exchange.phones.detach(gone.number)
        self.handsets, self.utterances, self.home = kept, utterances, home
        for handset in kept.values():
            if not self._exchange.phones.known(handset.number):  # a script keeps what it has
                self._attach(handset)
        self._tell()

    def attach(self) -> None:
        """Let every number of the room ring here, also where a script has taken it meanwhile."""
        for handset in self.handsets.values():
            self._attach(handset)

    def _attach(self, handset: Handset) -> None:
        self._exchange.phones.attach(handset.number, partial(BrowserPhone, handset))

    def opened_by(self, key: str) -> list[Handset] | None:
        """The phones that a key opens: all, or one; None for a key that opens nothing."""
        if secrets.compare_digest(key.encode(), self.key.encode()):
            return list(self.handsets.values())
        for handset in self.handsets.values():
            if secrets.compare_digest(key.encode(), handset.key.encode()):
                return [handset]
        return None

    def call(self, handset: Handset) -> None:
        """The handset dials the hotline; raises RoomError."""
        if handset.state is not State.IDLE:
            raise RoomError("This phone is in a call; hang up first.")
        if not self._exchange.number.voice_url:
            raise RoomError("The hotline's number leads nowhere yet: it has no voice URL.")
        self._in_real_time()
        if handset.role is Role.CALLER:
            self._story.clear()
        placing.dial_in(self._exchange, handset.number, BrowserPhone(handset))

    def answer(self, handset: Handset) -> None:
        """Pick up; raises RoomError when it does not ring."""
        if handset.state is not State.RINGING or handset.control is None:
            raise RoomError("This phone does not ring any more.")
        self._in_real_time()
        handset.control.answer()

    def put_down(self, handset: Handset) -> None:
        """Hang up, decline, or give up; nothing when there is no call."""
        if handset.control is not None:
            handset.control.hang_up()

    def press(self, handset: Handset, digit: str) -> None:
        """Press a key; raises RoomError for no key, or without a call."""
        if len(digit) != 1 or digit not in "0123456789*#":
            raise RoomError("That is no key of a phone.")
        if handset.state is not State.TALKING or handset.control is None:
            raise RoomError("A key does nothing without a call.")
        handset.control.press(digit)

    def say(self, handset: Handset, number: int) -> None:
        """Say one of the utterances; raises RoomError."""
        if handset.state is not State.TALKING:
            raise RoomError("Nobody can hear you without a call.")
        if not 0 <= number < len(self.utterances):
            raise RoomError("There is no such sentence.")
        handset.utterance = Clip(self.utterances[number].audio)
        self._tell()

    def left_by(self, holder: Holder) -> None:
        """A page has gone: its phones hang up after GRACE_S unless another page took them."""
        for handset in self.handsets.values():
            if handset.holder is holder:
                handset.holder = None
                handset.microphone.clear()
                self._exchange.clock.call_later(GRACE_S, _when_left(self, handset, handset.control))

    def as_dict(self, handsets: list[Handset]) -> dict[str, Any]:
        """What a page shows that has opened these phones."""
        whole = len(handsets) == len(self.handsets)
        return {
            "phones": [
                handset.as_dict() | ({"key": handset.key} if whole else {}) for handset in handsets
            ],
            "utterances": [
                {"text": each.text, "language": each.language} for each in self.utterances
            ],
            "story": [
                {name: entry[name] for name in ("at", "stop", "text", "phone")}
                for entry in self._story
            ],
            "home": self.home,
            "whole": whole,
            "speed": self._exchange.clock.speed,
        }

    def _in_real_time(self) -> None:
        if self._exchange.clock.speed != 1.0:
            raise RoomError(
                "The telephone runs faster than life just now, for a trial; nobody could talk. "
                "Try again when the trial is over."
            )

    def _heard_of(self, call: Call, event: str, details: dict[str, Any]) -> None:
        handset = next((h for h in self.handsets.values() if h.number == call.far_number), None)
        if handset is None or call.phone is None or not isinstance(call.phone, BrowserPhone):
            return
        if event == "key":
            details = details | {"row": self._row(handset)}
        found = beat(handset.role, handset.name, event, details)
        if found is not None:
            at = datetime.now(UTC).isoformat()
            entry = {"at": at, "stop": found.stop, "text": found.text, "phone": handset.id}
            self._story.append(entry | {"row": details.get("row", 0)})
            del self._story[:-STORY]
            self._tell()

    def _row(self, handset: Handset) -> int:
        """How many keys were pressed in a row, with this one; the sentence of those before goes."""
        now = self._exchange.clock.now
        soon, handset.pressed_at = now - handset.pressed_at <= ROW_S, now
        last = self._story[-1] if self._story else {}
        if not soon or not last.get("row") or last["phone"] != handset.id:
            return 1
        self._story.pop()
        return int(last["row"]) + 1

    def _tell(self) -> None:
        for tell in tuple(self.changed):
            tell()


def _when_left(room: Room, handset: Handset, control: object) -> Callable[[], None]:
    def look() -> None:
        same_call = control is not None and handset.control is control
        # What rings goes on ringing: another page may open and answer it.
        if same_call and handset.holder is None and handset.state is not State.RINGING:
            room.put_down(handset)

    return look
