"""The dispatcher: does due tasks, fires due timers, beats its heart, sweeps. Needs no Redis.

Everything it knows stands in the database, so it can be killed at any line and started again, and
a second one can run beside it: every task is leased with a fencing token, every timer is claimed
with its dispatch locked.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta

import structlog

from hotline.database.base import new_id
from hotline.dispatch import (
    alarm,
    alarms,
    callback_task,
    check_task,
    delivery_task,
    effects,
    housekeeping,
    machine,
    moves,
    push,
    said_more,
    text_task,
    unread_task,
    words,
)
from hotline.dispatch.books import Ports
from hotline.tasks import heartbeat
from hotline.tasks.model import DISPATCHER_KINDS, WORKER_KINDS, TaskKind
from hotline.tasks.queue import Lease, LeaseLost

log = structlog.get_logger()

# Between the end of one ring and the next one: this, two transactions and the carrier's answer.
TICK_S = 0.05
SWEEP_EVERY_S = 5.0
# While no bell can be rung nobody is told of work: it is looked for more often.
UNHEARD_SWEEP_S = 1.0
BEAT_EVERY_S = 2.0
# A dead dispatcher's task is free again after so long; a living one renews what it still works on,
# however long the carrier takes to answer.
LEASE_S = 12.0
RENEW_EVERY_S = LEASE_S / 3
# Work that has been due so long although the bell was rung: nobody hears it, so it is done here.
OVERDUE_S = 10.0
THREADS = 8
# A task that has failed so often, by a mistake of ours, is an alarm.
FAILURES = 4
PROCESS = heartbeat.DISPATCHER
"""The name under which it beats its heart."""
# What nobody waits for: it has threads of its own, so that it never keeps a phone from ringing.
ASIDE = (TaskKind.PUSH, TaskKind.DELIVER_MAIL, TaskKind.SEND_TEXT, TaskKind.FORGET_TEXT)
AT_ONCE = tuple(kind for kind in DISPATCHER_KINDS if kind not in ASIDE)
ASIDE_THREADS = 2

HANDLERS: Mapping[TaskKind, Callable[[Ports, Lease], None]] = {
    TaskKind.START_DISPATCH: effects.start_dispatch,
    TaskKind.SAID_MORE: said_more.bring,
    TaskKind.UNREAD: unread_task.see_to,
    TaskKind.PLACE_CALL: effects.place_call,
    TaskKind.CANCEL_CALL: effects.cancel_call,
    TaskKind.LOOK_UP: effects.look_up,
    TaskKind.CONNECT_CALLER: effects.connect_caller,
    TaskKind.ALARM: alarm.sound,
    TaskKind.DRILL: check_task.see_to,
    TaskKind.CALL_BACK: callback_task.see_to,
    TaskKind.DELIVER: delivery_task.see_to,
    TaskKind.DELIVER_MAIL: delivery_task.send_mail,
    TaskKind.PUSH: push.tell,
    TaskKind.SEND_TEXT: text_task.send,
    TaskKind.FORGET_TEXT: text_task.forget,
    TaskKind.SETTLE_CALL: housekeeping.settle_call,
    TaskKind.WATCH_STREAM: housekeeping.watch_stream,
    TaskKind.WATCH_RING: housekeeping.watch_ring,
    TaskKind.WATCH_TALK: housekeeping.watch_talk,
    TaskKind.DELETE_RECORDING: housekeeping.delete_recording,
}


class Engine:
    """One dispatcher process. `run_here(task_id)` does a worker's task without any Redis."""

    def __init__(
        self,
        ports: Ports,
        run_here: Callable[[str], None],
        *,
        pool: Executor | None = None,
        elapsed: Callable[[], float] = time.monotonic,
        keep_time: Callable[[], None] = lambda: None,
    ) -> None:
        """`pool` does the tasks (threads by default); `elapsed` gives seconds that only go on;
        `keep_time` is called before anything is looked at that has a time."""
        self.ports = ports
        self._keep_time = keep_time
        self._run_here = run_here
        self._owner = f"{PROCESS}-{new_id()}"
        self._pool = pool or ThreadPoolExecutor(THREADS, thread_name_prefix="effect")
        # Apart and one at a time: transcription never keeps a phone from being rung.
        self._workers_pool = pool or ThreadPoolExecutor(1, thread_name_prefix="workers-task")
        self._aside_pool = pool or ThreadPoolExecutor(ASIDE_THREADS, thread_name_prefix="aside")
        self._elapsed = elapsed
        self._busy: set[str] = set()
        self._held: dict[str, tuple[Lease, float]] = {}
        """Leases of tasks under way, and when each was claimed or renewed."""
        self._swept_at = self._beaten_at = -math.inf
        self._heard = True
        """Whether the doorbell worked when it was last asked."""

    def run(self, stop: threading.Event) -> None:
        """Tick until `stop` is set; an error of one tick is logged and the next one tries again."""
        while not stop.is_set():
            try:
                self.tick()
            except Exception as error:  # whatever it is, the other reports need their dispatcher
                log.error("tick_failed", error=type(error).__name__)
            stop.wait(TICK_S)
        self._pool.shutdown(wait=True)
        for pool in (self._workers_pool, self._aside_pool):
            pool.shutdown(wait=True, cancel_futures=True)

    def tick(self) -> None:
        """Start all due tasks, fire all due timers; renew, beat and sweep when it is time."""
        self._keep_time()
        self._renew()
        for task_id, pool in self._due():
            self._busy.add(task_id)
            pool.submit(self._perform, task_id)
        self._fire_due()
        if self._elapsed() - self._beaten_at >= BEAT_EVERY_S:
            self._beaten_at = self._elapsed()
            with self.ports.transaction() as books:
                books.beat(PROCESS, self.ports.clock())
        if self._elapsed() - self._swept_at >= (SWEEP_EVERY_S if self._heard else UNHEARD_SWEEP_S):
            self._swept_at = self._elapsed()
            self.sweep()
            self._aside_pool.submit(self._listen)

    def sweep(self) -> None:
        """Ring again for overdue transcription work; do it here when nobody seems to hear."""
        now = self.ports.clock()
        with self.ports.reading() as books:
            waiting = books.due_tasks(WORKER_KINDS, now)
            late = books.due_tasks(WORKER_KINDS, now - timedelta(seconds=OVERDUE_S))
        self._restart_stranded()
        for task_id in waiting:
            heard = self.ports.doorbell.ring(task_id)
            if (task_id in late or not heard) and task_id not in self._busy:
                self._busy.add(task_id)
                self._workers_pool.submit(self._do_workers_task, task_id)

    def _listen(self) -> None:
        """See whether the doorbell works, apart from the ticks: that may take its time."""
        self._heard = self.ports.doorbell.hears()

    def _restart_stranded(self) -> None:
        """A dispatch that seeks and has nobody ringing goes on (a watchdog, never expected)."""
        with self.ports.transaction() as books:
            for dispatch_id in books.stranded():
                log.error("dispatch_stranded", dispatch=dispatch_id)
                moves.apply(books, dispatch_id, words.Begin(), self.ports.clock())

    def _due(self) -> list[tuple[str, Executor]]:
        """Tasks to begin with, each with the threads that do it."""
        now = self.ports.clock()
        with self.ports.reading() as books:
            at_once, aside = books.due_tasks(AT_ONCE, now), books.due_tasks(ASIDE, now)
        found = [(i, self._pool) for i in at_once] + [(i, self._aside_pool) for i in aside]
        return [(task_id, pool) for task_id, pool in found if task_id not in self._busy]

    def _renew(self) -> None:
        """Hold what is still worked on for longer."""
        for task_id, (lease, since) in list(self._held.items()):
            if self._elapsed() - since < RENEW_EVERY_S:
                continue
            try:
                with self.ports.transaction() as books:
                    books.renew(lease, self.ports.clock(), LEASE_S)
            except LeaseLost:  # done meanwhile, or somebody else's: its end will find out
                self._held.pop(task_id, None)
            else:
                self._held[task_id] = (lease, self._elapsed())

    def _fire_due(self) -> None:
        """Timers of one dispatch after the other, each in its own transaction."""
        with self.ports.reading() as books:  # nearly always there is none
            if not books.is_any_due(self.ports.clock()):
                return
        failed: list[str] = []
        while True:
            dispatch_id: str | None = None
            try:
                with self.ports.transaction() as books:
                    found = books.claim_due(self.ports.clock(), failed)
                    if found is None:
                        return
                    dispatch_id, due = found[0].id, found[1]
                    moves.apply(books, dispatch_id, words.OverlapDue(), self.ports.clock())
                    for attempt_id in due:
                        moves.apply(books, dispatch_id, words.Due(attempt_id), self.ports.clock())
            except Exception as error:  # it must not hold up the timers of other reports
                if dispatch_id is None:
                    raise
                failed.append(dispatch_id)
                self._mistaken(error, dispatch=dispatch_id)

    def _mistaken(self, error: Exception, **subject: str) -> None:
        """A mistake of ours: told in the log, and as an alarm when it is an illegal move."""
        log.error("timer_failed", error=type(error).__name__, exc_info=True, **subject)
        if isinstance(error, machine.IllegalMove):
            with self.ports.transaction() as books:
                alarms.raise_alarm(books, None, "illegal_move", self.ports.clock())

    def _perform(self, task_id: str) -> None:
        try:
            with self.ports.transaction() as books:
                lease = books.claim(task_id, self._owner, self.ports.clock(), LEASE_S)
            if lease is not None:
                self._held[task_id] = (lease, self._elapsed())
                self._handle(lease)
        except LeaseLost:
            log.info("lease_lost", task=task_id)
        except Exception as error:  # the task stays in the table and is due when its lease ends
            log.error("task_failed", task=task_id, error=type(error).__name__)
        finally:
            self._held.pop(task_id, None)
            self._busy.discard(task_id)

    def _handle(self, lease: Lease) -> None:
        """Do the task. One that fails is due again soon; one that goes on failing is told."""
        try:
            HANDLERS[lease.kind](self.ports, lease)
        except LeaseLost:
            raise
        except Exception as error:
            log.error("task_failed", task=lease.task_id, error=type(error).__name__, exc_info=True)
            now = self.ports.clock()
            with self.ports.transaction() as books:
                due = now + timedelta(seconds=min(2.0**lease.tries, LEASE_S))
                books.postpone(lease, due, type(error).__name__)
                if lease.tries >= FAILURES and lease.kind not in (TaskKind.ALARM, *ASIDE):
                    alarms.raise_alarm(books, None, f"failing_{lease.kind}", now)

    def _do_workers_task(self, task_id: str) -> None:
        try:
            self._run_here(task_id)
        except Exception as error:
            log.error("task_failed", task=task_id, error=type(error).__name__)
        finally:
            self._busy.discard(task_id)
