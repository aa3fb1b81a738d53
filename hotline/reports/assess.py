"""Triage applied to a report: what its newest transcript says may raise it, never lower it.

What a person has set stands against the words they could see then: only a reason that the report
did not have when they chose may raise it again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault
from hotline.reports import timeline, transcripts
from hotline.reports.casework import sorting
from hotline.reports.model import Report
from hotline.reports.triage import (
    Category,
    Reason,
    Rules,
    Triage,
    Urgency,
    combine,
    triage,
    verdict,
)


def assess(
    session: Session,
    vault: Vault,
    report: Report,
    message_id: str,
    words: Sequence[str],
    rules: Rules,
    now: datetime,
) -> Triage:
    """Triage the words of one message and combine the verdict with the report's.

    Reasons keep the message they were found in, so that a reader can mark the words; those of an
    earlier transcript of the same message are gone with it, and what they have raised stays raised.
    """
    found = triage(words, rules)
    known = transcripts.read_reasons(session, vault, report)
    if known or found.reasons:
        _raise(session, report, found, known, message_id)
        new = [
            {
                "category": r.category,
                "urgency": r.urgency,
                "phrase": r.phrase,
                "first_word": r.first_word,
                "last_word": r.last_word,
                "message_id": message_id,
            }
            for r in found.reasons
        ]
        others = [reason for reason in known if reason["message_id"] != message_id]
        transcripts.write_reasons(session, vault, report, others + new)
    detail = {"category": report.category, "urgency": report.urgency, "version": report.version}
    timeline.add(session, report.id, now, "triaged", **detail)
    return found


def _raise(
    session: Session,
    report: Report,
    found: Triage,
    known: Sequence[Mapping[str, Any]],
    message_id: str,
) -> None:
    """Take over what was found, as far as nobody has decided otherwise."""
    before = Triage(Category(report.category), Urgency(report.urgency))
    if sorting.by_a_person(session, report):
        seen = {(r["category"], r["urgency"], r["phrase"], r["message_id"]) for r in known}
        fresh = [r for r in found.reasons if (*_said(r), message_id) not in seen]
        after = combine(before, verdict(fresh)) if fresh else before
    else:
        after = combine(before, found) if known else found
    if (after.category, after.urgency) != (before.category, before.urgency):
        report.category, report.urgency = after.category, after.urgency
        report.version += 1


def _said(reason: Reason) -> tuple[str, str, str]:
    return reason.category, reason.urgency, reason.phrase
