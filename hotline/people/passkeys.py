"""Passkeys (WebAuthn, level 2): asked for, registered, checked.

Which site a passkey belongs to comes from the configured public address and never from what a
request says. The person has to be verified by their device (PIN, finger, face). A challenge is kept
with the session and good for one answer.
"""

import ipaddress
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hotline.database.base import new_id
from hotline.people.model import Account, ConsoleSession, Passkey

MOST = 10
"""Passkeys of one person; more than anybody carries."""
LONGEST_NAME = 40
LONGEST_ANSWER = 16 * 1024
NAME = "Hotline"


class PasskeyRefused(Exception):
    """What the browser answered does not prove anything here."""


@dataclass(frozen=True)
class Site:
    """To whom passkeys are good: the relying party's id (a host) and its one origin."""

    id: str
    origin: str


def site_of(public_url: str) -> Site | None:
    """The site of the configured address; None where browsers know no passkeys: an address without
    TLS that is not localhost, or one without a name."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    if parts.scheme != "https" and host != "localhost":
        return None
    if not host or _is_number(host):
        return None
    return Site(host, f"{parts.scheme}://{parts.netloc}")


def registration(session: Session, session_id: str, account: Account, site: Site) -> str:
    """What a browser is asked to make a passkey with, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=NAME,
        user_id=account.id.encode(),
        user_name=account.name,
        user_display_name=account.display_name,
        challenge=_new_challenge(session, session_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_known(session, account.id),
    )
    return webauthn.options_to_json(options)


def register(
    session: Session,
    session_id: str,
    account_id: str,
    site: Site,
    answer: str,
    name: str,
    now: datetime,
) -> Passkey:
    """Keep what the browser has made. Raises PasskeyRefused."""
    challenge = _take_challenge(session, session_id)
    if len(of(session, account_id)) >= MOST:
        raise PasskeyRefused("too many")
    try:
        made = webauthn.verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception as error:  # parsers of CBOR and X.509 over hostile bytes: whatever they raise
        raise PasskeyRefused(type(error).__name__) from None
    credential_id = bytes_to_base64url(made.credential_id)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)):
        raise PasskeyRefused("known already")
    row = Passkey(
        id=new_id(),
        account_id=account_id,
        name=" ".join(name.split())[:LONGEST_NAME],
        credential_id=credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def question(session: Session, session_id: str, account_id: str, site: Site) -> str:
    """What a browser is asked to sign with one of the account's passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=_new_challenge(session, session_id),
        allow_credentials=_known(session, account_id),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def accept(
    session: Session, session_id: str, account_id: str, site: Site, answer: str, now: datetime
) -> None:
    """Check what a browser has signed. Raises PasskeyRefused."""
    challenge = _take_challenge(session, session_id)
    given = _read(answer)
    row = session.scalar(
        select(Passkey).where(
            Passkey.account_id == account_id, Passkey.credential_id == str(given.get("id"))
        )
    )
    if row is None:
        raise PasskeyRefused("not a passkey of this account")
    try:
        signed = webauthn.verify_authentication_response(
            credential=given,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except Exception as error:  # parsers of CBOR and X.509 over hostile bytes: whatever they raise
        raise PasskeyRefused(type(error).__name__) from None
    row.sign_count, row.used_at = signed.new_sign_count, now
    session.flush()


def of(session: Session, account_id: str) -> list[Passkey]:
    """The account's passkeys, the oldest first."""
    query = select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)
    return list(session.scalars(query))


def _known(session: Session, account_id: str) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(row.credential_id))
        for row in of(session, account_id)
    ]


def _new_challenge(session: Session, session_id: str) -> bytes:
    made = new_challenge()
    session.execute(
        update(ConsoleSession)
        .where(ConsoleSession.id == session_id)
        .values(challenge=bytes_to_base64url(made))
    )
    return made


def _take_challenge(session: Session, session_id: str) -> bytes:
    """The session's challenge, used up by compare-and-set. Raises PasskeyRefused."""
    query = select(ConsoleSession.challenge).where(ConsoleSession.id == session_id)
    kept = session.scalar(query)
    taken = session.scalar(
        update(ConsoleSession)
        .where(ConsoleSession.id == session_id, ConsoleSession.challenge == kept)
        .values(challenge=None)
        .returning(ConsoleSession.id)
    )
    if kept is None or taken is None:
        raise PasskeyRefused("nothing was asked")
    return webauthn.base64url_to_bytes(kept)


def new_challenge() -> bytes:
    """32 random bytes; WebAuthn, 13.4.3 asks for 16 at least."""
    return secrets.token_bytes(32)


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused("too long")
    try:
        given = json.loads(answer)
    except ValueError:
        raise PasskeyRefused("not JSON") from None
    if not isinstance(given, dict):
        raise PasskeyRefused("not an object")
    return given


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
