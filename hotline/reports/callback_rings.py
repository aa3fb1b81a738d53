"""How often a number was rung in a day, whoever has left it, without keeping whose number it was.

A ring is written down under a keyed hash of the number. The key is of one day; it is deleted after
two, and with it any way to tell whom the names meant.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Vault
from hotline.reports import day_secrets
from hotline.reports.callback_model import CallbackRing, CallbackSecret

DAY = timedelta(days=1)


def may_ring(session: Session, vault: Vault, number: str, most: int, now: datetime) -> bool:
    """Whether the number was rung less than `most` times in the last 24 hours, and whoever picked
    up there has not refused it. number: E.164."""
    names = [_name(session, vault, number, when) for when in (now, now - DAY)]
    query = select(CallbackRing.refused)
    recent = query.where(CallbackRing.name.in_(names), CallbackRing.rung_at > now - DAY)
    refused = list(session.scalars(recent))
    return not any(refused) and len(refused) < most


def note(
    session: Session, vault: Vault, number: str, now: datetime, *, refused: bool = False
) -> None:
    """Write down that the number is rung, or that whoever picked up there has refused it."""
    name = _name(session, vault, number, now)
    session.add(CallbackRing(id=new_id(), name=name, rung_at=now, refused=refused))
    session.flush()


def expire(session: Session, now: datetime) -> None:
    """Forget rings older than a day, and the secrets of the days before yesterday."""
    session.execute(delete(CallbackRing).where(CallbackRing.rung_at <= now - DAY))
    day_secrets.expire(session, CallbackSecret, now - DAY)


def _name(session: Session, vault: Vault, number: str, when: datetime) -> str:
    return day_secrets.name(session, vault, CallbackSecret, number, when)
