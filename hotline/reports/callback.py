"""A number that a caller leaves to be called back at: entered, confirmed, rung, forgotten.

It is never the number that the caller calls from, and nobody is ever shown it. It is sealed under a
data key of its own and, around that, under the report's; it goes only to the carrier.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.database.types import Sealed
from hotline.privacy.cipher import DataKey, KeyGone, Vault, place
from hotline.reports import callback_numbers, timeline
from hotline.reports.callback_model import Callback, CallbackCall
from hotline.reports.callback_words import CallbackPlace
from hotline.reports.model import UNSENT, Call, Report, ReportState
from hotline.settings import Settings

DAY = timedelta(days=1)
OF_A_REPORT = 3
"""Numbers that may be left for one report in a day: to correct a mistake, not to ring a town."""
ENTERED_S = 3600.0
"""A number that nobody has confirmed is dropped after so long; mostly it is when the call ends."""


class Gone(StrEnum):
    """Why a number is kept no more: replaced by another one · withdrawn by the caller · used: the
    two have spoken · declined by whoever picked up · tries: rung too often in vain · time: too
    old · closed: with its report."""

    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    USED = "used"
    DECLINED = "declined"
    TRIES = "tries"
    TIME = "time"
    CLOSED = "closed"


@dataclass(frozen=True)
class Limits:
    """What a deployment allows; the settings say what each means."""

    own: str
    days: int
    tries: int
    allowed: Sequence[str]
    numbers_a_day: int
    rings_a_day: int


NO_CALLBACKS = Limits("", days=0, tries=0, allowed=(), numbers_a_day=0, rings_a_day=0)
"""Nobody is called back."""


def limits_of(settings: Settings) -> Limits:
    """The limits as they are set."""
    return Limits(
        settings.phone_number,
        settings.callback_days,
        settings.callback_tries,
        tuple(settings.callback_allowed),
        settings.callback_numbers_a_day,
        settings.callback_rings_a_day,
    )


# --- the caller -----------------------------------------------------------------------------


def is_full(session: Session, report_id: str, limits: Limits, now: datetime) -> bool:
    """Whether no more numbers are taken now, from anybody or for this report."""
    count = select(func.count()).select_from(Callback).where(Callback.kept_at > now - DAY)
    of_report = session.scalar(count.where(Callback.report_id == report_id)) or 0
    return of_report >= OF_A_REPORT or (session.scalar(count) or 0) >= limits.numbers_a_day


def enter(
    session: Session, vault: Vault, call: Call, digits: str, limits: Limits, now: datetime
) -> bool:
    """Hold the number that the caller has keyed in, until it is confirmed. False: it may not be
    called back; nothing is held then."""
    report = _report(session, call)
    drop_entered(session, call)
    number = callback_numbers.checked(digits, limits.own, limits.allowed)
    if number is None or report is None:
        return False
    row = Callback(
        id=new_id(),
        report_id=report.id,
        call_id=call.id,
        token=secrets.token_urlsafe(24),
        data_key_id=vault.new_key(session),
        entered_at=now,
    )
    where = place("callback", row.id, "number")
    inner = vault.seal_json(session, str(row.data_key_id), where, number)
    row.number = vault.seal_bytes(session, report.data_key_id, where, inner)
    session.add(row)
    session.flush()
    return True


def entered(session: Session, call: Call) -> Callback | None:
    """The number that is being read back in this call."""
    query = select(Callback).where(Callback.call_id == call.id, *_UNCONFIRMED)
    return session.scalar(query.order_by(Callback.id.desc()).limit(1))


def keep(session: Session, call: Call, now: datetime) -> bool:
    """The caller has confirmed it: it is the report's, in place of any other. False: there is
    none."""
    row = entered(session, call)
    if row is None:
        return False
    forget(session, row.report_id, Gone.REPLACED, now)
    row.kept_at = now
    timeline.add(session, row.report_id, now, "callback_left")
    session.flush()
    return True


def drop_entered(session: Session, call: Call) -> None:
    """Drop what was entered in this call and not confirmed."""
    for row in session.scalars(select(Callback).where(Callback.call_id == call.id, *_UNCONFIRMED)):
        _remove(session, row)


def read_aloud(session: Session, vault: Vault, row: Callback) -> str:
    """The digits of a number, for the one voice that reads them back to whoever keyed them in.
    Raises CannotOpen."""
    return number(session, vault, row).removeprefix("+")


# --- what is kept ---------------------------------------------------------------------------


def of(session: Session, report_id: str) -> Callback | None:
    """The number that is kept for a report."""
    return session.scalar(select(Callback).where(Callback.report_id == report_id, *_IN_FORCE))


def number(session: Session, vault: Vault, row: Callback) -> str:
    """The number, E.164. It goes to the carrier and nowhere else. Raises CannotOpen."""
    if row.number is None or row.data_key_id is None:
        raise KeyGone("the number to be called back at is deleted")
    where = place("callback", row.id, "number")
    report = session.get_one(Report, row.report_id)
    inner = vault.open_bytes(session, report.data_key_id, where, row.number)
    return str(vault.open_json(session, row.data_key_id, where, Sealed(inner)))


def forget(session: Session, report_id: str, why: Gone, now: datetime) -> bool:
    """Delete the number of a report and shred its key. False: none is kept."""
    row = of(session, report_id)
    if row is None:
        return False
    _shred(session, row)
    row.gone_at, row.gone_why = now, why.value
    timeline.add(session, report_id, now, "callback_gone", why=why.value)
    session.flush()
    return True


def shred(session: Session, report_id: str) -> None:
    """With everything else of a report: the numbers of its callers."""
    for row in session.scalars(select(Callback).where(Callback.report_id == report_id)):
        _shred(session, row)
    session.flush()


def expire(session: Session, limits: Limits, now: datetime) -> int:
    """Delete numbers whose time is over or whose report is closed, and what nobody confirmed; gives
    how many."""
    done = 0
    for row in session.scalars(select(Callback).where(*_IN_FORCE).with_for_update()).all():
        report = session.get_one(Report, row.report_id)
        old = row.kept_at is not None and row.kept_at <= now - limits.days * DAY
        if old or report.state is not ReportState.OPEN:
            done += forget(session, row.report_id, Gone.TIME if old else Gone.CLOSED, now)
    left = Callback.entered_at <= now - timedelta(seconds=ENTERED_S)
    for row in session.scalars(select(Callback).where(left, *_UNCONFIRMED)).all():
        _remove(session, row)
        done += 1
    return done


def under_way(session: Session, *which: ColumnElement[bool]) -> CallbackCall | None:
    """A call back that is not over, of those that meet the conditions."""
    query = select(CallbackCall).where(CallbackCall.place != CallbackPlace.OVER, *which)
    return session.scalar(query.order_by(CallbackCall.id.desc()).limit(1))


_UNCONFIRMED = (Callback.kept_at.is_(None), Callback.gone_at.is_(None))
_IN_FORCE = (Callback.kept_at.is_not(None), Callback.gone_at.is_(None))


def _report(session: Session, call: Call) -> Report | None:
    """The report that the caller has left, or has come back to with its PIN."""
    report = session.get(Report, call.report_id) if call.report_id else None
    return report if report is not None and report.state not in UNSENT else None


def _shred(session: Session, row: Callback) -> None:
    key_id, row.data_key_id, row.number = row.data_key_id, None, None
    session.flush()
    session.execute(delete(DataKey).where(DataKey.id == key_id))


def _remove(session: Session, row: Callback) -> None:
    _shred(session, row)
    session.delete(row)
    session.flush()
