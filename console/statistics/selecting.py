"""Which period and district a page of statistics is of: from its address, and as a form."""

from dataclasses import dataclass
from datetime import date

from flask import abort, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField
from wtforms.validators import DataRequired, ValidationError

from console.context import runtime, signed_in
from console.forms import HotlineForm, choices
from console.text import gettext, lazy_gettext
from hotline.oncall.model import District
from hotline.statistics.period import LONGEST_DAYS, Period, month_of
from hotline.statistics.selection import NO_DISTRICT

ALL = ""


class Filter(HotlineForm):
    """What is asked for. `from` is no name in Python, hence the names given."""

    first = DateField(
        lazy_gettext("From"),
        [DataRequired(lazy_gettext("Choose the first day."))],
        name="from",
    )
    last = DateField(
        lazy_gettext("To"), [DataRequired(lazy_gettext("Choose the last day."))], name="to"
    )
    district = SelectField(lazy_gettext("District"), validate_choice=False)

    def period(self) -> Period | None:
        """The days that were chosen; for a form that is valid."""
        first, last = self.first.data, self.last.data
        return Period(first, last) if first is not None and last is not None else None

    def validate_last(self, field: DateField) -> None:
        """Not before the first day, and not more than ten years after it."""
        if self.first.data is None or field.data is None:
            return
        if field.data < self.first.data:
            raise ValidationError(gettext("The last day is before the first."))
        if Period(self.first.data, field.data).days > LONGEST_DAYS:
            raise ValidationError(gettext("That is more than ten years. Choose a shorter time."))


@dataclass(frozen=True)
class Districts:
    """The districts that whoever asks may see, by handle; `""` stands for all of them."""

    names: dict[str, str]

    def chosen(self, handle: str) -> str | None:
        """What is counted for a handle of the address: None for all districts. 404 for one that
        whoever asks may not see."""
        if handle not in self.names:
            abort(404)
        return None if handle == ALL else handle


def districts(session: Session) -> Districts:
    """Those of the signed-in account: its own and what belongs to none, or all."""
    rows = session.scalars(select(District).order_by(District.name))
    names = {row.handle: row.name for row in rows}
    own = signed_in().account.district
    none = {NO_DISTRICT: gettext("Of no district")}
    if own is None:
        return Districts({ALL: gettext("All districts"), **names, **none})
    return Districts({own: names.get(own, own), **none})


def asked_district(known: Districts) -> str:
    """The handle in the address; without one all that whoever asks may see, or their own."""
    return request.args.get("district", next(iter(known.names)))


def asked_form(known: Districts) -> Filter:
    """The form as the address fills it; without an address this month."""
    month = month_of(runtime().clock().date())
    shown = {"first": month.first, "last": month.last, "district": asked_district(known)}
    given = request.args if request.args.keys() & {"from", "to"} else None
    form = Filter(given, data=shown)
    form.district.choices = choices(known.names.items())
    form.district.data = asked_district(known)
    return form


def shortcuts(today: date) -> list[tuple[str, Period]]:
    """Periods that are asked for most, by name."""
    month, year = month_of(today), Period(date(today.year, 1, 1), date(today.year, 12, 31))
    before = month_of(date.fromordinal(month.first.toordinal() - 1))
    last_year = Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return [
        (gettext("This month"), month),
        (gettext("Last month"), before),
        (gettext("This year"), year),
        (gettext("Last year"), last_year),
    ]
