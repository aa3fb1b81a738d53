"""What every view of the door works with, and what it remembers for a while in its memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from door.crowd import WRONG_PAIRS, Crowd
from door.question import Questions
from door.texts import Texts, open_texts
from hotline.context import Runtime
from hotline.reports.intake import Receipt
from hotline.reports.triage import Rules

SHOWN_AGAIN = timedelta(minutes=10)
"""So long the same form, sent again because an answer was lost, is answered with the same numbers.
They are in the memory of this process only."""


class Receipts:
    """Number and PIN of the reports of the last minutes, by the token of their form."""

    def __init__(self) -> None:
        self._given: dict[str, tuple[datetime, Receipt]] = {}

    def keep(self, token: str, receipt: Receipt, now: datetime) -> None:
        """Remember a receipt that is about to be shown, and forget the old ones."""
        self._given[token] = (now, receipt)
        for old in [t for t, (at, _) in self._given.items() if at <= now - SHOWN_AGAIN]:
            del self._given[old]

    def of(self, token: str, now: datetime) -> Receipt | None:
        """The receipt of that form, if it is not too old."""
        at, receipt = self._given.get(token, (now - SHOWN_AGAIN, None))
        return receipt if at > now - SHOWN_AGAIN else None


@dataclass(frozen=True)
class Entrance:
    """Runtime, texts and triage rules by language, and this process's memory.

    turn: held while something is written, so that a form that is sent twice at once is one report.
    """

    runtime: Runtime
    texts: Mapping[str, Texts]
    rules: Mapping[str, Rules]
    crowd: Crowd = field(default_factory=Crowd)
    wrong_pairs: Crowd = field(default_factory=lambda: Crowd(WRONG_PAIRS))
    questions: Questions = field(default_factory=Questions)
    receipts: Receipts = field(default_factory=Receipts)
    turn: Lock = field(default_factory=Lock)


def open_entrance(runtime: Runtime) -> Entrance:
    """Wire the door. Raises LanguageError when texts are missing, ValueError when triage phrases
    are in disorder."""
    texts = open_texts(runtime.languages, runtime.settings)
    rules = {code: Rules.parse(language.triage) for code, language in runtime.languages.items()}
    return Entrance(runtime, texts, rules)
