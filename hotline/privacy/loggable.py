"""Pure: what may stand in a log line. Codes, ids and figures may; sentences and numbers may not.

Two nets, one behind the other. A value must be a code (ASCII, no blanks), so that nothing somebody
said or wrote gets through; and a run of seven digits or more, in any script and with the usual
separators, is taken for a telephone number unless it belongs to an id.
"""

import re
from collections.abc import Container, Mapping
from typing import Any

HIDDEN_NUMBER = "[number]"
HIDDEN_TEXT = "[text]"
MIN_DIGITS = 7  # the shortest subscriber number of the North American plan
LARGEST = 10 ** (MIN_DIGITS - 1)
LARGEST_FIGURE = 10**9  # a size in bytes has seven digits; a whole number with its area has ten
MAX_CODE = 200
MAX_ITEMS = 20
# A UUID, or two letters and 32 hexadecimal digits as Twilio makes its ids.
_ID = (
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[A-Z]{2}[0-9a-f]{32})(?![0-9A-Za-z])"
)
_RUN = rf"\+?\(?\d(?:[\s().\-\u2010-\u2015]{{0,3}}\d){{{MIN_DIGITS - 1},}}"
_ID_OR_RUN = re.compile(f"(?P<id>{_ID})|{_RUN}")
_ONLY_ID = re.compile(_ID)
_CODE = re.compile(rf"[!-~]{{0,{MAX_CODE}}}")  # printable ASCII without the blank


def redact(text: str) -> str:
    """The text with everything that looks like a telephone number hidden; ids stay."""
    return _ID_OR_RUN.sub(lambda m: m.group() if m["id"] else HIDDEN_NUMBER, text)


def carries_number(text: str) -> bool:
    """Whether `redact` would hide something."""
    return redact(text) != text


def only_id(value: Any) -> str:
    """The value if it is an id and nothing else; hidden otherwise, one single word included."""
    return value if isinstance(value, str) and _ONLY_ID.fullmatch(value) else HIDDEN_TEXT


def code(text: str) -> str:
    """The text if it is a code (printable ASCII, no blank, at most 200), numbers hidden."""
    return redact(text) if _CODE.fullmatch(text) else HIDDEN_TEXT


def safe_value(value: Any, *, largest: int = LARGEST) -> Any:
    """A value fit for a log: figures, codes and short lists of them; else the name of its type.

    A figure of `largest` or more is taken for a number. Floats are rounded to a thousandth, so that
    their decimals are not.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return round(value, 3) if -largest < value < largest else HIDDEN_NUMBER
    if isinstance(value, str):
        return code(str(value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return [safe_value(item) for item in list(value)[:MAX_ITEMS]]
    return f"[{type(value).__name__}]"


def keep_allowed(
    fields: Mapping[str, Any], allowed: Container[str], figures: Container[str] = ()
) -> dict[str, Any]:
    """The fields whose key is allowed, made safe, and how many were `dropped` when any were.

    Under the keys of `figures` (sizes, counts) a plain number may have up to nine digits.
    """
    kept = {
        key: safe_value(value, largest=LARGEST_FIGURE if key in figures else LARGEST)
        for key, value in fields.items()
        if key in allowed
    }
    dropped = len(fields) - len(kept)
    return {**kept, "dropped": dropped} if dropped else kept
