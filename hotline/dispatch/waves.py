"""Many calls about one thing: who is rung for the next one, and when.

While nobody has said whether a report is about the same, its alikeness decides only in which order
people are rung, never whether. It is brought to the owner of the incident first, who takes with it
everything that has been gathered; where the owner does not take it, its own policy begins with the
first step. What says something newer and is life-safety rings at once; anything else waits for that
ring for GATHERS_S at most, and for LONGEST_S if a phone rings for the incident by then
(docs/adr/0037-many-calls-one-incident.md).
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hotline.database.base import new_id
from hotline.dispatch import alarms, moves, policy, said_more, store, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.policy import Frozen
from hotline.dispatch.words import DispatchState, Role, Step
from hotline.oncall.model import Responder
from hotline.reports.incident_model import WITHIN, Incident, IncidentReport, Membership
from hotline.reports.model import Report, ReportState
from hotline.tasks.model import TaskKind

GATHERS_S = 120.0
"""So long after somebody was rung for an incident they are not rung for it again, unless there is
something newer: as no caller waits longer for a person."""
LONGEST_S = 180.0
"""No report waits longer than this for a ring that another one of its incident has: long enough
for a phone to be picked up, heard out and answered with a key."""
_AGAIN_S = 10.0
"""So often it is looked at again while a phone rings for the incident."""


def waits_until(books: Books, report: Report, now: datetime) -> datetime | None:
    """When the search for this report is to be looked at again; None: it begins now.

    The incident is locked from here on, so that a press of 1 that takes the report comes before or
    after it.
    """
    link = books.get(IncidentReport, report.id)
    if link is None or link.state not in WITHIN or link.newer:
        return None
    if books.dispatch_of(report.id) is not None:
        return None
    incident = books.incident(link.incident_id)
    if incident is None or link.joined_at > now or books.dispatch_of(report.id) is not None:
        return None  # joined later than now: the clock was set, and nobody knows how long it waits
    longest = link.joined_at + timedelta(seconds=LONGEST_S)
    if now >= longest:
        return None
    if books.is_sought_within(incident.id):
        return min(longest, now + timedelta(seconds=_AGAIN_S))
    if owner(books, incident, report, now) is None or incident.rung_at is None:
        return None
    gathers = min(incident.rung_at, link.joined_at) + timedelta(seconds=GATHERS_S)
    return gathers if gathers > now else None


def owner(books: Books, incident: Incident, report: Report, now: datetime) -> Responder | None:
    """Whoever has the incident, if their phone is to be rung first for this report: they are on
    duty, on no other call, and did not leave the last one of the incident to others."""
    last = books.dispatch_of(incident.lead_id) if incident.lead_id else None
    if last is None or last.state is not DispatchState.TAKEN:
        return None
    known = incident.responder_id
    found = books.get(Responder, known) if known is not None else store.owner_of(books, last)
    if found is None or found.handle in books.busy("", now):
        return None
    frozen = books.frozen_policy(report, now)
    return found if said_more.is_on_duty(books, found, frozen, now) else None


def opened(books: Books, report: Report, now: datetime) -> Dispatch:
    """The dispatch of the report, locked; a new one has not begun to ring. A report of an incident
    goes to its owner first."""
    row = books.dispatch_of(report.id)
    if row is None:
        frozen = _to_owner_first(books, report, books.frozen_policy(report, now), now)
        row = _new(books, report, frozen, now)
        books.note(report.id, now, "dispatch_started", policy=frozen.name)
    return books.dispatch(row.id) or row


def _new(books: Books, report: Report, frozen: Frozen, now: datetime) -> Dispatch:
    row = Dispatch(
        id=new_id(),
        report_id=report.id,
        state=DispatchState.WAITING,
        policy=frozen.name,
        urgency=report.urgency,
        snapshot=policy.to_snapshot(frozen),
        position=-1,
        started_at=now,
    )
    books.add(row)
    return row


def _to_owner_first(books: Books, report: Report, frozen: Frozen, now: datetime) -> Frozen:
    """The policy, with the owner of the report's incident as a step before its first one."""
    link = books.get(IncidentReport, report.id)
    if link is None or link.state is Membership.REJECTED:
        return frozen
    incident = books.incident(link.incident_id)
    if incident is None:
        return frozen
    first = owner(books, incident, report, now)
    incident.lead_id, incident.rung_at = report.id, now
    if first is None:
        return frozen
    books.note(report.id, now, "to_owner_first", responder=first.id)
    return replace(frozen, plan=(Step((first.handle,), store.INVITED_RING_S), *frozen.plan))


# --- taken ----------------------------------------------------------------------------------


