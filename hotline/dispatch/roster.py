"""Apply a roster: its responders and policies become what dispatch uses, in one transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch import policy
from hotline.oncall import responders
from hotline.oncall.model import Responder
from hotline.oncall.roster import Entry, Roster, RosterError
from hotline.privacy.cipher import Vault


def apply(session: Session, vault: Vault, roster: Roster) -> list[str]:
    """Bring responders and policies to what the roster says; those not in it are switched off.

    Gives a line per responder and policy. Raises RosterError when a policy cannot be followed.
    Running dispatches keep the policy they began with.
    """
    lines = [_put(session, vault, entry) for entry in roster.responders]
    named = [e.handle for e in roster.responders]
    for row in session.scalars(select(Responder).where(Responder.handle.not_in(named))):
        row.active = False
        lines.append(f"{row.handle} switched off")
    for name, raw in roster.policies.items():
        try:
            policy.put(session, name, policy.parse(raw))
        except policy.PolicyError as error:
            raise RosterError(f"Policy {name!r}: {error}.") from None
        lines.append(f"policy {name} set")
    return lines


def _put(session: Session, vault: Vault, entry: Entry) -> str:
    responders.put(
        session,
        vault,
        handle=entry.handle,
        kind=entry.kind,
        name=entry.name,
        number=entry.number,
        languages=list(entry.languages),
    )
    return f"{entry.handle} set"
