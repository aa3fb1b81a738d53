"""Which words of a report are masked for those who may not see everything. Pure.

Worked out when somebody reads, from the words as they are stored and the rules of their language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hotline.mistakes import Mistake
from hotline.privacy import redaction
from hotline.privacy.redaction import Masked
from hotline.privacy.redaction_rules import Rules
from hotline.reports import triage

# Below this confidence a word may have been something else (transcription.result says why).
UNSURE = 0.3


class LanguageRulesWrong(Mistake):
    """What a language file says of triage or redaction is not in order."""


class Tables(Protocol):
    """What a language file says of triage and redaction: `hotline.languages.Language`."""

    @property
    def triage(self) -> Mapping[str, Any]: ...
    @property
    def redaction(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True)
class Masker:
    """The rules of one language."""

    rules: Rules
    triage: triage.Rules

    def find(self, words: Sequence[str], confidences: Sequence[float] = ()) -> tuple[Masked, ...]:
        """The masks of the words. What triage decided by stays visible (`redaction.find`).

        confidences: of the words, 0 to 1; left out where somebody typed them.
        """
        unsure = {at for at, sure in enumerate(confidences) if sure < UNSURE}
        if not redaction.find(words, self.rules, unsure=unsure):
            return ()  # the common case, and much the quicker one
        decided = triage.deciding(words, self.triage)
        return redaction.find(words, self.rules, deciding=decided, unsure=unsure - decided)

    def show(self, words: Sequence[str], found: Sequence[Masked]) -> list[str]:
        """The words with each mask as its label in brackets."""
        return redaction.masked(words, found, self.rules)

    def label(self, mask: Masked) -> str:
        """What is shown in place of a mask."""
        return self.rules.labels[mask.kind]


def parse(languages: Mapping[str, Tables]) -> dict[str, Masker]:
    """A masker for each language, in their order.

    Raises LanguageRulesWrong with a sentence that says what is wrong with a language file.
    """
    return {code: _masker(code, one) for code, one in languages.items()}


def _masker(code: str, one: Tables) -> Masker:
    try:
        return Masker(Rules.parse(one.redaction), triage.Rules.parse(one.triage))
    except ValueError as error:
        raise LanguageRulesWrong(f"{code}.toml: {error}") from None


def of(maskers: Mapping[str, Masker], language: str) -> Masker:
    """The masker of a transcript; of the first language where its own is no longer offered."""
    return maskers.get(language) or next(iter(maskers.values()))
