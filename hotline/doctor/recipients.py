"""The recipients reports are delivered to: whether what is known of them can reach anybody."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch import mail
from hotline.doctor.finding import Finding, bad, for_real_callers, warn
from hotline.doctor.looking import look
from hotline.doctor.people import MADE_UP
from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.oncall.recipients import Reached
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.settings import Settings
from hotline.texts import marked

CHECK = "recipients"


def can_be_reached(settings: Settings) -> Iterator[Finding]:
    """Who is to be mailed can be: there is a mail server. With a carrier, nobody's number is one of
    our examples, which would ring nowhere."""
    reached = look(settings, _reached) or {}
    mailed = [handle for handle, who in reached.items() if who.mail is not None]
    if mailed and mail.mailbox(settings) is None:
        told = bad if for_real_callers(settings) else warn
        yield told(
            CHECK,
            marked("Recipients of reports are to be mailed, and there is no mail server: %(who)s."),
            marked("Set HOTLINE_MAIL_HOST, or give them a telephone alone (docs/sharing.md)."),
            who=", ".join(mailed),
        )
    made_up = [handle for handle, who in reached.items() if MADE_UP.fullmatch(who.phone or "")]
    if made_up and for_real_callers(settings):
        yield bad(
            CHECK,
            marked("Recipients of reports have numbers that nobody has: %(who)s."),
            marked("Give them their own numbers (docs/sharing.md)."),
            who=", ".join(made_up),
        )


def _reached(session: Session, vault: Vault) -> dict[str, Reached]:
    """Active recipients by handle."""
    found = {}
    rows = session.scalars(select(Recipient).where(Recipient.active).order_by(Recipient.handle))
    for row in rows:
        with suppress(CannotOpen):  # told by the check of the key ring
            found[row.handle] = recipients.opened(session, vault, row)
    return found
