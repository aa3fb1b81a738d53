"""What people have said of themselves, in the books in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.oncall import duty
from hotline.oncall.model import Duty, DutyState
from hotline.people.push import Delivery, Device

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryStore


class MemoryPeople:
    """The part of `hotline.dispatch.books.Books` that is about duty and browsers."""

    store: MemoryStore

    def away(self, now: datetime) -> set[str]:
        """As in `Books`."""
        rows = self.store.all(Duty).values()
        said = {r.responder_id for r in rows if duty.standing(r, now).state is not DutyState.ON}
        return {r.handle for r in self.store.responders.values() if r.id in said}

    def is_subscribed(self, responder_id: str) -> bool:
        return False  # nobody of the simulation has a browser

    def devices(self, responder_id: str) -> Sequence[Device]:
        return ()

    def push_delivered(self, device_id: str, outcome: Delivery, now: datetime) -> None:
        """Nothing was sent."""
