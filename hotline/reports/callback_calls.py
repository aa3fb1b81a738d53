"""Calls back as rows: who may ask for one, what the number's owner is spared, what is kept after.

Which step follows which says `hotline.reports.callback_words`; who is rung when,
`hotline.dispatch.callback_task`.
"""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.reports import callback, callback_rings
from hotline.reports.callback import Gone, Limits
from hotline.reports.callback_model import Callback, CallbackCall
from hotline.reports.callback_words import CallbackOutcome, CallbackPlace
from hotline.reports.model import Report, ReportState


class Unable(StrEnum):
    """Why nobody can be called back now: none: no number is kept · closed: the report is ·
    under_way: this report's caller is being called, or this responder is calling somebody · today:
    the number was rung often enough, or refused."""

    NONE = "none"
    CLOSED = "closed"
    UNDER_WAY = "under_way"
    TODAY = "today"


def unable(
    session: Session,
    vault: Vault,
    report: Report,
    responder_id: str,
    limits: Limits,
    now: datetime,
) -> Unable | None:
    """Why the caller of the report cannot be called back by this responder now; None: they can."""
    row = callback.of(session, report.id)
    if report.state is not ReportState.OPEN:
        return Unable.CLOSED
    if row is None or limits.days == 0:
        return Unable.NONE
    if callback.under_way(session, CallbackCall.report_id == report.id):
        return Unable.UNDER_WAY
    if callback.under_way(session, CallbackCall.responder_id == responder_id):
        return Unable.UNDER_WAY
    return None if _may_ring(session, vault, row, limits, now) else Unable.TODAY


def begin(
    session: Session,
    report: Report,
    responder_id: str,
    now: datetime,
    *,
    own_leg: str | None = None,
) -> CallbackCall:
    """Write a call back. own_leg: the carrier's id of the responder's call where they are on the
    phone already; then nobody but the caller is rung. Raises LookupError where none is kept."""
    row = callback.of(session, report.id)
    if row is None:
        raise LookupError("no number is kept for this report")
    place = CallbackPlace.ASKED if own_leg is None else CallbackPlace.ACCEPTED
    call = CallbackCall(
        id=new_id(),
        callback_id=row.id,
        report_id=report.id,
        responder_id=responder_id,
        token=secrets.token_urlsafe(24),
        caller_token=secrets.token_urlsafe(24),
        conference=secrets.token_urlsafe(18),
        place=place,
        own_leg=own_leg,
        asked_at=now,
        moved_at=now,
        seen_at=now if own_leg is not None else None,
    )
    session.add(call)
    session.flush()
    return call


def ring(
    session: Session, vault: Vault, call: CallbackCall, limits: Limits, now: datetime
) -> str | None:
    """The number to ring now, counted; None where it may not be. Asked again for the same call (the
    carrier had no line) it counts once."""
    row = session.get(Callback, call.callback_id, with_for_update=True, populate_existing=True)
    if row is None or row.gone_at is not None:
        return None
    if call.rung_at is None:
        if not _may_ring(session, vault, row, limits, now):
            return None
        row.tries += 1
        call.rung_at = now
        callback_rings.note(session, vault, callback.number(session, vault, row), now)
    return callback.number(session, vault, row)


def settle(
    session: Session, vault: Vault, call: CallbackCall, limits: Limits, now: datetime
) -> None:
    """The call back is over: a number that was used, declined or rung too often is deleted. Another
    one that the caller has left meanwhile stays."""
    row = callback.of(session, call.report_id)
    if row is None or row.id != call.callback_id:
        return
    if call.outcome is CallbackOutcome.SPOKE:
        callback.forget(session, call.report_id, Gone.USED, now)
    elif call.outcome is CallbackOutcome.DECLINED:
        number = callback.number(session, vault, row)
        callback_rings.note(session, vault, number, now, refused=True)
        callback.forget(session, call.report_id, Gone.DECLINED, now)
    elif row.tries >= limits.tries:
        callback.forget(session, call.report_id, Gone.TRIES, now)


def by_token(session: Session, token: str) -> CallbackCall | None:
    """The call back whose responder's leg carries the token, read anew and locked."""
    return _locked(session, select(CallbackCall).where(CallbackCall.token == token))


def by_caller_token(session: Session, token: str) -> CallbackCall | None:
    """The call back whose caller's leg carries the token, read anew and locked."""
    return _locked(session, select(CallbackCall).where(CallbackCall.caller_token == token))


def occupied() -> Select[str]:
    """Ids of responders who are calling somebody back now."""
    return select(CallbackCall.responder_id).where(
        CallbackCall.place.not_in((CallbackPlace.ASKED, CallbackPlace.OVER))
    )


def last(session: Session, report_id: str) -> CallbackCall | None:
    """The newest call back of a report."""
    query = select(CallbackCall).where(CallbackCall.report_id == report_id)
    return session.scalar(query.order_by(CallbackCall.id.desc()).limit(1))


def _locked(session: Session, query: Select[CallbackCall]) -> CallbackCall | None:
    return session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _may_ring(session: Session, vault: Vault, row: Callback, limits: Limits, now: datetime) -> bool:
    try:
        number = callback.number(session, vault, row)
    except CannotOpen:
        return False
    return callback_rings.may_ring(session, vault, number, limits.rings_a_day, now)
