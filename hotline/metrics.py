"""What a Prometheus asks for: figures of this moment, read from the database at each scrape.

All that happens stands in the database, so one web process answers for the whole hotline and
nothing has to be counted in memory. Labels are words of closed lists: no name, number or school.
Costs some twenty queries by index; a minute between two scrapes is plenty.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from hotline.context import Runtime
from hotline.dispatch import synthetic as own_calls
from hotline.dispatch import words
from hotline.dispatch.model import Alarm, Attempt, Dispatch
from hotline.dispatch.words import LIVE, AttemptState, DispatchState
from hotline.reports import synthetic
from hotline.reports.model import Call, Report, ReportState
from hotline.tasks.model import Heartbeat, Task, TaskKind, TaskState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Of the text format (prometheus.io/docs/instrumenting/exposition_formats)."""
HOUR = timedelta(hours=1)
QUANTILES = (0.5, 0.95, 1.0)
KIB = 1024

Family = GaugeMetricFamily


def exposition(runtime: Runtime) -> bytes:
    """All figures in Prometheus' text format. Raises SQLAlchemyError without a database."""
    registry = CollectorRegistry(auto_describe=False)
    with runtime.database.reading() as session:
        registry.register(_Read(list(families(session, runtime.clock()))))
    registry.register(_Read([_memory(runtime.settings.data_dir / "run")]))
    return generate_latest(registry)


class _Read(Collector):
    """Families that are read already."""

    def __init__(self, found: Iterable[Family]) -> None:
        self._found = list(found)

    def collect(self) -> Iterable[Family]:
        return self._found


def families(session: Session, now: datetime) -> Iterator[Family]:
    """What the database says at this moment."""
    yield from _callers(session, now)
    yield from _reports(session, now)
    yield from _rings(session, now)
    yield from _tasks(session, now)
    opened = select(func.count(Alarm.id)).where(Alarm.acknowledged_at.is_(None))
    yield _one(
        "hotline_alarms_open", "Alarms that nobody has answered for.", session.scalar(opened)
    )
    beats = Family(
        "hotline_heartbeat_age_seconds",
        "Since a process was last alive, or a backup last made.",
        labels=["process"],
    )
    for row in session.scalars(select(Heartbeat).order_by(Heartbeat.process)):
        beats.add_metric([row.process], _seconds(row.beat_at, now))
    yield beats
    yield from _own_calls(session)


def _own_calls(session: Session) -> Iterator[Family]:
    """Without a value while the hotline has never called itself: no rule fires for what nobody
    wants."""
    failed = Family("hotline_synthetic_call_failures", "Calls to itself that failed in a row.")
    when = Family(
        "hotline_synthetic_call_last_success_timestamp_seconds",
        "When the last call to itself that reached its end was placed, Unix time.",
    )
    took = Family(
        "hotline_synthetic_call_stage_seconds",
        "From placing that call until it had reached a stage.",
        labels=["stage"],
    )
    if own_calls.newest(session) is not None:
        failed.add_metric([], len(own_calls.failures(session)))
    best = own_calls.last_success(session)
    if best is not None:
        when.add_metric([], best.placed_at.timestamp())
        for stage in own_calls.STAGES:
            took.add_metric([stage], _seconds(best.placed_at, getattr(best, f"{stage}_at")))
    yield from (failed, when, took)


def _callers(session: Session, now: datetime) -> Iterator[Family]:
    under_way = select(func.count(Call.id), func.count(Call.parked_at), func.min(Call.parked_at))
    under_way = under_way.where(Call.ended_at.is_(None), synthetic.real_calls())
    calls, waiting, since = session.execute(under_way).one()
    yield _one("hotline_calls", "Calls in progress.", calls)
    yield _one("hotline_callers_waiting", "Callers who wait for a person on the line.", waiting)
    yield _one("hotline_longest_wait_seconds", "The longest wait of these.", _seconds(since, now))


def _reports(session: Session, now: datetime) -> Iterator[Family]:
    # A report for which no search has begun has nobody either: so it is while no dispatcher lives.
    found = select(func.count(Report.id), func.min(Report.sent_at)).outerjoin(
        Dispatch, Dispatch.report_id == Report.id
    )
    given_up = Report.assignee.is_(None) & (Dispatch.state == DispatchState.EXHAUSTED)
    untaken = or_(Dispatch.id.is_(None), Dispatch.state.in_(words.SEEKING), given_up)
    count, since = session.execute(found.where(Report.state == ReportState.OPEN, untaken)).one()
    yield _one("hotline_reports_untaken", "Reports that nobody has taken.", count)
    yield _one("hotline_oldest_untaken_seconds", "The age of the oldest.", _seconds(since, now))


