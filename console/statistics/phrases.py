"""Periods, waits and codes of statistics in words."""

from datetime import date

from babel.dates import format_date, get_day_names

from console import names, times
from console.casework import wording
from console.locale import language
from console.text import gettext, marked, ngettext
from hotline.statistics.figures import Figures
from hotline.statistics.period import Period
from hotline.statistics.waits import Waits

# Recipients of a disclosure (hotline.reports.casework.model.Recipient), as names of rows. One that
# is not here is shown by its code, readable.
RECIPIENT = {
    "school": marked("Schools"),
    "law_enforcement": marked("Law enforcement"),
    "ems": marked("Ambulance and medical services"),
    "human_services": marked("Human services"),
}


def headline(figures: Figures) -> str:
    """What the period came to, in one or two sentences."""
    when = within(figures.period)
    if not figures.total:
        return gettext("%(when)s, no report came.", when=when)
    came = ngettext(
        "%(when)s, %(num)s report came.",
        "%(when)s, %(num)s reports came.",
        figures.total,
        when=when,
    )
    return f"{came} {_taken(figures)}"


def _taken(figures: Figures) -> str:
    if not figures.taken:
        return gettext("No person took one yet.")
    half = times.lasted(figures.human.median or 0)
    if figures.taken == figures.total:
        return gettext("A person took every one, half of them within %(half)s.", half=half)
    return ngettext(
        "A person took %(num)s of them, within %(half)s.",
        "A person took %(num)s of them, half of those within %(half)s.",
        figures.taken,
        half=half,
    )


def period(of: Period) -> str:
    """A period: "November 2026", "2026", "3 to 17 November 2026"."""
    if of.whole_year:
        return str(of.first.year)
    if of.whole_month:
        return month(of.first)
    if of.first == of.last:
        return day(of.first)
    return gettext("%(first)s to %(last)s", first=day(of.first), last=day(of.last))


def within(of: Period) -> str:
    """The beginning of a sentence about a period: "In November 2026"."""
    if of.whole_year or of.whole_month:
        return gettext("In %(period)s", period=period(of))
    if of.first == of.last:
        return gettext("On %(period)s", period=period(of))
    return gettext("From %(period)s", period=period(of))


def day(of: date) -> str:
    """A day: "24 November 2026"."""
    return str(format_date(of, gettext("d MMMM y"), locale=language()))


def month(of: date) -> str:
    """A month: "November 2026"."""
    return str(format_date(of, "LLLL y", locale=language()))


def month_short(of: date) -> str:
    """A month as the head of a narrow column: "Nov"."""
    return str(format_date(of, "LLL", locale=language()))


def step(of: date, *, by_day: bool) -> str:
    """A day or month as a row of a table."""
    return day(of) if by_day else month(of)


def tick(of: date, *, by_day: bool, at: int) -> str:
    """What stands below a column: every seventh day, or the month's first letter."""
    if not by_day:
        return str(format_date(of, "LLLLL", locale=language()))
    return str(of.day) if at % 7 == 0 else ""


def weekdays() -> list[str]:
    """The days of the week from Monday, short."""
    known = get_day_names("abbreviated", locale=language())
    return [str(known[n]) for n in range(7)]


def wait(waits: Waits) -> str:
    """Half and nearly all, in words."""
    if not waits.total:
        return gettext("none")
    return gettext(
        "half within %(half)s, 95 of 100 within %(most)s",
        half=times.lasted(waits.median or 0),
        most=times.lasted(waits.quantile(0.95) or 0),
    )


def outcome(code: str | None) -> str:
    """How a report ended."""
    if code is None:
        return gettext("Still open")
    return wording.disposition(code)


TAKER = {
    "counselor": marked("A counselor, on their phone"),
    "law-enforcement": marked("Law enforcement, on their phone"),
    "school-official": marked("A school official, on their phone"),
    None: marked("At a desk, together with another one, or nobody"),
}


def taker(code: str | None) -> str:
    """Who took a report, by the kind of responder; None: nobody on a phone."""
    return gettext(TAKER.get(code, names.plain(code or "").capitalize()))


def recipient(code: str) -> str:
    """To whom a report was disclosed."""
    return gettext(RECIPIENT.get(code, names.plain(code).capitalize()))
