"""The page docs/settings.md, written from `hotline.settings` by `python -m hotline.settings_page`.

A test compares the page with what this module gives, so that it cannot fall behind the code.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from hotline.settings import Settings

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
PREFIX = "HOTLINE_"

_HEAD = """\
# Settings

Every setting is an environment variable, or a line `NAME=value` in a file `.env` in the directory
in which Hotline is started (the environment wins). `hotline settings` prints them too. A wrong
value stops the start with one sentence that names the setting, and exit code 2.

The switch has one more, `SWITCH_AUTH_TOKEN`, which `hotline up` sets for it.

This page is written by `python -m hotline.settings_page`; change the descriptions in
[hotline/settings.py](../hotline/settings.py) and run it again.

| setting | default | allowed | meaning |
|---|---|---|---|
"""


def names() -> list[str]:
    """The names of all settings, in the order of `hotline/settings.py`."""
    return [PREFIX + name.upper() for name in Settings.model_fields]


def page() -> str:
    """The whole page as Markdown."""
    return _HEAD + "".join(_rows())


def write(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(page(), encoding="utf-8")


def _rows() -> Iterator[str]:
    for name, field in zip(names(), Settings.model_fields.values(), strict=True):
        cells = (f"`{name}`", _default(field), _allowed(field), field.description or "")
        yield f"| {' | '.join(_cell(c) for c in cells)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _default(field: FieldInfo) -> str:
    return _value(field.default) if field.default is not PydanticUndefined else "must be set"


def _value(value: Any) -> str:
    match value:
        case None:
            return "none"
        case SecretStr():
            return "none" if not value.get_secret_value() else "a secret"
        case bool():
            return f"`{str(value).lower()}`"
        case list():
            return f"`{','.join(value)}`"
    return f"`{value}`"


def _allowed(field: FieldInfo) -> str:
    """The range or the words a setting takes; empty when its meaning says enough."""
    if get_origin(field.annotation) is Literal:
        return " or ".join(f"`{word}`" for word in get_args(field.annotation))
    if field.annotation is bool:
        return "`true` or `false`"
    bounds = (("from", _bound(field, "ge")), ("to", _bound(field, "le")))
    return " ".join(f"{word} {limit}" for word, limit in bounds if limit is not None)


def _bound(field: FieldInfo, name: str) -> object:
    return next((getattr(m, name) for m in field.metadata if hasattr(m, name)), None)


if __name__ == "__main__":
    write()
