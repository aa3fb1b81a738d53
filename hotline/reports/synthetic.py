"""Calls that the hotline has placed to itself: which leg is one of them, and which is a caller's.

A leg is ours once it has keyed the digits that were made for this one call, after the carrier had
told us that our own call was answered. They are random, single-use, short-lived and kept as a
digest; nothing else makes a leg ours: no number it calls from, and no moment at which it comes.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.reports.model import Call, Report, ReportState, SyntheticCall

CODE_DIGITS = 16
"""10^16 codes, of which one counts, for CODE_S, and for the one leg that is asked for it."""
CODE_S = 60.0
RINGS_S = 60.0
"""A leg that comes so long after our call was placed is not its other end."""


class Outcome(StrEnum):
    """ok, or the first stage that was not reached. nothing_heard: the transcript is empty.
    wrong_words: what was heard is not what was said, so that a person must listen."""

    OK = "ok"
    NOT_PLACED = "not_placed"
    NOT_ANSWERED = "not_answered"
    NOT_PROVEN = "not_proven"
    NOT_SENT = "not_sent"
    NOT_TRANSCRIBED = "not_transcribed"
    NOT_DISPATCHED = "not_dispatched"
    NOTHING_HEARD = "nothing_heard"
    WRONG_WORDS = "wrong_words"


def begin(session: Session, now: datetime) -> SyntheticCall:
    """The row of a call that is about to be placed."""
    row = SyntheticCall(id=new_id(), token=secrets.token_urlsafe(24), placed_at=now)
    session.add(row)
    session.flush()
    return row


def by_token(session: Session, token: str) -> SyntheticCall | None:
    """The call whose URLs hold this token, while it is under way; locked."""
    query = select(SyntheticCall).where(SyntheticCall.token == token)
    return session.scalar(query.where(SyntheticCall.outcome.is_(None)).with_for_update())


def by_call(session: Session, call_id: str) -> SyntheticCall | None:
    """The synthetic call of which this leg is the proven end."""
    return session.scalar(select(SyntheticCall).where(SyntheticCall.call_id == call_id))


def is_awaited(session: Session, now: datetime) -> bool:
    """Whether a leg from our own number that comes now is to be asked for the code."""
    return _awaited(session, now) is not None


def new_code(row: SyntheticCall, now: datetime) -> str:
    """Digits for this one call; they take the place of any before them."""
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    row.code, row.answered_at = _digest(row, code), now
    return code


def prove(session: Session, call: Call, digits: str, now: datetime) -> bool:
    """The leg has keyed these digits. True, once, if they are the code: it is ours from now on."""
    row = _awaited(session, now)
    if row is None or row.code is None or row.answered_at is None or call.report_id is not None:
        return False
    fresh = now - row.answered_at <= timedelta(seconds=CODE_S)
    if not fresh or not hmac.compare_digest(row.code, _digest(row, digits)):
        return False
    row.code, row.call_id, row.proven_at = None, call.id, now
    row.leg = call.carrier_call_id
    return True


def begun(session: Session, call: Call, report: Report) -> None:
    """A report begins in this call: if the call is ours, so is the report."""
    row = by_call(session, call.id)
    if row is not None and row.outcome is None and row.report_id is None:
        report.state, row.report_id = ReportState.SYNTHETIC, report.id


def is_gone(session: Session, carrier_call_id: str) -> bool:
    """Whether this was a leg of ours whose rows are deleted: what the carrier tells of it once more
    is about nobody."""
    ours = select(SyntheticCall.id).where(SyntheticCall.leg == carrier_call_id)
    here = select(Call.id).where(Call.carrier_call_id == carrier_call_id)
    return session.scalar(ours.limit(1)) is not None and session.scalar(here) is None


def real_calls() -> ColumnElement[bool]:
    """The condition of a `Call` that it is a caller's."""
    ours = select(SyntheticCall.call_id).where(SyntheticCall.call_id.is_not(None))
    return Call.id.not_in(ours)


def _awaited(session: Session, now: datetime) -> SyntheticCall | None:
    since = now - timedelta(seconds=RINGS_S)
    query = select(SyntheticCall).where(SyntheticCall.placed_at > since)
    query = query.where(SyntheticCall.call_id.is_(None), SyntheticCall.outcome.is_(None))
    return session.scalar(query.order_by(SyntheticCall.placed_at.desc()).limit(1).with_for_update())


def _digest(row: SyntheticCall, code: str) -> str:
    return sha256(f"{row.token}:{code}".encode()).hexdigest()
