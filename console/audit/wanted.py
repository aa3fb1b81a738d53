"""The filters of the audit, as they stand in the address of the page."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.audit import Wanted
from hotline.people.model import Account
from hotline.reports.model import Report

NOTHING = "none"
"""The subject of whatever is not found: no entry has it."""


def of(session: Session, given: Mapping[str, str]) -> Wanted:
    """Read the filters; what cannot be read filters nothing, an unknown subject everything."""
    return Wanted(
        actor=given.get("actor") or None,
        action=given.get("action") or None,
        subject=_subject(session, given.get("subject", "").strip()),
        day=day(given.get("day", "")),
        before=_number(given.get("before", "")),
    )


def day(text: str) -> date | None:
    """A day as browsers send it, 2026-11-24; None: it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _subject(session: Session, text: str) -> str | None:
    """A subject as people name it: a report's number, an account's name, or its code itself."""
    if not text or ":" in text:
        return text or None
    report = session.scalar(select(Report.id).where(Report.number == text))
    if report is not None:
        return f"report:{report}"
    account = session.scalar(select(Account.id).where(Account.name == text.casefold()))
    return f"account:{account}" if account is not None else NOTHING


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None
