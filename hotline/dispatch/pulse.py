"""Whether anything has changed that a page shows: one short mark for each topic.

Asked twice a second by every web process that has listeners (`console.live`), so it reads a few
rows by their keys and nothing sealed. Equal marks: nothing has changed. Marks hold no content: they
are digests of ids, counts and moments, and the same in every process.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.dispatch.model import Alarm
from hotline.oncall.model import Duty, Responder, ScheduleOverride
from hotline.reports.model import Call, TimelineEvent

# A transaction may commit after one that wrote later events; so many of the newest are counted, and
# one that is late by fewer than these is noticed by the count.
LATE = 200


class Topic(StrEnum):
    """What may have changed.

    calls: callers, rings, who has it · reports: anything that happened to a report · alarms: opened
    or answered · oncall: who is on duty, who stands in.
    """

    CALLS = "calls"
    REPORTS = "reports"
    ALARMS = "alarms"
    ONCALL = "oncall"


Marks = Mapping[Topic, str]


def marks(session: Session) -> Marks:
    """The marks of this moment, one for each topic."""
    happened = _happened(session)
    return {
        Topic.CALLS: _digest([happened, *_callers(session)]),
        Topic.REPORTS: _digest([happened]),
        Topic.ALARMS: _digest(_alarms(session)),
        Topic.ONCALL: _digest([*_duty(session), _overrides(session), _people(session)]),
    }


def _happened(session: Session) -> object:
    last = session.scalar(select(func.max(TimelineEvent.id))) or 0
    newest = select(func.count(TimelineEvent.id)).where(TimelineEvent.id > last - LATE)
    return last, session.scalar(newest)


def _callers(session: Session) -> Iterable[object]:
    """Where each caller on the line stands; not their heartbeat, which comes every few seconds."""
    query = select(Call.id, Call.menu, Call.language, Call.parked_at, Call.conference)
    for row in session.execute(query.where(Call.ended_at.is_(None)).order_by(Call.id)):
        yield row.id, row.menu.get("state"), row.language, row.parked_at, row.conference is None


def _alarms(session: Session) -> Iterable[object]:
    query = select(Alarm.id).where(Alarm.acknowledged_at.is_(None)).order_by(Alarm.id)
    return session.scalars(query)


def _duty(session: Session) -> Iterable[object]:
    query = select(Duty.responder_id, Duty.state, Duty.since_at, Duty.until_at)
    return map(tuple, session.execute(query.order_by(Duty.responder_id)))


def _overrides(session: Session) -> object:
    query = select(func.count(ScheduleOverride.id), func.max(ScheduleOverride.id))
    return tuple(session.execute(query).one())


def _people(session: Session) -> object:
    """Who is in the roster at all, and the latest number that was confirmed."""
    query = select(func.count(Responder.id), func.max(Responder.confirmed_at))
    return tuple(session.execute(query.where(Responder.active)).one())


def _digest(parts: Iterable[object]) -> str:
    """Twelve hexadecimal digits: two states that look alike by chance are not to be expected."""
    text = "\n".join(repr(part) for part in parts)
    return blake2b(text.encode(), digest_size=6).hexdigest()
