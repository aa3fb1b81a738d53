"""The words of the pages in the reader's language. Outside of a request they are English.

English is the key: `gettext("Nobody has it yet.")`. `pybabel` finds the calls (docs/console.md).
"""

from typing import Any

import flask_babel

from hotline.texts import Sentence, filled_in
from hotline.texts import marked as marked


def gettext(message: str, **values: object) -> str:
    """The message in the reader's language, with its %(name)s filled in."""
    return str(flask_babel.gettext(message, **values))


def translated(sentence: Sentence) -> str:
    """A sentence from beyond the console, in the reader's language."""
    return filled_in(gettext(sentence.pattern), sentence.values)


def ngettext(one: str, many: str, count: int, **values: object) -> str:
    """The message that fits the count, which is %(num)s in it."""
    return str(flask_babel.ngettext(one, many, count, **values))


def lazy_gettext(message: str, **values: object) -> Any:
    """The same for texts that are made at import: translated each time they are shown."""
    return flask_babel.lazy_gettext(message, **values)
