"""Browsers of staff that are to be told beside the telephone call: whether what is kept opens."""

from collections.abc import Iterator

from sqlalchemy.exc import SQLAlchemyError

from hotline.database.engine import Database
from hotline.doctor.finding import Finding, ok, warn
from hotline.doctor.stores import is_not_made_yet, ring_of
from hotline.people import push
from hotline.privacy.cipher import Vault
from hotline.privacy.keys import KeyRingError
from hotline.settings import Settings
from hotline.texts import marked


def push_devices(settings: Settings) -> Iterator[Finding]:
    """Every device that was switched on can be told; nothing is said where there is none."""
    if is_not_made_yet(settings):
        return
    try:
        ring = ring_of(settings)
    except (KeyRingError, OSError):
        return  # told by the check of the key ring
    if ring is None:
        return
    opened = Database(settings.database)
    try:
        with opened.reading() as session:
            opens, closed = push.opening(session, Vault(ring))
    except SQLAlchemyError:
        return  # told by the check of the database
    finally:
        opened.close()
    if closed:
        yield warn(
            "push_devices",
            marked(
                "Devices of staff that are not told, since their record does not open: %(count)s."
            ),
            marked("Their owners switch them off and on again on My shift (docs/operations.md)."),
            count=closed,
        )
    elif opens:
        yield ok(
            "push_devices", marked("Devices of staff that can be told: %(count)s."), count=opens
        )
