"""Triage applied to a report: what its newest transcript says may raise it, never lower it.

What a person has set stands against the words they could see then: only a reason that the report
did not have when they chose may raise it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault
from hotline.reports import timeline, transcripts
from hotline.reports.casework import sorting
from hotline.reports.casework.heard_as import ShownWord, span_of
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
        _take_over(session, report, found, known, message_id)
        new = [_row(reason, message_id) for reason in found.reasons]
        others = [reason for reason in known if reason["message_id"] != message_id]
        transcripts.write_reasons(session, vault, report, others + new)
    detail = {"category": report.category, "urgency": report.urgency, "version": report.version}
    timeline.add(session, report.id, now, "triaged", **detail)
    return found


def _take_over(
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
        fresh = [r for r in found.reasons if (*_words_of(r), message_id) not in seen]
        after = combine(before, verdict(fresh)) if fresh else before
    else:
        after = combine(before, found) if known else found
    if (after.category, after.urgency) != (before.category, before.urgency):
        report.category, report.urgency = after.category, after.urgency
        report.version += 1


def _words_of(reason: Reason) -> tuple[str, str, str]:
    return reason.category, reason.urgency, reason.phrase


def reassess(
    session: Session,
    vault: Vault,
    report: Report,
    message_id: str,
    shown: Sequence[ShownWord],
    rules: Rules,
    now: datetime,
) -> bool:
    """Triage words that a person has corrected. True if that raised the report.

    Only what the words did not say before may raise it: an urgency that a person has lowered stays
    lowered over the reasons they knew. Offsets keep counting the machine's words. A reason whose
    words are no longer there is kept and marked `corrected`: it is why the report is as urgent as
    it is, and a person may lower that.
    """
    known = transcripts.read_reasons(session, vault, report)
    ours = [reason for reason in known if reason["message_id"] == message_id]
    found = [_as_spoken(reason, shown) for reason in triage(_texts(shown), rules).reasons]
    fresh = [reason for reason in found if not any(_said(row, reason) for row in ours)]
    left = [row for row in ours if not any(_there(row, reason) for reason in found)]
    kept = [row if _reads(row, shown) else {**row, "corrected": True} for row in left]
    others = [reason for reason in known if reason["message_id"] != message_id]
    now_known = others + [_row(reason, message_id) for reason in found] + kept
    if now_known != known:
        transcripts.write_reasons(session, vault, report, now_known)
    return _raise(session, report, fresh, now)


def _raise(session: Session, report: Report, fresh: Sequence[Reason], now: datetime) -> bool:
    before = Triage(Category(report.category), Urgency(report.urgency))
    above = [reason for reason in fresh if reason.urgency > before.urgency]
    counted = above or (fresh if before.category is Category.UNSORTED else [])
    after = reduce(combine, (Triage(r.category, r.urgency) for r in counted), before)
    if after == before:
        return False
    report.category, report.urgency = after.category, after.urgency
    report.version += 1  # whoever has the page open has not seen it
    timeline.add(
        session, report.id, now, "triaged", category=report.category, urgency=report.urgency
    )
    return True


def _texts(shown: Sequence[ShownWord]) -> list[str]:
    return [word.text for word in shown]


def _as_spoken(reason: Reason, shown: Sequence[ShownWord]) -> Reason:
    """The reason, found in shown words, with the offsets of the machine's."""
    first, last = span_of(shown, reason.first_word, reason.last_word)
    phrase = " ".join(reason.phrase.split())  # a correction without text leaves a gap
    return replace(reason, first_word=first, last_word=last, phrase=phrase)


def _there(row: dict[str, Any], reason: Reason) -> bool:
    """Whether a reason that is kept and one that was found are of the same place and matter."""
    first, last = int(row["first_word"]), int(row["last_word"])
    meets = first <= reason.last_word and reason.first_word <= last
    return meets and bool(row["category"] == reason.category)


def _reads(row: dict[str, Any], shown: Sequence[ShownWord]) -> bool:
    """Whether its words are still there, though today's rules do not take them for a reason."""
    first, last = row["first_word"], row["last_word"]
    there = [word.text for word in shown if first <= word.last_word and word.first_word <= last]
    return bool(" ".join(there) == row["phrase"])


def _said(row: dict[str, Any], reason: Reason) -> bool:
    """Whether the words said as much already."""
    as_much = Urgency(row["urgency"]) >= reason.urgency
    return _there(row, reason) and as_much and not row.get("corrected", False)


def _row(reason: Reason, message_id: str) -> dict[str, Any]:
    return {
        "category": reason.category,
        "urgency": reason.urgency,
        "phrase": reason.phrase,
        "first_word": reason.first_word,
        "last_word": reason.last_word,
        "message_id": message_id,
    }
