"""The table [[recipient]] of the roster file: to whom reports are delivered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hotline import addresses
from hotline.oncall.forms import Form, Path, Problem, read
from hotline.oncall.model import RecipientKind
from hotline.oncall.roster_forms import Handle, Number, Text
from hotline.oncall.schedule_forms import WindowForm
from hotline.settings.values import zone

Hours = tuple[tuple[tuple[str, ...], str, str], ...]
"""(days, from, to) of each stretch; times of day as HH:MM."""


@dataclass(frozen=True)
class RecipientEntry:
    """A recipient as the file gives them. position: from 0. district: a handle, None for all.
    categories: empty for all. between: empty for all hours. phone: E.164. One of phone and mail is
    there at least."""

    handle: str
    position: int
    kind: RecipientKind
    name: str
    district: str | None
    categories: tuple[str, ...]
    languages: tuple[str, ...]
    between: Hours
    timezone: str | None
    phone: str | None
    mail: str | None
    pin: str | None


class RecipientForm(Form):
    """[[recipient]]"""

    handle: Handle = Field(description='a short name without spaces, "north-police" for example')
    kind: RecipientKind = Field(description=f"one of {', '.join(RecipientKind)}", strict=False)
    name: Text = Field(description="text")
    district: str | None = Field(None, description="the handle of a district")
    category: list[str] = Field([], description='a list of categories, ["weapons"] for example')
    languages: list[str] = Field(
        ["en"], description='a list of language codes, ["en", "es"] for example', min_length=1
    )
    between: list[Any] = Field(
        [], description='a list of hours, { days = ["mon"], from = "07:00", to = "16:30" }'
    )
    timezone: Annotated[str, AfterValidator(zone)] | None = Field(
        None, description="the name of a time zone, America/Chicago for example"
    )
    phone: Number | None = Field(
        None, description='text with a phone number, "+15550100111" for example'
    )
    mail: Annotated[str, AfterValidator(addresses.mail)] | None = Field(
        None, description="an e-mail address, name@example.org for example"
    )
    pin: str | None = Field(
        None, description='text of 4 to 8 digits, "4711" for example', pattern=r"^[0-9]{4,8}$"
    )


def recipient(raw: object, path: Path, what: str, problems: list[Problem]) -> RecipientEntry | None:
    """Read a recipient; None, and what is wrong in `problems`, if it cannot be."""
    form = read(RecipientForm, raw, path, what, problems)
    if form is None:
        return None
    before = len(problems)
    hours = _hours(form.between, path, what, problems)
    if form.phone is None and form.mail is None:
        problems.append(Problem(path, f"{what[:1].upper()}{what[1:]} needs a phone or a mail."))
    if form.between and form.timezone is None:
        sentence = f"The hours of {what} need a timezone, America/Chicago for example."
        problems.append(Problem((*path, "between"), sentence))
    if len(problems) > before:
        return None
    return RecipientEntry(
        form.handle,
        int(path[-1]) if path else 0,
        form.kind,
        form.name,
        form.district,
        tuple(form.category),
        tuple(form.languages),
        hours,
        form.timezone if form.between else None,
        form.phone,
        form.mail,
        form.pin,
    )


def _hours(between: Sequence[Any], path: Path, what: str, problems: list[Problem]) -> Hours:
    forms = [
        read(WindowForm, raw, (*path, "between", i), f"hours {i + 1} of {what}", problems)
        for i, raw in enumerate(between)
    ]
    return tuple(
        (tuple(form.days), f"{form.start:%H:%M}", f"{form.end:%H:%M}")
        for form in forms
        if form is not None
    )
