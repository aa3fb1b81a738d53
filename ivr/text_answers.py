"""What a text is answered with, in the language of whoever wrote: sentences of the table `[door]`
of the language files, several to a text."""

from collections.abc import Iterable, Mapping

from hotline.languages import Language, LanguageError
from hotline.reports.intake import Receipt
from hotline.settings import Settings

TEXTS = (
    *("text_numbers", "text_notice", "text_notice_door", "text_answer", "text_answer_door"),
    *("text_media", "text_full", "text_stopped", "text_help", "text_broken"),
)
"""Every sentence that only texts have; a language without them is answered in the first one."""
SHARED = ("sent", "danger", "crisis", "more_sent", "empty")
"""Sentences of the web door that are said here too."""
WITH_DOOR = {"text_notice": "text_notice_door", "text_answer": "text_answer_door"}
"""Said in their place where there is a web door."""
FIRST = ("sent", "danger", "crisis", "text_numbers", "text_notice")
"""The answer to the first text of a conversation."""
LONGEST = 1600
"""Characters of a text that is sent (Twilio's Message resource)."""


def offered(languages: Mapping[str, Language]) -> dict[str, Language]:
    """The languages in which texts can be answered, in the menu's order. Raises LanguageError when
    some sentences of one are missing, or no language has any."""
    found = {code: one for code, one in languages.items() if one.door}
    for code, language in found.items():
        for name in (*TEXTS, *SHARED):
            if not language.door.get(name, "").strip():
                raise LanguageError(f"{code}.toml lacks {name!r} in its table [door]; see en.toml.")
    if not found:
        raise LanguageError("None of HOTLINE_LANGUAGES has a table [door]; see en.toml.")
    return found


def body(
    language: Language, settings: Settings, names: Iterable[str], receipt: Receipt | None = None
) -> str:
    """The sentences of these names as one text. Without a receipt, what would tell it is left
    out."""
    values = {
        "emergency": settings.emergency_number,
        "crisis": settings.crisis_number,
        "phone": settings.phone_number,
        "door": settings.door_url or "",
        "number": receipt.number if receipt is not None else "",
        "pin": receipt.pin if receipt is not None else "",
    }
    said = (name for name in names if receipt is not None or name != "text_numbers")
    named = (WITH_DOOR.get(name, name) if settings.door_url else name for name in said)
    return "\n".join(language.door[name].format(**values) for name in named)
