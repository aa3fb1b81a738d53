"""The tables of the roster file that speak of people and places."""

from dataclasses import dataclass
from typing import Annotated

import phonenumbers
from pydantic import AfterValidator, Field

from hotline.oncall.forms import Form, Path, Problem, read
from hotline.oncall.model import ResponderKind


@dataclass(frozen=True)
class Entry:
    """A responder as the file gives them; `number` is E.164, `pin` digits."""

    handle: str
    kind: ResponderKind
    name: str
    number: str
    languages: tuple[str, ...]
    pin: str | None = None


@dataclass(frozen=True)
class DistrictEntry:
    """A district as the file gives it; `lines` are E.164."""

    handle: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class SchoolEntry:
    """A school as the file gives it; `district` is a handle."""

    handle: str
    name: str
    district: str


@dataclass(frozen=True)
class ResourceEntry:
    """Who else can help, as the file gives it. position: from 0, as they are read out. district: a
    handle, None for callers of all districts. text: (language code, what is said)."""

    handle: str
    position: int
    district: str | None
    text: tuple[tuple[str, str], ...]


def e164(number: str) -> str:
    """The number as E.164. Raises ValueError, without the number: messages end up in logs."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        raise ValueError("not a phone number") from None
    if not phonenumbers.is_possible_number(parsed):
        raise ValueError("not a phone number")
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


Handle = Annotated[str, Field(pattern=r"^[^\s:]+$")]
Text = Annotated[str, Field(pattern=r"\S")]
Number = Annotated[str, AfterValidator(e164)]


class ResponderForm(Form):
    """[[responder]]"""

    handle: Handle = Field(description='a short name without spaces, "counselor-1" for example')
    kind: ResponderKind = Field(description=f"one of {', '.join(ResponderKind)}", strict=False)
    name: Text = Field(description="text")
    number: Number = Field(description='text with a phone number, "+15550100111" for example')
    languages: list[str] = Field(
        description='a list of language codes, ["en", "es"] for example', min_length=1
    )
    pin: str | None = Field(
        None, description='text of 4 to 8 digits, "4711" for example', pattern=r"^[0-9]{4,8}$"
    )


class DistrictForm(Form):
    """[[district]]"""

    handle: Handle = Field(description='a short name without spaces, "north" for example')
    name: Text = Field(description="text")
    lines: list[Number] = Field(description="a list of the hotline's own numbers", min_length=1)


class SchoolForm(Form):
    """[[school]]"""

    handle: Handle = Field(description='a short name without spaces, "north-high" for example')
    name: Text = Field(description="text")
    district: str = Field(description="the handle of a district")


class ResourceForm(Form):
    """[[resource]]"""

    handle: Handle = Field(description='a short name without spaces, "crisis-team" for example')
    district: str | None = Field(None, description="the handle of a district")
    text: dict[str, Text] = Field(
        description='what callers hear, by language: { en = "The crisis team comes …" }',
        min_length=1,
    )


def responder(raw: object, path: Path, what: str, problems: list[Problem]) -> Entry | None:
    """Read a responder; None, and what is wrong in `problems`, if it cannot be."""
    form = read(ResponderForm, raw, path, what, problems)
    if form is None:
        return None
    languages = tuple(form.languages)
    return Entry(form.handle, form.kind, form.name, form.number, languages, form.pin)


def district(raw: object, path: Path, what: str, problems: list[Problem]) -> DistrictEntry | None:
    """Read a district; None, and what is wrong in `problems`, if it cannot be."""
    form = read(DistrictForm, raw, path, what, problems)
    return None if form is None else DistrictEntry(form.handle, form.name, tuple(form.lines))


def school(raw: object, path: Path, what: str, problems: list[Problem]) -> SchoolEntry | None:
    """Read a school; None, and what is wrong in `problems`, if it cannot be."""
    form = read(SchoolForm, raw, path, what, problems)
    return None if form is None else SchoolEntry(form.handle, form.name, form.district)


def resource(raw: object, path: Path, what: str, problems: list[Problem]) -> ResourceEntry | None:
    """Read who else can help; None, and what is wrong in `problems`, if it cannot be."""
    form = read(ResourceForm, raw, path, what, problems)
    if form is None:
        return None
    at = int(path[-1]) if path else 0
    return ResourceEntry(form.handle, at, form.district, tuple(form.text.items()))
