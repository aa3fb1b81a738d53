"""Telephones that call again and again in a day, and those that a supervisor has blocked for it.

What is known of a telephone is its pseudonym of the day. What follows from it concerns only how
somebody is rung for a caller who wants to talk at once: messages are taken, transcribed, sorted and
dispatched from every telephone.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from hotline.database.base import add_once, new_id
from hotline.privacy import pseudonym
from hotline.reports import timeline
from hotline.reports.caller_model import CallerBlock, CallerCall
from hotline.reports.model import Call, Report


class Doubt(StrEnum):
    """What stands between a caller and a ringing phone. none: nothing · word: a key or a word,
    once · blocked: nobody is rung for a talk; a message is taken."""

    NONE = "none"
    WORD = "word"
    BLOCKED = "blocked"


def arrived(session: Session, call: Call, name: str | None, day: str) -> None:
    """A call has come in from a telephone of that name; None: it shows no number."""
    forget(session, day)
    if name is None:
        return
    count = select(func.count()).select_from(CallerCall).where(CallerCall.name == name)
    nth = (session.scalar(count) or 0) + 1
    add_once(session, CallerCall(id=new_id(), call_id=call.id, day=day, name=name, nth=nth))


def forget(session: Session, day: str) -> None:
    """Delete all pseudonyms of other days than this one."""
    for table in (CallerCall, CallerBlock):
        session.execute(delete(table).where(table.day != day))


def nth_today(session: Session, call: Call) -> int:
    """Which of its telephone's calls of the day it is; 0 where that is not known."""
    query = select(CallerCall.nth).where(CallerCall.call_id == call.id)
    return session.scalar(query) or 0


def doubt(session: Session, call: Call, free: int, now: datetime) -> Doubt:
    """What its caller meets on the way to a person at this moment.

    free: so many calls of a day are connected without a question; 0: all are.
    """
    row = session.scalar(select(CallerCall).where(CallerCall.call_id == call.id))
    if row is None:
        return Doubt.NONE
    if (block := _block(session, row.name)) is not None and block.ends_at > now:
        return Doubt.BLOCKED
    return Doubt.WORD if 0 < free < row.nth else Doubt.NONE


# --- what supervisors do --------------------------------------------------------------------


def standing(session: Session, report: Report, now: datetime) -> CallerBlock | None:
    """The block of the telephone from which the report came last, if there is one now."""
    name = _name_of(session, report)
    block = _block(session, name) if name is not None else None
    return block if block is not None and block.ends_at > now else None


def is_known(session: Session, report: Report, day: str) -> bool:
    """Whether the telephone can be told today, and so be blocked."""
    query = _calls_of(report).where(CallerCall.day == day)
    return session.scalar(query) is not None


def block(session: Session, report: Report, by: str, now: datetime, begins_h: int) -> bool:
    """Keep the report's telephone from ringing people until the day is over. by: an account's id.
    False when it cannot be told any more, or is blocked already."""
    day = pseudonym.day_of(now, begins_h)
    forget(session, day)
    name = _name_of(session, report)
    if name is None:
        return False
    row = CallerBlock(id=new_id(), day=day, name=name, report_id=report.id, by=by, at=now)
    row.ends_at = pseudonym.ends_at(now, begins_h)
    if not add_once(session, row):
        return False
    timeline.add(session, report.id, now, "telephone_blocked", by=by)
    return True


def unblock(session: Session, report: Report, by: str, now: datetime) -> bool:
    """Let it ring people again. False when it is not blocked."""
    row = standing(session, report, now)
    if row is None:
        return False
    session.delete(row)
    session.flush()
    timeline.add(session, report.id, now, "telephone_unblocked", by=by)
    return True


def _calls_of(report: Report) -> Select[str]:
    query = select(CallerCall.name).join(Call, Call.id == CallerCall.call_id)
    return query.where(Call.report_id == report.id).order_by(Call.started_at.desc()).limit(1)


def _name_of(session: Session, report: Report) -> str | None:
    return session.scalar(_calls_of(report))


def _block(session: Session, name: str) -> CallerBlock | None:
    return session.scalar(select(CallerBlock).where(CallerBlock.name == name))
