"""Changes of the roster by two people: proposed by one, approved by another, confirmed by phone.

Whoever can change a number gets the calls that save lives. So a new number is rung for callers
only when a second person has approved it and whoever answers it has pressed 1 (docs/adr/0023). A
proposal never changes: another one takes its place, so what somebody approves is what they saw.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.oncall import enrolling, responders
from hotline.oncall.enrolling import Newcomer
from hotline.oncall.model import Responder, RosterChange
from hotline.privacy.cipher import Vault, place
from hotline.texts import marked

SETTLED = timedelta(days=1)
"""As long as a code can be used (`hotline.people.codes`): by then an account is its person's."""
VALID_FOR = timedelta(days=7)
"""After that nobody remembers why it was proposed: it has to be proposed again."""


class Ended(StrEnum):
    """How a change ended."""

    DONE = "done"
    WITHDRAWN = "withdrawn"
    """By a person in the console."""
    REFUSED = "refused"
    """By whoever answered the number: they expected no such call."""
    REPLACED = "replaced"
    """Another one was proposed for the same person."""


class NotApproved(Exception):
    """The change cannot be approved; the message says why."""


OWN = marked("You proposed this change yourself. Somebody else has to approve it.")
FOR_YOU = marked("This change is about your own number. Somebody else has to approve it.")
NEW = marked(
    "Your account was made or changed, or got a new code, less than a day ago: it cannot approve "
    "this yet. Whoever manages people could otherwise be the second person too."
)
OVER = marked("This change is over, or somebody has approved it already.")


@dataclass(frozen=True)
class Proposal:
    """A change under way, opened. is_new: the person is not in service yet."""

    id: str
    responder_id: str
    name: str
    number: str
    is_new: bool
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None


def propose_new(
    session: Session, vault: Vault, new: Newcomer, own_number: str, *, by: str, now: datetime
) -> RosterChange:
    """Propose somebody who is not rung yet. Raises NotEnrolled; by: an account's id."""
    row = enrolling.enroll(session, vault, new, own_number)
    row.active = False
    number = responders.contact(session, vault, row.id).number
    return _propose(session, vault, row, number, by, now)


def propose_number(
    session: Session,
    vault: Vault,
    responder: Responder,
    typed: str,
    own_number: str,
    *,
    by: str,
    now: datetime,
) -> RosterChange:
    """Propose another number for somebody; the old one is rung until then. Raises NotEnrolled."""
    number = enrolling.free_number(session, vault, typed, own_number)
    return _propose(session, vault, responder, number, by, now)


def change_number(
    session: Session, vault: Vault, responder: Responder, typed: str, own_number: str
) -> None:
    """Put another number in force at once, not verified. Raises NotEnrolled."""
    number = enrolling.free_number(session, vault, typed, own_number)
    _put_in_force(session, vault, responder, number)
    responder.confirmed_at = None


def _propose(
    session: Session, vault: Vault, responder: Responder, number: str, by: str, now: datetime
) -> RosterChange:
    _end_all(session, responder.id, now)
    row = RosterChange(id=new_id(), responder_id=responder.id, proposed_by=by, proposed_at=now)
    where = place("roster_change", row.id, "number")
    row.number = vault.seal_json(session, responder.data_key_id, where, number)
    session.add(row)
    session.flush()
    return row


def _end_all(session: Session, responder_id: str, now: datetime) -> None:
    session.execute(
        update(RosterChange)
        .where(RosterChange.responder_id == responder_id, RosterChange.ended_at.is_(None))
        .values(ended_at=now, ended=Ended.REPLACED.value)
    )


def approve(
    session: Session,
    change: RosterChange,
    *,
    by: str,
    who: str | None,
    settled: bool,
    now: datetime,
) -> None:
    """A second person agrees: the number may be called. Of two at once, one does. Raises
    NotApproved.

    by: their account's id; who: the responder that they are on the phone; settled: the account was
    not made, or given a new code, just now, which one person alone could do.
    """
    if change.proposed_by == by:
        raise NotApproved(OWN)
    if change.responder_id == who:
        raise NotApproved(FOR_YOU)
    if not settled:
        raise NotApproved(NEW)
    approved = session.scalar(
        update(RosterChange)
        .where(RosterChange.id == change.id, RosterChange.approved_at.is_(None), _open(now))
        .values(approved_by=by, approved_at=now)
        .returning(RosterChange.id)
    )
    if approved is None:
        raise NotApproved(OVER)


def withdraw(session: Session, change_id: str, now: datetime) -> bool:
    """Nothing comes of it. False: it was over."""
    return _end(session, change_id, Ended.WITHDRAWN, now)


def refuse(session: Session, change_id: str, now: datetime) -> bool:
    """Whoever answered did not expect it: nothing comes of it. False: it was over."""
    return _end(session, change_id, Ended.REFUSED, now)


def confirm(session: Session, vault: Vault, change_id: str, now: datetime) -> bool:
    """Whoever answered pressed 1: the number is in force, and verified. False: it was over, or
    nobody had approved it."""
    change = session.get_one(RosterChange, change_id)
    if not _end(session, change_id, Ended.DONE, now, RosterChange.approved_at.is_not(None)):
        return False
    responder = session.get_one(Responder, change.responder_id, with_for_update=True)
    _put_in_force(session, vault, responder, number(session, vault, change))
    responder.active = True
    responder.confirmed_at = now
    return True


def number(session: Session, vault: Vault, change: RosterChange) -> str:
    """The number that is proposed (E.164). Raises CannotOpen."""
    key_id = session.get_one(Responder, change.responder_id).data_key_id
    where = place("roster_change", change.id, "number")
    return str(vault.open_json(session, key_id, where, change.number))


def under_way(session: Session, vault: Vault, now: datetime) -> list[Proposal]:
    """The changes that wait for a person or for their phone, the oldest first. Raises
    CannotOpen."""
    query = select(RosterChange).where(_open(now)).order_by(RosterChange.proposed_at)
    found = []
    for row in session.scalars(query):
        responder = session.get_one(Responder, row.responder_id)
        found.append(
            Proposal(
                row.id,
                row.responder_id,
                responders.name(session, vault, responder),
                number(session, vault, row),
                not responder.active,
                row.proposed_by,
                row.proposed_at,
                row.approved_by,
                row.approved_at,
            )
        )
    return found


def approved(session: Session, now: datetime) -> Sequence[RosterChange]:
    """The changes whose number may be rung, to be confirmed."""
    query = select(RosterChange).where(_open(now), RosterChange.approved_at.is_not(None))
    return session.scalars(query).all()


def waiting(session: Session, account_id: str, now: datetime) -> int:
    """How many changes wait for somebody other than this account."""
    query = select(func.count(RosterChange.id)).where(
        _open(now), RosterChange.approved_at.is_(None), RosterChange.proposed_by != account_id
    )
    return session.scalar(query) or 0


def _open(now: datetime) -> ColumnElement[bool]:
    return RosterChange.ended_at.is_(None) & (RosterChange.proposed_at > now - VALID_FOR)


def _end(
    session: Session, change_id: str, how: Ended, now: datetime, *also: ColumnElement[bool]
) -> bool:
    ended = session.scalar(
        update(RosterChange)
        .where(RosterChange.id == change_id, _open(now), *also)
        .values(ended_at=now, ended=how.value)
        .returning(RosterChange.id)
    )
    return ended is not None


def _put_in_force(session: Session, vault: Vault, responder: Responder, number: str) -> None:
    where = place("responder", responder.id, "number")
    responder.number = vault.seal_json(session, responder.data_key_id, where, number)
    session.flush()
