"""The auditor: a process of its own that looks for reports nobody has and nothing rings for.

It shares no code path with the engine (`hotline.dispatch.findings` holds its queries): a mistake
there cannot hide here. When the dispatcher is silent it rings the alarm's phones itself.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import requests
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import new_id
from hotline.dispatch import alarm, checkin, findings, synthetic, watch
from hotline.dispatch.findings import FOUND, NOBODY_TOOK_IT, Finding, Limits
from hotline.dispatch.model import Alarm
from hotline.dispatch.upkeep import Upkeep
from hotline.dispatch.wiring import ports_of
from hotline.tasks import heartbeat, queue
from hotline.tasks.model import Task, TaskKind, TaskState
from hotline.tasks.queue import LeaseLost

log = structlog.get_logger()

# Longer than one round of an alarm: some phones, each a REST call of at most 10 s.
LEASE_S = 60.0
# An alarm that has been due so long is one that no dispatcher rings.
OVERDUE_S = 10.0
PING_TIMEOUT_S = 5.0


class Auditor:
    """One auditor process. A second one beside it is safe."""

    def __init__(self, runtime: Runtime, *, elapsed: Callable[[], float] = time.monotonic) -> None:
        """`elapsed` gives seconds that only go on."""
        self._runtime = runtime
        self._elapsed = elapsed
        self._began = elapsed()
        self._ports = ports_of(runtime)
        self._upkeep = Upkeep(runtime, elapsed=elapsed)
        self._owner = f"{watch.AUDITOR}-{new_id()}"

    def run(self, stop: threading.Event) -> None:
        """Sweep until `stop` is set. A sweep that fails is logged, and beats no heart."""
        while not stop.is_set():
            for act in self._acts():
                try:
                    act()
                except Exception as error:
                    log.error("audit_failed", where=act.__name__, error=type(error).__name__)
            stop.wait(self._runtime.settings.audit_every_s)

    def sweep(self) -> list[Finding]:
        """Look once and raise what is to be raised; gives the findings no alarm was there for.

        HOTLINE_AUDITOR_URL is fetched only when there are none and the dispatcher is alive.
        """
        now, settings = self._runtime.clock(), self._runtime.settings
        limits = Limits(settings.transcript_wait_s, settings.wait_cap_s)
        with self._runtime.database.transaction() as session:
            watch.one_at_a_time(session)
            new = [f for f in findings.find(session, now, limits) if _raise(session, f, now)]
            unrung = _ring_again(session, now)
            silent = self._dispatcher_is_silent(session, now)
            if silent:
                watch.raise_silence(session, watch.DISPATCHER, now)
            heartbeat.beat(session, watch.AUDITOR, now)
        if not new and not unrung and not silent:
            self._ping()
        return new

    def ring_alarms(self) -> int:
        """Ring the alarms that no dispatcher rings; gives how many."""
        now = self._runtime.clock()
        with self._runtime.database.transaction() as session:
            waits_s = 0.0 if self._dispatcher_is_silent(session, now) else OVERDUE_S
            due = queue.due(session, [TaskKind.ALARM], now - timedelta(seconds=waits_s))
        return sum(self._ring(task_id) for task_id in due)

    def check_in(self) -> None:
        """Ring whoever's shift begins soon, where that is wanted."""
        if self._runtime.settings.check_in_s > 0:
            checkin.look(self._runtime)

    def call_itself(self) -> None:
        """See how the synthetic call goes, and place the next one, where that is wanted."""
        synthetic.look(self._runtime, only_look=self._is_fresh())

    def _acts(self) -> tuple[Callable[[], object], ...]:
        """What is done in each round, the most important first."""
        return (
            self.sweep,
            self.ring_alarms,
            self.check_in,
            self.call_itself,
            self._upkeep.go_on,
        )

    def _ring(self, task_id: str) -> bool:
        runtime = self._runtime
        with runtime.database.transaction() as session:
            lease = queue.claim(session, task_id, self._owner, runtime.clock(), LEASE_S)
        if lease is None:
            return False
        try:
            alarm.sound(self._ports, lease)
        except LeaseLost:
            log.info("lease_lost", task=task_id)
        except Exception:  # due again at once, for whoever comes first
            with runtime.database.transaction() as session:
                queue.postpone(session, lease, runtime.clock(), "audit_failed")
            raise
        return True

    def _dispatcher_is_silent(self, session: Session, now: datetime) -> bool:
        """Not in the first `silence_s` of this process: both may have been started just now."""
        limit_s = self._runtime.settings.silence_s
        return not self._is_fresh() and watch.is_silent(session, watch.DISPATCHER, now, limit_s)

    def _is_fresh(self) -> bool:
        return self._elapsed() - self._began < self._runtime.settings.silence_s

    def _ping(self) -> None:
        url = self._runtime.settings.auditor_url
        if url is None:
            return
        try:
            requests.get(url, timeout=PING_TIMEOUT_S).raise_for_status()
        except requests.RequestException as error:  # its monitor will say so
            log.warning("monitor_not_reached", error=type(error).__name__)


def _raise(session: Session, finding: Finding, now: datetime) -> bool:
    """Raise the alarm of a finding; false when there is one, or a person has answered it."""
    if watch.alarmed(session, finding.report_id, (NOBODY_TOOK_IT, FOUND), finding.since):
        return False
    watch.raise_alarm(session, finding.report_id, FOUND, now, what=finding.what)
    log.error("auditor_found", report=finding.report_id, code=finding.what)
    return True


def _ring_again(session: Session, now: datetime) -> int:
    """Open alarms that have lost the task which rings them get another; gives how many."""
    ringing = select(Task.subject_id).where(
        Task.kind == TaskKind.ALARM, Task.state == TaskState.PENDING
    )
    silent = select(Alarm.id).where(Alarm.acknowledged_at.is_(None), Alarm.id.not_in(ringing))
    found = list(session.scalars(silent))
    for alarm_id in found:
        log.error("alarm_not_ringing", alarm=alarm_id)
        watch.add_ringing(session, alarm_id, now, key=f"{TaskKind.ALARM}:{alarm_id}:{new_id()}")
    return len(found)
