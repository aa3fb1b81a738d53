"""Looks for what must not be there: a caller's number or words, in every form they may hide in.

`forms_of_number` and `forms_of_words` say what to look for, `hits` looks. A form is bytes; text is
looked at in lower case, so that `Knife` and `knife` are one.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

LAST_DIGITS = 7
"""So many digits of a number tell who it is to anybody of the same town."""
RUN_WORDS = 3
"""So many words one after the other are the caller's, not chance."""
MIN_LETTERS = 10
"""Of a run: shorter ones ("he is in") stand in our own texts."""
_TAG = re.compile(rb"<[^>]*>")
_SPACES = re.compile(rb"\s+")


@dataclass(frozen=True)
class Form:
    """One way in which it may be written. alone: counts only where no hexadecimal digit is beside
    it: seven digits occur in ids and digests by chance."""

    name: str
    pattern: bytes
    alone: bool = False


@dataclass(frozen=True)
class Hit:
    """Where a form was found, and at which byte."""

    place: str
    form: str
    at: int


def forms_of_number(number: str) -> list[Form]:
    """Plain, national, last seven digits, with signs between, reversed, and each in base64."""
    national = number.removeprefix("+1")
    last = national[-LAST_DIGITS:]
    signs = [f"{national[:3]}-{national[3:6]}-{national[6:]}", f"{last[:3]}-{last[3:]}"]
    signs += [f"{last[:3]} {last[3:]}", f"{last[:3]}.{last[3:]}"]
    return [
        Form("plain", number.encode()),
        Form("plain in a URL", number.replace("+", "%2b").encode()),
        Form("national", national.encode()),
        Form(f"last {LAST_DIGITS}", last.encode(), alone=True),
        *(Form("with signs", text.encode()) for text in signs),
        Form("reversed", national[::-1].encode()),
        Form("reversed last", last[::-1].encode(), alone=True),
        *(Form(f"base64 +{n}", code) for n, code in enumerate(base64_of(last.encode()))),
        Form("hexadecimal", last.encode().hex().encode()),
    ]


def forms_of_words(text: str) -> list[Form]:
    """Every run of three words of the text: plain, reversed and in base64."""
    found: list[Form] = []
    for run in runs_of(text):
        plain = run.encode()
        found += [Form(f"“{run}”", plain), Form(f"“{run}” reversed", run[::-1].encode())]
        found += [Form(f"“{run}” base64 +{n}", code) for n, code in enumerate(base64_of(plain))]
    return found


def runs_of(text: str) -> list[str]:
    """The runs of three words, in lower case, that are long enough to be nobody else's."""
    words = text.lower().split()
    runs = [" ".join(words[n : n + RUN_WORDS]) for n in range(len(words) - RUN_WORDS + 1)]
    return [run for run in runs if len(run) >= MIN_LETTERS]


def base64_of(plain: bytes) -> list[bytes]:
    """The characters that stand for it in base64, whatever stands before and after: 3 alignments.

    Characters that also carry bits of a neighbour are left out.
    """
    found = []
    for before in range(3):
        code = base64.b64encode(b"\0" * before + plain + b"\0\0").rstrip(b"=")
        first, last = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
        found.append(code[first:last])
    return found


def hits(place: str, data: bytes, forms: list[Form]) -> Iterator[Hit]:
    """Every form that stands in the data, at its first place. Base64 is told from case."""
    lower = data.lower()
    for form in forms:
        exact = "base64" in form.name
        pattern = re.escape(form.pattern if exact else form.pattern.lower())
        if form.alone:
            pattern = rb"(?<![0-9a-f])" + pattern + rb"(?![0-9a-f])"
        found = re.search(pattern, data if exact else lower)
        if found is not None:
            yield Hit(place, form.name, found.start())


def search(places: Mapping[str, bytes], forms: list[Form]) -> list[Hit]:
    """The hits of all places."""
    return [hit for place, data in places.items() for hit in hits(place, data, forms)]


def text_of_page(html: bytes) -> bytes:
    """What a reader of the page sees: no tags, each blank once."""
    bare = _SPACES.sub(b" ", _TAG.sub(b" ", html))
    return unescape(bare.decode("utf-8", "replace")).encode()


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below the folder by its path in it, the path itself among the bytes."""
    return {
        str(path.relative_to(folder)): str(path).encode() + b"\n" + path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
