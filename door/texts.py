"""What the door says, in each language: the table `[door]` of the language files.

They stand beside the prompts, so that a language stays one file, and its reviewer reads all that a
caller meets. Sentences that the telephone speaks too are its prompts (`PROMPTS`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from hotline.languages import Language, LanguageError
from hotline.settings import Settings

TEXTS = (
    *("title", "danger", "crisis", "promise_anonymous", "promise_confidential", "intro"),
    *("history", "place", "place_unknown", "words", "words_room", "send", "empty", "too_long"),
    *("crowded", "sum", "once_more", "sent", "receipt", "number", "pin", "again"),
    *("return_link", "new_link", "return_title", "return_intro", "open", "replies"),
    *("reply_spoken", "more", "more_sent", "broken", "languages"),
)
"""Every text that a table must hold."""
PROMPTS = (
    *("return_unknown", "return_locked", "status_waiting", "status_taken", "status_closed"),
    "reply_none",
)


@dataclass(frozen=True)
class Texts:
    """The texts of one language, with the numbers of this deployment."""

    language: Language
    numbers: Mapping[str, str]
    promise: str

    def say(self, name: str, **values: object) -> Markup:
        """A text of the door or a prompt of the telephone, as markup: what is put in is escaped,
        and numbers that can be dialed are links."""
        text = self.language.door.get(name) or self.language.prompts[name]
        dialed = {key: _dial(number) for key, number in self.numbers.items()}
        return escape(text).format(**dialed, **values)

    def digit(self, number: int) -> str:
        """The word for 0 to 9."""
        return self.language.prompts[f"digit_{number}"].strip(" .")


def open_texts(languages: Mapping[str, Language], settings: Settings) -> dict[str, Texts]:
    """The texts of all languages that have any, in the menu's order. Raises LanguageError when some
    of one are missing, or no language has any."""
    numbers = {
        "emergency": settings.emergency_number,
        "crisis": settings.crisis_number,
        "phone": settings.phone_number,
    }
    promise = f"promise_{settings.promise}"
    offered = {code: one for code, one in languages.items() if one.door}
    for code, language in offered.items():
        for name in TEXTS:
            if not language.door.get(name, "").strip():
                raise LanguageError(f"{code}.toml lacks {name!r} in its table [door]; see en.toml.")
    if not offered:
        raise LanguageError("None of HOTLINE_LANGUAGES has a table [door]; see en.toml.")
    return {code: Texts(language, numbers, promise) for code, language in offered.items()}


def _dial(number: str) -> Markup:
    return Markup('<a href="tel:{0}"><bdi dir="ltr">{0}</bdi></a>').format(number)
