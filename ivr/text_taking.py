"""A text is taken: kept, sorted and handed to dispatch, in one transaction, and what it is answered
with. The same text told twice is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.languages import Language
from hotline.oncall import districts
from hotline.reports import text_language, texted, timeline, written
from hotline.reports.casework import replies
from hotline.reports.intake import Receipt
from hotline.reports.model import Door, Report
from hotline.reports.text_language import Vocabulary
from hotline.reports.text_model import TextConversation, TextMessage
from hotline.reports.text_words import Keyword, keyword
from hotline.reports.triage import Rules
from hotline.reports.written import BY_TEXT, Place
from ivr import text_answers
from transcription import writing

QUIET: Final = timedelta(minutes=2)
"""Who writes several texts in a row is answered once."""
CROWD_LIMIT, CROWD_PERIOD = 60, timedelta(minutes=10)
"""Reports by text beyond which the timeline says that many came; as at the web door."""
TELLS: Final = 3
"""Words of a text that may change the language of a conversation; fewer are alike in many."""


@dataclass(frozen=True)
class Incoming:
    """A text as the carrier tells of it. sender: who wrote, used for its keyed name, and kept only
    sealed. line: our number. pictures: how many came with it. answered: the carrier has answered a
    word like STOP itself."""

    id: str
    sender: str
    line: str
    body: str
    pictures: int = 0
    answered: bool = False


@dataclass(frozen=True)
class TextDoor:
    """What every text needs. rules: of triage; vocabulary: of languages that can be answered."""

    runtime: Runtime
    languages: Mapping[str, Language]
    rules: Mapping[str, Rules]
    vocabulary: Vocabulary


def open_text_door(runtime: Runtime) -> TextDoor:
    """Wire the door. Raises LanguageError when sentences are missing, ValueError when triage
    phrases are in disorder."""
    languages = text_answers.offered(runtime.languages)
    rules = {code: Rules.parse(language.triage) for code, language in languages.items()}
    words = {code: list(_all_texts(language)) for code, language in languages.items()}
    return TextDoor(runtime, languages, rules, text_language.vocabulary(words))


def language_of(door: TextDoor, body: str) -> Language:
    """The language that a text is most likely written in."""
    return door.languages[text_language.guess(door.vocabulary, body)]


def take(door: TextDoor, incoming: Incoming) -> str:
    """Take a text, in a transaction of its own; gives the answer, empty where there is none.

    Raises IntegrityError when another webhook wrote at the same moment: then once more.
    """
    runtime, now = door.runtime, door.runtime.clock()
    with runtime.database.transaction() as session:
        known = texted.arrived(session, incoming.id)
        if known is not None:
            return _again(door, session, known, now)
        days = runtime.settings.text_join_days
        row = texted.conversation(session, runtime.vault, incoming.sender, incoming.line, days, now)
        turn = _Turn(door, session, row, incoming, _language(door, row, incoming.body), now)
        names, receipt = turn.taken()
        texted.note(session, row, incoming.id, names, turn.language.code, now)
        return text_answers.body(turn.language, runtime.settings, names, receipt)


def _again(door: TextDoor, session: Session, text: TextMessage, now: datetime) -> str:
    """The same text is told twice: the same answer; with the PIN only soon after."""
    row = session.get(TextConversation, text.conversation_id)
    receipt = texted.receipt_of(session, door.runtime.vault, row, text, now)
    language = door.languages.get(text.language) or next(iter(door.languages.values()))
    return text_answers.body(language, door.runtime.settings, text.answer, receipt)


def _language(door: TextDoor, row: TextConversation, body: str) -> Language:
    if row.language in door.languages and len(body.split()) < TELLS:
        return door.languages[str(row.language)]
    return language_of(door, body)


@dataclass(frozen=True)
class _Turn:
    """One text in its conversation."""

    door: TextDoor
    session: Session
    row: TextConversation
    incoming: Incoming
    language: Language
    now: datetime

    def taken(self) -> tuple[list[str], Receipt | None]:
        """Do what the text asks for. Gives the names of the answer's sentences, and the receipt of
        a new report."""
        word = keyword(self.incoming.body)
        if word is Keyword.STOP:
            return self._stopped(), None
        count = texted.count(self.session, self.row, self.now)
        if count >= texted.HOUR_LIMIT:
            return (["text_full"] if count == texted.HOUR_LIMIT else []), None
        if word is Keyword.START:
            self.row.stopped_at = None
            return ([] if self.incoming.answered else ["text_help"]), None
        names, receipt = self._written(word)
        return ([] if self.row.stopped_at is not None else names), receipt

    def _stopped(self) -> list[str]:
        """One answer, and then none: two machines must not go on answering each other."""
        first = self.row.stopped_at is None and not self.incoming.answered
        texted.stop(self.session, self.row, self.now)
        return ["text_stopped"] if first else []

    def _written(self, word: Keyword | None) -> tuple[list[str], Receipt | None]:
        pictures = ["text_media"] if self.incoming.pictures else []
        if not self.incoming.body.strip():
            return pictures or ["empty"], None
        greeting = ["text_help"] if word is Keyword.HELP and not self.incoming.answered else []
        report, receipt = texted.report_of(self.session, self.row), None
        if report is None:
            report, receipt = self._new_report()
            names = [*greeting, *text_answers.FIRST, *pictures]
        else:
            self._more(report)
            names = [*greeting, *self._answers(report), *pictures]
        if self.door.runtime.settings.text_replies != "off":
            sender = self.incoming.sender
            texted.keep_number(self.session, self.door.runtime.vault, self.row, sender)
        return names, receipt

    def _new_report(self) -> tuple[Report, Receipt]:
        session, vault = self.session, self.door.runtime.vault
        crowded = _is_crowded(session, self.now)
        place = Place(districts.of_line(session, self.incoming.line))
        code, token = self.language.code, _token(self.incoming)
        report, message = written.new_report(
            session, vault, code, place, token, self.now, Door.TEXT
        )
        if crowded:
            timeline.add(session, report.id, self.now, "texted_in_crowd")
        receipt = written.receipt(report)
        texted.keep_receipt(session, vault, self.row, report, receipt)
        body = self.incoming.body
        writing.sort(session, vault, self.door.rules, message, code, body, self.now)
        return report, receipt

    def _more(self, report: Report) -> None:
        session, vault = self.session, self.door.runtime.vault
        message = written.more(session, report, _token(self.incoming), self.now)
        code, body = self.language.code, self.incoming.body
        writing.sort(session, vault, self.door.rules, message, code, body, self.now)

    def _answers(self, report: Report) -> list[str]:
        """To more of a report: that it was added, unless that was said just now; and that a reply
        waits, if one does."""
        answered = self.row.answered_at
        waits = any(reply.heard_at is None for reply in replies.of(self.session, report))
        if answered is not None and answered > self.now - QUIET and not waits:
            return []
        return ["more_sent", *(["text_answer"] if waits else [])]


def _token(incoming: Incoming) -> str:
    return BY_TEXT + sha256(incoming.id.encode()).hexdigest()


def _is_crowded(session: Session, now: datetime) -> bool:
    recent = select(func.count()).select_from(Report).where(Report.created_at > now - CROWD_PERIOD)
    return (session.scalar(recent.where(Report.door == Door.TEXT)) or 0) >= CROWD_LIMIT


def _all_texts(language: Language) -> list[str]:
    """All that a language's file says: prompts, door, words of triage, everyday words."""
    found = [*language.prompts.values(), *language.door.values()]
    found += [word for word in language.redaction.get("stop", []) if isinstance(word, str)]
    for table in language.triage.values():
        if isinstance(table, Mapping):
            found += [phrase for phrases in table.values() for phrase in phrases]
    return found
