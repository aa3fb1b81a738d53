"""The settings told: as the console shows them, and as the page docs/settings.md, which is written
by `python -m hotline.settings_page`.

A test compares the page with what this module gives, so that it cannot fall behind the code.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from hotline.settings import Settings
from hotline.texts import marked

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
PREFIX = "HOTLINE_"

_HEAD = """\
# Settings

Every setting is an environment variable, or a line `NAME=value` in a file `.env` in the directory
in which Hotline is started (the environment wins). `hotline settings` prints them too. A wrong
value stops the start with one sentence that names the setting, and exit code 2.

The switch has three more, `SWITCH_AUTH_TOKEN`, `SWITCH_SIP_PASSWORD` and
`SWITCH_ASTERISK_PASSWORD`, which `hotline up` and `hotline lines` set for
it.

This page is written by `python -m hotline.settings_page`; change the descriptions in
[hotline/settings](../hotline/settings/__init__.py) and run it again.

| setting | default | allowed | meaning |
|---|---|---|---|
"""


# What is in an address beyond its host may be a secret of whoever answers there.
ADDRESSES_WITH_SECRETS = ("alarm_url", "auditor_url")


Say = Callable[[str], str]
"""Gives a text in the language of whoever reads it."""
OR, NONE, SECRET = marked("or"), marked("none"), marked("a secret")
SET, NOT_SET, MUST_BE_SET = marked("set"), marked("not set"), marked("must be set")
FROM_TO, FROM, TO = (
    marked("from %(low)s to %(high)s"),
    marked("from %(low)s"),
    marked("to %(high)s"),
)


@dataclass(frozen=True)
class Told:
    """One setting: `field` is its name in `Settings`; no value that is a secret is in it."""

    field: str
    name: str
    value: str
    default: str
    allowed: str
    meaning: str
    differs: bool


def told(settings: Settings, say: Say = str) -> list[Told]:
    """All settings with their values, in the order of `hotline/settings`."""
    return [
        Told(
            field=field,
            name=PREFIX + field.upper(),
            value=_shown(field, getattr(settings, field), say),
            default=_default(info, say).replace("`", ""),
            allowed=_allowed(info, say).replace("`", ""),
            meaning=say(info.description or ""),
            differs=_plain(getattr(settings, field)) != _plain(info.default),
        )
        for field, info in Settings.model_fields.items()
    ]


def _shown(field: str, value: Any, say: Say) -> str:
    """A value without what must not be seen: secrets, and passwords in addresses."""
    if isinstance(value, SecretStr) or field == "keys":
        return say(SET if value is not None and value.get_secret_value() else NOT_SET)
    if field in ADDRESSES_WITH_SECRETS and value is not None:
        return f"{urlsplit(value).scheme}://{urlsplit(value).hostname}/…"
    if isinstance(value, str) and "://" in value:
        return _without_password(value)
    return _value(value, say).replace("`", "")


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    if parts.password is None:
        return address
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:…@{host}").geturl()


def _plain(value: Any) -> Any:
    """A value as it is compared with its default."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return value.resolve() if isinstance(value, Path) else value


def names() -> list[str]:
    """The names of all settings, in the order of `hotline/settings`."""
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


def _default(field: FieldInfo, say: Say = str) -> str:
    if field.default is PydanticUndefined:
        return say(MUST_BE_SET)
    return _value(field.default, say)


def _value(value: Any, say: Say) -> str:
    match value:
        case None | []:
            return say(NONE)
        case SecretStr():
            return say(SECRET if value.get_secret_value() else NONE)
        case bool():
            return f"`{str(value).lower()}`"
        case list():
            return f"`{','.join(value)}`"
    return f"`{value}`"


def _allowed(field: FieldInfo, say: Say = str) -> str:
    """The range or the words a setting takes; empty when its meaning says enough."""
    if get_origin(field.annotation) is Literal:
        return f" {say(OR)} ".join(f"`{word}`" for word in get_args(field.annotation))
    if field.annotation is bool:
        return f"`true` {say(OR)} `false`"
    low, high = _bound(field, "ge"), _bound(field, "le")
    if low is None and high is None:
        return ""
    pattern = FROM_TO if None not in (low, high) else FROM if high is None else TO
    return say(pattern) % {"low": low, "high": high}


def _bound(field: FieldInfo, name: str) -> object:
    return next((getattr(m, name) for m in field.metadata if hasattr(m, name)), None)


if __name__ == "__main__":
    write()
