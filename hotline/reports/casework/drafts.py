"""Drafts: what somebody has begun to write on a report's page, kept here over a reload.

Kept sealed on the server and not in the browser: a shared computer must not remember it.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.orm import Session

from hotline.database.base import add_once
from hotline.privacy.cipher import Vault, place
from hotline.reports.casework.model import Draft
from hotline.reports.model import Report

LONGEST = 4000
"""Characters: as much as the longest field takes (a note)."""


class Field(StrEnum):
    """The fields whose text is kept while it is being written."""

    NOTE = "note"
    REPLY = "reply"


def keep(
    session: Session,
    vault: Vault,
    report: Report,
    field: Field,
    text: str,
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep what is written so far in place of what was kept before; of nothing, nothing is kept."""
    if not text.strip():
        return drop(session, report, field, by=by)
    where = _place(report, field, by)
    sealed = vault.seal_json(session, report.data_key_id, where, text[:LONGEST])
    row = session.get(Draft, (report.id, by, field.value))
    if row is None:
        row = Draft(report_id=report.id, account_id=by, field=field.value)
        row.text, row.saved_at = sealed, now
        if add_once(session, row):
            return None
        row = session.get_one(Draft, (report.id, by, field.value))
    row.text, row.saved_at = sealed, now
    return None


def read(session: Session, vault: Vault, report: Report, field: Field, *, by: str) -> str:
    """What the account has begun to write there, or nothing. Raises CannotOpen."""
    row = session.get(Draft, (report.id, by, field.value))
    if row is None:
        return ""
    where = _place(report, field, by)
    return str(vault.open_json(session, report.data_key_id, where, row.text))


def drop(session: Session, report: Report, field: Field, *, by: str) -> None:
    """Forget it: it was saved, or all of it was deleted."""
    session.execute(
        delete(Draft).where(
            Draft.report_id == report.id, Draft.account_id == by, Draft.field == field.value
        )
    )


def _place(report: Report, field: Field, by: str) -> str:
    return place("draft", f"{report.id}:{by}:{field.value}", "text")
