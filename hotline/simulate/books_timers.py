"""The timers of the books in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from hotline.dispatch import words
from hotline.dispatch.model import Attempt, Dispatch

if TYPE_CHECKING:
    from hotline.simulate.books import MemoryStore


class MemoryTimers:
    """The part of `hotline.dispatch.books.Books` that is about timers and watchdogs."""

    store: MemoryStore

    def dispatch(self, dispatch_id: str) -> Dispatch | None:
        """As in `Books`."""
        raise NotImplementedError

    def is_any_due(self, now: datetime) -> bool:
        """As in `Books`."""
        return bool(self._due_attempts(now) or self._due_dispatches(now))

    def claim_due(
        self, now: datetime, passed_over: Sequence[str] = ()
    ) -> tuple[Dispatch, list[str]] | None:
        """As in `Books`."""
        due = self._due_attempts(now)
        ids = ({a.dispatch_id for a in due} | self._due_dispatches(now)) - set(passed_over)
        if not ids:
            return None
        row = self.dispatch(min(ids))
        if row is None:
            raise LookupError("an attempt without a dispatch")
        return row, sorted(a.id for a in due if a.dispatch_id == row.id)

    def _due_attempts(self, now: datetime) -> list[Attempt]:
        return [a for a in self.store.live.values() if a.due_at is not None and a.due_at <= now]

    def _due_dispatches(self, now: datetime) -> set[str]:
        rows = self.store.all(Dispatch).values()
        return {d.id for d in rows if d.due_at is not None and d.due_at <= now}

    def stranded(self) -> list[str]:
        """As in `Books`."""
        ringing = {a.dispatch_id for a in self.store.live.values()}
        rows = self.store.all(Dispatch).values()
        return [d.id for d in rows if d.state in words.SEEKING and d.id not in ringing]

    def beat(self, process: str, now: datetime) -> None:
        """Nobody watches the heartbeat here."""
