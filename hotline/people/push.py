"""Web push without content: browsers that may be told that their owner is wanted.

A subscription is kept sealed; what is sent has no body at all. It goes beside the telephone call
and never instead of it.
"""

import hashlib
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.mistakes import Mistake
from hotline.people.model import Account, PushSubscription
from hotline.privacy.cipher import CannotOpen, Vault, place

log = structlog.get_logger()

# Endpoints of the known services are some 200 characters long; the whole answer well under this.
LONGEST = 4096
# Devices of one person; the oldest goes when there are more.
MOST = 8


class Delivery(StrEnum):
    """What became of a message: sent · gone: the browser has taken its subscription back ·
    failed: refused or out of reach."""

    SENT = "sent"
    GONE = "gone"
    FAILED = "failed"


class PushError(Mistake):
    """A subscription that is none, or that leads where nobody may be led."""


@dataclass(frozen=True)
class Device:
    """A subscription that was opened."""

    id: str
    endpoint: str


def subscribe(
    session: Session, vault: Vault, account_id: str, given: Mapping[str, Any], now: datetime
) -> None:
    """Keep what a browser gives; one that subscribes again is known. Raises PushError."""
    endpoint = check(given)
    session.execute(delete(PushSubscription).where(_is(endpoint)))
    row = PushSubscription(
        id=new_id(),
        account_id=account_id,
        data_key_id=vault.new_key(session),
        endpoint_hash=_hash(endpoint),
        created_at=now,
    )
    sealed = {"endpoint": endpoint, "keys": given.get("keys")}
    where = place("push_subscription", row.id, "subscription")
    row.subscription = vault.seal_json(session, row.data_key_id, where, sealed)
    session.add(row)
    session.flush()
    _forget_old(session, account_id)


def unsubscribe(session: Session, account_id: str, endpoint: str) -> bool:
    """Forget a browser of this account. False if it was not known."""
    own = PushSubscription.account_id == account_id
    row = session.scalar(select(PushSubscription).where(own, _is(endpoint)))
    if row is None:
        return False
    session.delete(row)
    return True


def check(given: Mapping[str, Any]) -> str:
    """The endpoint of a subscription. Raises PushError unless it is one on the public internet."""
    endpoint = given.get("endpoint")
    if not isinstance(endpoint, str) or len(json.dumps(dict(given))) > LONGEST:
        raise PushError("This is not a subscription of a browser.")
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise PushError("The address of the push service cannot be read.") from None
    if parts.scheme != "https" or not parts.hostname or parts.username or port not in (None, 443):
        raise PushError("The push service must be reached by https, on its usual port.")
    if not is_public_name(parts.hostname):
        raise PushError("The push service must be on the public internet.")
    return endpoint


def is_public_name(host: str) -> bool:
    """Whether a host may be on the public internet, judged by its name alone."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal"))


def is_subscribed(session: Session, responder_id: str) -> bool:
    """Whether the person of this responder has a browser that wants to be told."""
    return session.scalar(_of(responder_id).limit(1)) is not None


def devices(session: Session, vault: Vault, responder_id: str) -> list[Device]:
    """The browsers of the person of this responder; one that cannot be opened is left out."""
    found = []
    for row in session.scalars(_of(responder_id).order_by(PushSubscription.id)):
        try:
            found.append(_opened(session, vault, row))
        except CannotOpen as error:
            log.warning("push_unreadable", subject=row.id, error=type(error).__name__)
    return found


def opening(session: Session, vault: Vault) -> tuple[int, int]:
    """How many browsers of everybody who may sign in open, and how many do not."""
    opens, closed = 0, 0
    for row in session.scalars(_of_everybody()):
        try:
            _opened(session, vault, row)
            opens += 1
        except CannotOpen:
            closed += 1
    return opens, closed


def delivered(session: Session, device_id: str, outcome: Delivery, now: datetime) -> None:
    """Write down what became of a message: a browser that is gone is forgotten."""
    row = session.get(PushSubscription, device_id)
    if row is None:
        return
    if outcome is Delivery.GONE:
        session.delete(row)
    else:
        row.failed_at = now if outcome is Delivery.FAILED else None


def _opened(session: Session, vault: Vault, row: PushSubscription) -> Device:
    where = place("push_subscription", row.id, "subscription")
    opened = vault.open_json(session, row.data_key_id, where, row.subscription)
    return Device(row.id, str(opened["endpoint"]))


def _of(responder_id: str) -> Any:
    return _of_everybody().where(Account.responder_id == responder_id)


def _of_everybody() -> Any:
    query = select(PushSubscription).join(Account, Account.id == PushSubscription.account_id)
    return query.where(Account.disabled_at.is_(None))


def _is(endpoint: str) -> Any:
    return PushSubscription.endpoint_hash == _hash(endpoint)


def _hash(endpoint: str) -> str:
    return hashlib.sha256(endpoint.encode()).hexdigest()


def _forget_old(session: Session, account_id: str) -> None:
    own = select(PushSubscription).where(PushSubscription.account_id == account_id)
    for row in session.scalars(own.order_by(PushSubscription.id.desc()).offset(MOST)):
        session.delete(row)
