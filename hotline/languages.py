"""The languages a caller can choose: one TOML file each, read once.

A file `ivr/languages/<code>.toml` holds everything a language needs (prompts, voice, Vosk model,
triage words, personal data, texts of the web door), so that a new language is one new file. This
module only reads and checks the form; what the tables mean is decided by their users
(`ivr.prompts`, `transcription.engine`, `hotline.reports.triage`,
`hotline.privacy.redaction_rules`, `door.texts`).
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from hotline.mistakes import Mistake

NAMES_ONE = re.compile(r"language_[a-z]+\Z")
"""The prompts by which a responder hears which language the caller speaks."""
DIRECTORY = Path(__file__).resolve().parent.parent / "ivr" / "languages"


class LanguageError(Mistake):
    """A language file is missing or malformed; the message says which and what to mend."""


@dataclass(frozen=True)
class Language:
    """One language of the hotline.

    code: BCP 47 primary subtag, also the file's name. name: in the language itself; english_name
    for staff. direction: of its script. voice: the `[voice]` table. model: folder name of its Vosk
    model; empty: none is known, and people listen. prompts: prompt name -> text to speak. triage,
    redaction: the tables of these names. door: name -> text of the web door, which does not offer
    the language where this is empty. reviewed: who has read the file whose first language it is,
    and when, in their words; empty: nobody yet. word: what may be said in place of a key before a
    person is rung; empty: nothing.
    """

    code: str
    name: str
    english_name: str
    direction: Literal["ltr", "rtl"]
    voice: Mapping[str, Any]
    model: str
    prompts: Mapping[str, str]
    triage: Mapping[str, Any]
    redaction: Mapping[str, Any]
    door: Mapping[str, str] = field(default_factory=dict)
    reviewed: str = ""
    word: str = ""


def load_language(path: Path) -> Language:
    """Read one language file. Raises LanguageError when it is missing or lacks a table."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LanguageError(
            f"There is no language file {path.name}; add it to ivr/languages or take the language "
            "out of HOTLINE_LANGUAGES."
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise LanguageError(f"{path.name} is not valid TOML: {error}") from None
    try:
        direction = cast("Literal['ltr', 'rtl']", raw.get("direction", "ltr"))
        return Language(
            code=path.stem,
            name=raw["name"],
            english_name=raw["english_name"],
            direction=direction,
            voice=raw["voice"],
            model=raw["transcription"]["model"],
            prompts=raw["prompts"],
            triage=raw["triage"],
            redaction=raw["redaction"],
            door=raw.get("door", {}),
            reviewed=raw.get("reviewed", "").strip(),
            word=raw["transcription"].get("word", "").strip(),
        )
    except KeyError as error:
        raise LanguageError(f"{path.name} lacks {error.args[0]!r}; see en.toml.") from None


def load_languages(codes: list[str], directory: Path = DIRECTORY) -> dict[str, Language]:
    """The languages of the codes, in their order (the order of the menu). Raises LanguageError.

    The prompts that name a language are only those of these: each file names all there are.
    """
    found = (load_language(directory / f"{code}.toml") for code in codes)
    return {language.code: _among(language, codes) for language in found}


def _among(language: Language, codes: list[str]) -> Language:
    named = {f"language_{code}" for code in codes}
    kept = {n: p for n, p in language.prompts.items() if n in named or not NAMES_ONE.match(n)}
    return replace(language, prompts=kept)
