"""Other people's text as it may stand on a page or in a file: without characters that act. Pure.

Escaping keeps markup from acting; these act without being markup. An override of the direction lets
"harmless" be read where something else stands, a control character rings a terminal or ends a line.
"""

import re

from markupsafe import Markup

ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line ends; embeddings, overrides and isolates of the direction
(Unicode Standard Annex 9). The marks U+200E, U+200F and U+061C only sit between letters: Arabic is
written with them."""
SHOWN = "\ufffd"
"""In place of each: that something stood there is worth seeing."""


def text(said: str) -> str:
    """The text with SHOWN in place of every character that acts."""
    return ACTING.sub(SHOWN, said)


def output(value: object) -> object:
    """What a template puts out (Jinja's `finalize`). Markup was made of such pieces before."""
    return text(value) if isinstance(value, str) and not isinstance(value, Markup) else value
