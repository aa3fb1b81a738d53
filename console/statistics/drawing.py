"""The charts of a period, and the table that stands beside each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from console import locale, names, times
from console.statistics import charts, phrases
from console.text import gettext, ngettext
from hotline.statistics.figures import Figures
from hotline.statistics.waits import Waits

URGENCIES = ("routine", "urgent", "life-safety")
"""Lightest first: so they stand on each other in a column."""
SHOWN_AT_MOST = 12
"""Rows of a chart; a longer list ends in the table."""


@dataclass(frozen=True)
class Chart:
    """A question, the chart that answers it, and the same as a table: its head and its rows."""

    question: str
    drawn: Markup
    head: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    keys: tuple[tuple[Markup, str], ...] = ()
    """The legend: what a series looks like, and its name."""


def _frame(id_: str, title: str, says: str) -> charts.Frame:
    return charts.Frame(id_, title, says, rtl=locale.direction() == "rtl")


def when(figures: Figures) -> Chart:
    """When they came, and how urgent they were."""
    period, found = figures.period, figures.by_step
    steps = [
        charts.Column(
            phrases.tick(step, by_day=period.by_day, at=at),
            tuple(found.get((step, urgency), 0) for urgency in URGENCIES),
        )
        for at, step in enumerate(period.steps)
    ]
    most = max((sum(step.counts) for step in steps), default=0)
    title = gettext("When did they come?")
    says = gettext("Each column is a day or month; the highest has %(most)s.", most=most)
    name = [names.urgency(urgency)[1] for urgency in URGENCIES]
    looks = charts.SERIES
    return Chart(
        title,
        charts.columns(_frame("when", title, says), steps, str(most)),
        (gettext("Day") if period.by_day else gettext("Month"), *name, gettext("All")),
        tuple(
            (phrases.step(day, by_day=period.by_day), *step.counts, sum(step.counts))
            for day, step in zip(period.steps, steps, strict=True)
            if sum(step.counts) or not period.by_day
        ),
        tuple(
            (charts.swatch(f"when-{look}", look), word)
            for look, word in zip(looks, name, strict=True)
        ),
    )


def about(figures: Figures) -> Chart:
    """What they were about."""
    found = {names.category(code): n for code, n in figures.by_category.items()}
    return _counted("about", gettext("What were they about?"), gettext("About"), found)


def ended(figures: Figures) -> Chart:
    """How they ended."""
    found = {phrases.outcome(code): n for code, n in figures.outcomes.items()}
    return _counted("ended", gettext("How did they end?"), gettext("How it ended"), found)


def _counted(id_: str, title: str, column: str, found: Mapping[str, int]) -> Chart:
    shown = list(found.items())[:SHOWN_AT_MOST]
    says = gettext("Most: %(name)s, %(count)s.", name=shown[0][0], count=shown[0][1])
    rows = [charts.Bar(name, n, str(n)) for name, n in shown]
    head = (column, gettext("Reports"))
    return Chart(title, charts.bars(_frame(id_, title, says), rows), head, tuple(found.items()))


def waited(figures: Figures) -> Chart:
    """How long until a phone rang, and until a person had it."""
    named = [(name, waits) for name, waits in _named(figures) if waits.total]
    title = gettext("How long until a person had it?")
    strips = [
        charts.Strip(
            name, waits.median or 0, waits.quantile(0.95) or 0, times.lasted(waits.median or 0)
        )
        for name, waits in named
    ]
    says = " ".join(f"{name}: {phrases.wait(waits)}." for name, waits in named)
    head = (
        *(gettext("From the call to …"), gettext("Reports")),
        *(gettext("Half within"), gettext("95 of 100 within"), gettext("Within one minute")),
    )
    rows = tuple((name, *_row(waits)) for name, waits in named)
    drawn = charts.strips(_frame("waited", title, says), strips)
    return Chart(title, drawn, head, rows, _stops())


def _stops() -> tuple[tuple[Markup, str], ...]:
    words = (
        ("ring", gettext("it begins")),
        ("disc", gettext("half had it, after the time that is named")),
        ("stop", gettext("95 of 100 had it")),
    )
    return tuple((charts.stop(look), word) for look, word in words)


def _named(figures: Figures) -> Sequence[tuple[str, Waits]]:
    return (
        (gettext("the first ring"), figures.ring),
        (gettext("a person"), figures.human),
        (gettext("a person, for callers on the line"), figures.human_live),
        (gettext("an answer to the alarm, from the alarm on"), figures.alarms.answered),
    )


def _row(waits: Waits) -> tuple[str | int, ...]:
    half, most = waits.median or 0, waits.quantile(0.95) or 0
    return (waits.total, times.lasted(half), times.lasted(most), waits.within(60))


def hours(figures: Figures) -> Chart:
    """At which hours of the week they called."""
    days = [
        (day, [figures.hours.get((number, hour), 0) for hour in range(24)])
        for number, day in enumerate(phrases.weekdays())
    ]
    title = gettext("At which hours?")
    busiest = max(figures.hours.items(), key=lambda pair: pair[1])
    (weekday, hour), most = busiest
    says = ngettext(
        "Most on %(day)s from %(hour)s:00: %(num)s report.",
        "Most on %(day)s from %(hour)s:00: %(num)s reports.",
        most,
        day=days[weekday][0],
        hour=f"{hour:02d}",
    )
    frame = _frame("hours", title, says)
    drawn = charts.week(frame, days, ("00", "06", "12", "18"))
    head = (gettext("Day"), *(f"{hour:02d}" for hour in range(24)))
    return Chart(title, drawn, head, tuple((day, *counts) for day, counts in days))


def every(figures: Figures) -> tuple[Chart, ...]:
    """All charts of a period; none where nothing came."""
    if not figures.total:
        return ()
    some = (when(figures), about(figures), ended(figures), hours(figures))
    return (some[0], waited(figures), *some[1:]) if figures.ring.total else some
