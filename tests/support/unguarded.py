"""What an attacker with the database's password does first: takes the audit's triggers away."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def unguard_audit(session: Session) -> None:
    """From now on rows of the audit can be changed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("DROP TRIGGER IF EXISTS audit_no_change ON audit"))
        return
    for act in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER IF EXISTS audit_no_{act}"))
