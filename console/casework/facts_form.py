"""The form of a report's facts: made of the fields that the deployment asks for, and the school."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy.orm import Session
from wtforms import SelectField, StringField, validators

from console import locale
from console.context import runtime
from console.forms import HotlineForm, choices
from console.text import gettext
from console.text import lazy_gettext as _l
from hotline.oncall import districts
from hotline.reports.casework import facts
from hotline.reports.model import Report

BEGINS = "fact_"
"""Before a field's key in the form: no field of a deployment collides with ours."""


def make(
    session: Session, report: Report, known: Mapping[str, str] | None = None
) -> type[HotlineForm]:
    """The form's class for this report, in the reader's language. known: what stands now, so that
    a choice the deployment no longer offers is not lost."""
    fields: dict[str, Any] = {
        "school": SelectField(_l("School"), choices=_schools(session, report))
    }
    for field in _fields():
        fields[BEGINS + field.key] = _field(field, (known or {}).get(field.key, ""))
    return cast(type[HotlineForm], type("FactsForm", (HotlineForm,), fields))


def stands(session: Session, report: Report, words: bool) -> HotlineForm:
    """The form with what is known now."""
    known = _known(session, report) if words else {}
    data = {BEGINS + key: text for key, text in known.items()}
    return make(session, report, known)(None, data={"school": report.school or "", **data})


def told(form: HotlineForm) -> Mapping[str, str]:
    """What was filled in, by the keys of the fields."""
    return {
        name.removeprefix(BEGINS): text or ""
        for name, text in form.data.items()
        if name.startswith(BEGINS)
    }


def rows(session: Session, report: Report, words: bool) -> Sequence[tuple[str, str]]:
    """What is known, for the list of facts: label and text. Without words only the school."""
    found = [(gettext("School"), _school(session, report))]
    known = _known(session, report) if words else {}
    for field in _fields():
        if text := known.get(field.key):
            found.append((_in_my_language(field.label), _choice(field, text)))
    return [row for row in found if row[1]]


def _fields() -> tuple[facts.Field, ...]:
    return facts.fields(runtime().settings.facts_file)


def _known(session: Session, report: Report) -> Mapping[str, str]:
    return facts.read(session, runtime().vault, report)


def _in_my_language(label: facts.Label) -> str:
    return facts.text_of(label, locale.language())


def _choice(field: facts.Field, text: str) -> str:
    return _in_my_language(field.choices[text]) if text in field.choices else text


def _field(field: facts.Field, stands: str) -> Any:
    label = _in_my_language(field.label)
    if not field.choices:
        too_long = _l("This is longer than %(max)d characters.")
        return StringField(label, [validators.Length(max=facts.LONGEST, message=too_long)])
    offered = [(key, _in_my_language(text)) for key, text in field.choices.items()]
    if stands and stands not in field.choices:
        offered.append((stands, stands))
    return SelectField(label, choices=choices([("", _l("Not known")), *offered]))


def _schools(session: Session, report: Report) -> Any:
    known = districts.schools(session, report.district)
    offered = [(school.handle, school.name) for school in known]
    if report.school and report.school not in dict(offered):
        offered.append((report.school, report.school))
    return choices([("", _l("Not known")), *offered])


def _school(session: Session, report: Report) -> str:
    known = {school.handle: school.name for school in districts.schools(session, None)}
    return known.get(report.school or "", report.school or "")
