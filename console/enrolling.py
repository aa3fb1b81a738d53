"""Setting up a second factor: what is shown for it, and what becomes of what was sent."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from flask import request
from markupsafe import Markup

from console import guard, proving
from console.context import runtime
from console.text import gettext, marked
from hotline.people import authenticator, enrollment, passkeys, totp
from hotline.people.enrollment import Enrolled, NotAllowed
from hotline.people.second_step import ProofRefused
from hotline.people.sessions import SignedIn

WRONG_APP_CODE = marked(
    "This code does not fit. Check that the clock of your phone is right, and enter the newest one."
)
WRONG_PASSKEY = marked("The passkey could not be kept. Try again, or use an app.")
Outcome = Enrolled | proving.Refused | None
"""None: the account has a factor meanwhile, which has to be proved first."""


@dataclass(frozen=True)
class Shown:
    """What the page shows. `passkey`: what the browser is asked to make one with, JSON; None where
    browsers know none at this address."""

    qr: Markup
    secret: str
    passkey: str | None


def shown(who: SignedIn) -> Shown:
    """The secret of this session as a QR code and in groups, and the question for a passkey."""
    account, here, now = who.account, who.session.id, runtime().clock()
    site = proving.site()
    with runtime().database.transaction() as session:
        secret = authenticator.begin(session, runtime().vault, account.id, here, now)
        asked = passkeys.registration(session, here, account, site) if site else None
    host = urlsplit(runtime().settings.public_url).hostname or ""
    return Shown(_qr(totp.address(secret, account.name, host)), totp.grouped(secret), asked)


def app(who: SignedIn) -> Outcome:
    """Confirm the app by the code that was sent."""
    typed = request.form.get("code", "")[:64]
    try:
        return enrollment.app(proving.checker(), who, guard.token(), typed, runtime().clock())
    except ProofRefused:
        return proving.Refused(gettext(WRONG_APP_CODE), 422)
    except NotAllowed:
        return None


def passkey(who: SignedIn) -> Outcome:
    """Keep the passkey that was sent."""
    form = request.form
    name = form.get("name", "").strip() or gettext("Passkey")
    try:
        return enrollment.passkey(
            proving.checker(), who, guard.token(), form.get("passkey", ""), name, runtime().clock()
        )
    except ProofRefused:
        return proving.Refused(gettext(WRONG_PASSKEY), 422)
    except NotAllowed:
        return None


def _qr(address: str) -> Markup:
    """An SVG without any style of its own: the content policy allows none."""
    made = segno.make(address, error="m", micro=False)
    title = gettext("A QR code with your secret")
    drawn = made.svg_inline(
        scale=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, title=title
    )
    return Markup(drawn)  # noqa: S704  # segno's own drawing of black squares
