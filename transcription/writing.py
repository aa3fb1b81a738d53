"""What is written becomes a transcript: of whoever wrote it, and not of a speech model. It is
sorted in the transaction that keeps it, at whatever door it came in."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault
from hotline.reports.model import Message
from hotline.reports.triage import Rules
from transcription import committing
from transcription.result import Word, make_transcript

MODEL = "written"
"""Stands in a transcript for the speech model."""
LINE_S = 2.0
"""A written word has no time. Each line of the text begins so long after the one before, so that
the console begins a new line there (`console.reports.words`)."""


def sort(
    session: Session,
    vault: Vault,
    rules: Mapping[str, Rules],
    message: Message,
    language: str,
    text: str,
    now: datetime,
) -> None:
    """Keep the words of a written message, sort it by them, and let dispatch know. rules: of
    triage, by language."""
    transcript = make_transcript(language, MODEL, list(_lines(text)), 0.0)
    committing.commit(session, vault, rules, message, transcript, 0, now)


def _lines(text: str) -> Iterator[list[Word]]:
    for at, line in enumerate(filter(None, map(str.split, text.splitlines()))):
        yield [Word(word, at * LINE_S, at * LINE_S, 1.0) for word in line]
