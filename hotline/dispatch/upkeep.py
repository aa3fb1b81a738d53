"""What the auditor's process does beside looking for lost reports: keeping the database quick,
deleting what is past its time, having the carrier forget calls, forgetting tasks, noting how far
the audit reaches, missing a backup that was not made.

Nobody waits for any of it, and looking for lost reports must never wait for it: each act stops
after a while and goes on in the next round.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from hotline import audit_anchors
from hotline.backup import record
from hotline.context import Runtime
from hotline.dispatch import call_records, late_outcomes, watch, wiring
from hotline.privacy import pseudonym
from hotline.reports import callback, callback_rings, callers, purging, spoken, texted
from hotline.tasks import queue

log = structlog.get_logger()

HOUR_S, DAY_S = 3600.0, 24 * 3600.0
AGAIN_S = 300.0
"""After an act that failed."""
PURGED_AT_ONCE = 200
"""Reports of one round."""
TASKS_KEPT = timedelta(days=30)
"""Tasks that have ended tell for so long what became of them; a call leaves a dozen."""
TASKS_AT_ONCE = 500
"""Of one round: others write meanwhile."""
BACKUP_OLD = "backup_old"
"""Reason of the alarm that no backup was made in time."""


@dataclass
class Turn:
    """An act and when it is next due. It says whether there is more of it to do at once."""

    act: Callable[[], bool]
    every_s: float
    due_at: float = -math.inf


class Upkeep:
    """The acts, each with a clock of its own: one that fails keeps none of the others back."""

    def __init__(self, runtime: Runtime, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        """`elapsed` gives seconds that only go on."""
        self._runtime = runtime
        self._elapsed = elapsed
        self._turns = (
            Turn(self._tend, DAY_S),
            Turn(self._delete_again, DAY_S),
            Turn(self._purge, DAY_S),
            Turn(self._forget_calls, HOUR_S),
            Turn(self._forget_numbers, HOUR_S),
            Turn(self._forget_tasks, HOUR_S),
            Turn(self._keep_anchor, DAY_S),
            Turn(self._miss_backup, HOUR_S),
            Turn(self._remind, HOUR_S),
        )

    def go_on(self) -> None:
        """Do what is due. An act that fails is logged and tried again after AGAIN_S."""
        for turn in self._turns:
            if self._elapsed() < turn.due_at:
                continue
            try:
                wait_s = 0.0 if turn.act() else turn.every_s
            except Exception as error:
                log.error("upkeep_failed", where=turn.act.__name__, error=type(error).__name__)
                wait_s = AGAIN_S
            turn.due_at = self._elapsed() + wait_s

    def _tend(self) -> bool:
        self._runtime.database.tend()
        return False

    def _delete_again(self) -> bool:
        """What the tombstones name, and a restored backup has brought back."""
        runtime = self._runtime
        path, now = runtime.settings.tombstones, runtime.clock()
        done = purging.replay(runtime.database, path, now, watch.AUDITOR)
        if done:
            log.warning("deleted_again", count=len(done))
        return False

    def _purge(self) -> bool:
        runtime = self._runtime
        settings = runtime.settings
        done = purging.purge(
            runtime.database,
            purging.clocks_of(settings),
            runtime.clock(),
            settings.tombstones,
            watch.AUDITOR,
            PURGED_AT_ONCE,
        )
        if done:
            log.info("purged", count=len(done))
        return len(done) == PURGED_AT_ONCE

    def _forget_calls(self) -> bool:
        return call_records.sweep(self._runtime, elapsed=self._elapsed).more

    def _forget_numbers(self) -> bool:
        """Those that callers left to be called back at, and whose texts belong together, when their
        time is over; and the pseudonyms of a day that is over."""
        runtime, now = self._runtime, self._runtime.clock()
        with runtime.database.transaction() as session:
            done = callback.expire(session, callback.limits_of(runtime.settings), now)
            callback_rings.expire(session, now)
            spoken.expire(session, now)
            callers.forget(session, pseudonym.day_of(now, runtime.settings.repeat_day_begins))
            done += texted.expire(session, runtime.settings.text_join_days, now)
        if done:
            runtime.database.forget_deleted()
            log.info("numbers_forgotten", count=done)
        return False

    def _forget_tasks(self) -> bool:
        before = self._runtime.clock() - TASKS_KEPT
        with self._runtime.database.transaction() as session:
            return queue.forget(session, before, TASKS_AT_ONCE) == TASKS_AT_ONCE

    def _keep_anchor(self) -> bool:
        with self._runtime.database.reading() as session:
            anchor = audit_anchors.of(session, self._runtime.clock())
        audit_anchors.keep(self._runtime.settings.anchors, anchor)
        return False

    def _miss_backup(self) -> bool:
        """Where backups are wanted, an old one is an alarm; whoever has acknowledged it is reminded
        after a day."""
        runtime, now = self._runtime, self._runtime.clock()
        if runtime.settings.backup_folder is None:
            return False
        with runtime.database.transaction() as session:
            watch.one_at_a_time(session)
            since = record.old_since(session, now)
            remind = now - timedelta(seconds=DAY_S)
            if since is None or watch.alarmed(session, None, (BACKUP_OLD,), max(since, remind)):
                return False
            watch.raise_alarm(session, None, BACKUP_OLD, now)
        log.error("backup_old")
        return False

    def _remind(self) -> bool:
        """Of outcomes that are late."""
        runtime = self._runtime
        done = late_outcomes.remind(runtime, lambda letter: wiring.post(runtime, letter))
        if done.reports:
            log.info("outcomes_reminded", count=done.reports)
        return False
