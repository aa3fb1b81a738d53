"""Bridges: conferences at the carrier, each with a caller and whoever talks with them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from hotline.simulate.carrier import FakeCall


@dataclass
class Room:
    """One conference. on_end: the caller's and each responder's way on when it is over."""

    caller: FakeCall | None = None
    on_end: Callable[[], None] | None = None
    responders: dict[str, Callable[[], None]] = field(default_factory=dict)


class Rooms:
    """All conferences by name. The caller's leaving ends one, and so does the last responder's."""

    def __init__(self) -> None:
        self.rooms: dict[str, Room] = {}
        self.of_leg: dict[str, str] = {}

    def caller_joins(self, name: str, leg: FakeCall, on_end: Callable[[], None]) -> None:
        """The caller comes in."""
        room = self.rooms.setdefault(name, Room())
        room.caller, room.on_end = leg, on_end
        self.of_leg[leg.id] = name

    def responder_joins(self, name: str, leg: FakeCall, on_end: Callable[[], None]) -> None:
        """A responder comes in; `on_end` runs when the caller has left."""
        self.rooms.setdefault(name, Room()).responders[leg.id] = on_end
        self.of_leg[leg.id] = name

    def leaves(self, leg: FakeCall) -> None:
        """A leg is no longer in its room, if it was in one."""
        name = self.of_leg.pop(leg.id, None)
        if name is None:
            return
        room = self.rooms[name]
        if room.caller is not None and room.caller.id == leg.id:
            room.caller, room.on_end = None, None
            for leg_id, on_end in list(room.responders.items()):
                del room.responders[leg_id]
                self.of_leg.pop(leg_id, None)
                on_end()
        elif room.responders.pop(leg.id, None) is not None and not room.responders:
            caller, over = room.caller, room.on_end
            room.caller = room.on_end = None
            if caller is not None and over is not None:
                self.of_leg.pop(caller.id, None)
                over()

    def company(self, leg: FakeCall) -> bool:
        """Whether a caller is in a room with somebody."""
        name = self.of_leg.get(leg.id)
        return name is not None and bool(self.rooms[name].responders)

    def colleagues(self, leg: FakeCall) -> list[str]:
        """Ids of the responders' legs in the same room, without this one."""
        name = self.of_leg.get(leg.id)
        return [] if name is None else [k for k in self.rooms[name].responders if k != leg.id]