def more(books: Books, row: Dispatch, attempt: Attempt) -> int:
    """How many reports more about the same a press of 1 takes: those gathered until the phone was
    picked up."""
    return len(_with(books, row, attempt))


def _with(books: Books, row: Dispatch, attempt: Attempt) -> list[Report]:
    link = books.get(IncidentReport, row.report_id)
    if link is None or link.state is Membership.REJECTED or attempt.answered_at is None:
        return []
    if attempt.role is Role.ADD:  # whoever joins takes nothing
        return []
    found = books.gathered(link.incident_id, attempt.answered_at)
    return [report for report in found if report.id != row.report_id]


def taken(books: Books, row: Dispatch, attempt: Attempt, now: datetime) -> None:
    """Somebody has pressed 1: they are the owner of its incident now, and have with it what was
    gathered; each of these is marked as unread until they have read it."""
    link = books.get(IncidentReport, row.report_id)
    if link is None or link.state is Membership.REJECTED:
        return
    incident = books.incident(link.incident_id)
    if incident is None:
        return
    incident.responder_id = attempt.responder_id
    for report in _with(books, row, attempt):
        _taken_with(books, report, row.report_id, attempt.responder_id, now)


def _taken_with(books: Books, report: Report, lead: str, responder_id: str, now: datetime) -> None:
    row = _new(books, report, books.frozen_policy(report, now), now)
    row = books.dispatch(row.id) or row
    books.note(report.id, now, "taken_with", responder=responder_id, other=lead)
    moves.apply(books, row.id, words.TakenAtDesk(), now)
    row.responder_id, row.unread_at = responder_id, now
    books.add_task(TaskKind.UNREAD, report.id, now)


def taken_at_desk(books: Books, report: Report, by: str) -> None:
    """A colleague has taken a report in the console (`by`: account id): the incident is theirs, if
    they have a phone here."""
    link = books.get(IncidentReport, report.id)
    person = books.responder_of(by)
    if link is None or link.state is Membership.REJECTED or person is None:
        return
    incident = books.incident(link.incident_id)
    if incident is not None:
        incident.responder_id = person.id


# --- what people decide ---------------------------------------------------------------------


def confirm(books: Books, report: Report, by: str, now: datetime) -> bool:
    """Somebody says that it is about the same (`by`: account id). If nobody has been sought for it
    yet, it goes to whoever has the incident, without a ring. False when there is nothing to
    decide."""
    link = books.get(IncidentReport, report.id)
    incident = books.incident(link.incident_id) if link is not None else None
    if link is None or incident is None or link.state is not Membership.SUGGESTED:
        return False
    link.state, link.decided_by, link.decided_at = Membership.CONFIRMED, by, now
    books.note(report.id, now, "incident_confirmed", by=by)
    if books.dispatch_of(report.id) is None and report.state is ReportState.OPEN:
        has_it = owner(books, incident, report, now)
        if has_it is not None and incident.lead_id is not None:
            _taken_with(books, report, incident.lead_id, has_it.id, now)
    return True


def reject(books: Books, report: Report, by: str, now: datetime) -> bool:
    """Somebody says that it is about something else (`by`: account id): its own search begins now,
    also if it was taken together with another one and nobody has read it yet. False when there is
    nothing to decide."""
    row = books.dispatch_of(report.id)
    row = books.dispatch(row.id) if row is not None else None
    link = books.get(IncidentReport, report.id)
    if link is None or link.state not in WITHIN:
        return False
    books.incident(link.incident_id)
    link.state, link.decided_by, link.decided_at = Membership.REJECTED, by, now
    books.note(report.id, now, "incident_rejected", by=by)
    if row is None:
        books.pull_forward(TaskKind.START_DISPATCH, report.id, now)
    elif _is_unheard(row):
        row.unread_at = None
        alarms.acknowledge_for(books, report.id, by, now)
        moves.apply(books, row.id, words.CallerBack(anew=True), now)
    return True


def undo(books: Books, report: Report, by: str, now: datetime) -> bool:
    """Somebody takes back what was said of the report last (`by`: account id): it is a suggestion
    again. What that has set going goes on: its own search, or whoever has it by then. False when
    there is nothing to take back."""
    link = books.get(IncidentReport, report.id)
    if link is None or link.state not in (Membership.CONFIRMED, Membership.REJECTED):
        return False
    books.incident(link.incident_id)
    link.state, link.decided_by, link.decided_at = Membership.SUGGESTED, None, None
    books.note(report.id, now, "incident_undone", by=by)
    return True


def _is_unheard(row: Dispatch) -> bool:
    """Whether it was taken together with another one, and whoever has it has not read it."""
    alone = row.taken_by is None and row.responder_id is not None
    return row.state is DispatchState.TAKEN and alone and row.unread_at is not None
