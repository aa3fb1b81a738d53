"""Triage applied to a report: what its newest transcript says may raise it, never lower it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault
from hotline.reports import timeline, transcripts
from hotline.reports.model import Report
from hotline.reports.triage import Category, Rules, Triage, Urgency, combine, triage


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
        before = Triage(Category(report.category), Urgency(report.urgency))
        verdict = combine(before, found) if known else found
        report.category, report.urgency = verdict.category, verdict.urgency
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
    timeline.add(
        session, report.id, now, "triaged", category=report.category, urgency=report.urgency
    )
    return found
