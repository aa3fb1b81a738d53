"""What a visitor has filled in, as it came and as it is used. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")
SEPARATORS = re.compile(r"[\s.\-\u2010-\u2015]+")
"""What people put between digits when they read them from paper."""


@dataclass(frozen=True)
class Filled:
    """The fields of a form; empty where nothing came. text: with line ends of one kind."""

    text: str = ""
    place: str = ""
    number: str = ""
    pin: str = ""
    form: str = ""
    seal: str = ""
    answer: str = ""


def read(form: Mapping[str, str]) -> Filled:
    """The fields of a form that was sent; unknown ones are passed over."""
    text = form.get("text", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    return Filled(
        text=text,
        place=form.get("place", "")[:200],
        number=digits(form.get("number", "")),
        pin=digits(form.get("pin", "")),
        form=form.get("form", ""),
        seal=form.get("seal", "")[:200],
        answer=form.get("answer", "")[:40],
    )


def digits(text: str) -> str:
    """A number as it is kept: digits of any script in ours, nothing between them. Other signs stay,
    and make it a number that nobody has."""
    bare = SEPARATORS.sub("", text[:100])
    return "".join(str(unicodedata.digit(sign, sign)) for sign in bare)[:40]


def token(filled: Filled) -> str | None:
    """By which this form is known when it comes twice; None: it came without a mark of ours.

    Another text in the same form is another message: nothing that was written is lost.
    """
    if not TOKEN.fullmatch(filled.form):
        return None
    parts = (filled.form, filled.number, filled.place, filled.text)
    return "web-" + sha256("\0".join(parts).encode(errors="replace")).hexdigest()
