"""Raise an alarm, and acknowledge it: rows only. (`hotline.dispatch.alarm` rings its phones.)"""

from datetime import datetime

from hotline.database.base import new_id
from hotline.dispatch.books import Books
from hotline.dispatch.model import Alarm
from hotline.tasks.model import TaskKind

NOBODY_TOOK_IT = "nobody_took_it"
WORDS_WAIT = "words_wait"
"""Whoever has the report talks on, and somebody has said on another call what they must hear."""
UNREAD = "unread"
"""What was taken together with another report has been read by nobody for too long."""
NOT_DELIVERED = "not_delivered"
"""Nobody to whom a life-safety report was delivered has confirmed it."""
GLASS_BROKEN = "glass_broken"
"""For supervisors: two administrators have asked the carrier for a caller's number."""


def raise_alarm(books: Books, report_id: str | None, reason: str, now: datetime) -> Alarm:
    """Open an alarm (one per report and reason) and write the task that rings it."""
    for found in books.open_alarms(report_id, reason):
        return found
    alarm = Alarm(id=new_id(), report_id=report_id, reason=reason, raised_at=now, rounds=0)
    books.add(alarm)
    books.add_task(TaskKind.ALARM, alarm.id, now)
    if report_id is not None:
        books.note(report_id, now, "alarm_raised", reason=reason)
    return alarm


def fact(alarm: Alarm) -> dict[str, object]:
    """What is told outside (`hotline.dispatch.outside`): ids and closed words only."""
    return {
        "alarm": alarm.id,
        "reason": alarm.reason,
        "report": alarm.report_id,
        "raised_at": alarm.raised_at.isoformat(),
        "round": alarm.rounds,
    }


def acknowledge(books: Books, alarm: Alarm, by: str, now: datetime) -> bool:
    """A person answers for the alarm (`by`: responder or account id). False if already done."""
    if alarm.acknowledged_at is not None:
        return False
    alarm.acknowledged_at = now
    alarm.acknowledged_by = by
    books.pull_forward(TaskKind.ALARM, alarm.id, now)  # phones that still ring, stop
    if alarm.report_id is not None:
        books.note(alarm.report_id, now, "alarm_acknowledged", reason=alarm.reason, by=by)
    return True


def acknowledge_for(books: Books, report_id: str, by: str, now: datetime) -> None:
    """Somebody has taken the report after all, with all that was said: that answers for its
    alarms."""
    for reason in (NOBODY_TOOK_IT, WORDS_WAIT, UNREAD):
        for alarm in books.open_alarms(report_id, reason):
            acknowledge(books, alarm, by, now)