def _rings(session: Session, now: datetime) -> Iterator[Family]:
    first = (
        select(Report.sent_at, func.min(Attempt.placed_at))
        .join(Dispatch, Dispatch.report_id == Report.id)
        .join(Attempt, Attempt.dispatch_id == Dispatch.id)
        .where(Report.sent_at >= now - HOUR, Attempt.placed_at.is_not(None))
        .group_by(Report.id, Report.sent_at)
    )
    took = [
        max(0.0, _seconds(sent, placed))
        for sent, placed in session.execute(first)
        if placed is not None
    ]
    rang = Family(
        "hotline_first_ring_seconds",
        "From a report to its first ring, of the last hour.",
        labels=["quantile"],
    )
    for share in QUANTILES if took else ():
        rang.add_metric([f"{share:g}"], _quantile(took, share))
    yield rang
    attempts = Family(
        "hotline_attempts",
        "Rings for reports of the last hour, by what came of them.",
        labels=["outcome"],
    )
    then = aliased(Attempt)
    ended = (
        select(Attempt.state, func.count(Attempt.id))
        .join(Dispatch, Dispatch.id == Attempt.dispatch_id)
        .join(Report, Report.id == Dispatch.report_id)
        .where(Report.sent_at >= now - HOUR)
        # Who was rung in the browser and then on the phone had one turn (hotline.dispatch.turns).
        .where(~select(then.id).where(then.follows == Attempt.id).exists())
    )
    counted = dict(session.execute(ended.group_by(Attempt.state)).all())
    for state in AttemptState:
        attempts.add_metric([state.value], counted.get(state, 0))
    yield attempts
    timers = select(func.min(Attempt.due_at)).where(Attempt.state.in_(LIVE), Attempt.due_at <= now)
    late = _seconds(session.scalar(timers), now)
    yield _one("hotline_dispatch_lateness_seconds", "How late the next timer of a ring is.", late)


def _tasks(session: Session, now: datetime) -> Iterator[Family]:
    label = ["kind"]
    pending = Family("hotline_tasks_due", "Tasks that are due and not done.", labels=label)
    oldest = Family("hotline_task_age_seconds", "How long the oldest has been due.", labels=label)
    again = Family("hotline_tasks_retried", "Tasks not done that were begun before.", labels=label)
    query = (
        select(Task.kind, func.count(Task.id), func.min(Task.due_at))
        .where(Task.state == TaskState.PENDING, Task.due_at <= now)
        .group_by(Task.kind)
    )
    due = {kind: (count, since) for kind, count, since in session.execute(query)}
    retried = select(Task.kind, func.count(Task.id)).where(
        Task.state == TaskState.PENDING, Task.tries > 0
    )
    tried = dict(session.execute(retried.group_by(Task.kind)).all())
    for kind in TaskKind:
        count, since = due.get(kind, (0, None))
        pending.add_metric([kind.value], count)
        oldest.add_metric([kind.value], _seconds(since, now))
        again.add_metric([kind.value], tried.get(kind, 0))
    yield from (pending, oldest, again)


def _memory(folder: Path) -> Family:
    """Of the parts that `hotline up` runs on this machine; elsewhere the platform knows it."""
    family = Family(
        "hotline_resident_bytes",
        "Memory of a part on this machine, the models of worker and media in it.",
        labels=["process"],
    )
    for file in sorted(folder.glob("*.pid")):
        try:
            status = Path(f"/proc/{int(file.read_text())}/status").read_text()
        except (OSError, ValueError):
            continue
        sizes = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
        for size in sizes:
            family.add_metric([file.stem], int(size) * KIB)
    return family


def _quantile(values: Sequence[float], share: float) -> float:
    """Of some values, by nearest rank."""
    return sorted(values)[math.ceil(len(values) * share) - 1]


def _one(name: str, said: str, value: float | None) -> Family:
    return Family(name, said, value=value or 0)


def _seconds(since: datetime | None, until: datetime) -> float:
    """Seconds that have passed; 0 when there is nothing to count from."""
    return (until - since).total_seconds() if since is not None else 0.0
