"""Broken ways of gathering what tells of the same, for `hotline.simulate.mutants`."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

from hotline.dispatch import effects, engine, unread, waves
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.unread import Told
from hotline.reports import likeness
from hotline.reports.incident_model import IncidentReport, Membership
from hotline.reports.model import Report
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease

Patch = Callable[[], AbstractContextManager[Any]]
_START = effects.start_dispatch
_TAKEN_WITH = waves._taken_with
_TELL_AT = unread.tell_at


def _guess_silences(ports: Ports, lease: Lease) -> None:
    """What is alike to another report rings nobody."""
    with ports.transaction() as books:
        link = books.get(IncidentReport, lease.subject_id)
        if link is not None and link.state is Membership.SUGGESTED:
            return books.finish(lease, ports.clock())
    return _START(ports, lease)


def _waits_for_ever(books: Books, report: Report, now: datetime) -> datetime | None:
    """What is alike waits for a ring of another report, however long that takes."""
    link = books.get(IncidentReport, report.id)
    waits = link is not None and link.state is Membership.SUGGESTED and not link.newer
    if not waits or books.dispatch_of(report.id) is not None:
        return None
    return now + timedelta(seconds=60)


def _unheard_too(books: Books, row: Dispatch, attempt: Attempt) -> list[Report]:
    """A press of 1 takes what came in after the phone was picked up, too."""
    link = books.get(IncidentReport, row.report_id)
    if link is None:
        return []
    found = books.gathered(
        link.incident_id, datetime.max.replace(tzinfo=attempt.intended_at.tzinfo)
    )
    return [report for report in found if report.id != row.report_id]


def _for_nobody(books: Books, report: Report, lead: str, responder_id: str, now: datetime) -> None:
    """What is taken with another report is nobody's."""
    _TAKEN_WITH(books, report, lead, responder_id, now)
    row = books.dispatch_of(report.id)
    if row is not None:
        row.responder_id = None


def _as_read(books: Books, report: Report, lead: str, responder_id: str, now: datetime) -> None:
    """What is taken with another report counts as read."""
    _TAKEN_WITH(books, report, lead, responder_id, now)
    row = books.dispatch_of(report.id)
    if row is not None:
        row.unread_at = None


def _forgets_unread(ports: Ports, lease: Lease) -> None:
    """What was taken with another report is never asked for again."""
    with ports.transaction() as books:
        books.finish(lease, ports.clock())


def _tells_once(since: datetime, told: Sequence[Told], after_s: float) -> datetime | None:
    """Who answers for an alarm about it and forgets it is not told again."""
    return None if told else _TELL_AT(since, told, after_s)


def _object(where: Any, name: str, broken: Any) -> Patch:
    return lambda: mock.patch.object(where, name, broken)


def _start(handler: Callable[[Ports, Lease], None]) -> Patch:
    return _task(TaskKind.START_DISPATCH, handler)


def _task(kind: TaskKind, handler: Callable[[Ports, Lease], None]) -> Patch:
    return lambda: mock.patch.dict(engine.HANDLERS, {kind: handler})


BROKEN: tuple[tuple[str, tuple[str, ...], Patch], ...] = (
    ("a-guess-silences-a-report", ("I1", "I8"), _start(_guess_silences)),
    ("newer-facts-do-not-ring", ("I8",), _object(likeness, "says_something_new", lambda *_: False)),
    ("gathers-for-ever", ("I8",), _object(waves, "waits_until", _waits_for_ever)),
    ("everything-is-alike", ("I8", "I4"), _object(likeness, "ALIKE", 0.0)),
    ("takes-what-nobody-has-heard-of", ("I4",), _object(waves, "_with", _unheard_too)),
    ("taken-together-for-nobody", ("I4",), _object(waves, "_taken_with", _for_nobody)),
    ("taken-together-as-if-read", ("I4",), _object(waves, "_taken_with", _as_read)),
    ("unread-for-ever", ("I3",), _task(TaskKind.UNREAD, _forgets_unread)),
    ("unread-told-once", ("I3",), _object(unread, "tell_at", _tells_once)),
)
"""Name, the promises that must catch it, and the patch."""
