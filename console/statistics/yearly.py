"""The book of a year: what two laws ask for, then all counts, small ones hidden if so chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from console import names, times
from console.statistics import laws, phrases
from console.statistics.drawing import URGENCIES
from console.statistics.sheets import Book, Sheet, Value
from console.text import gettext
from hotline.reports.model import Door
from hotline.statistics import small
from hotline.statistics.entered import Entered
from hotline.statistics.figures import Figures
from hotline.statistics.waits import Waits


class Names:
    """Names of languages and schools for their codes."""

    def __init__(self, languages: Mapping[str, str], schools: Mapping[str, str]) -> None:
        self._languages, self._schools = languages, schools

    def language(self, code: str | None) -> str:
        """The language of that code."""
        return self._languages.get(code or "", code or "")

    def school(self, handle: str | None) -> str:
        """The school of that handle; None: nobody has said which."""
        if handle is None:
            return gettext("Not known")
        return self._schools.get(handle, names.plain(handle))


def book(
    figures: Figures,
    district: str,
    names_of: Names,
    *,
    hide: bool,
    entered: Mapping[str, Entered] | None = None,
) -> Book:
    """Everything a year came to. district: its name. hide: counts under five. entered: what people
    have entered, by the key of its item."""
    entered = entered or {}
    sheets = (
        _law(figures, laws.ILLINOIS, entered, hide=hide),
        _law(figures, laws.COLORADO, entered, hide=hide),
        _about_by_month(figures, hide=hide),
        _listed(gettext("Urgency"), _urgencies(figures), hide=hide),
        _listed(gettext("How they ended"), _named(figures.outcomes, phrases.outcome), hide=hide),
        _given(figures, hide=hide),
        _listed(gettext("How they came"), _ways(figures), hide=hide),
        _listed(gettext("Who took them"), _named(figures.takers, phrases.taker), hide=hide),
        _listed(gettext("Languages"), _named(figures.languages, names_of.language), hide=hide),
        _listed(gettext("Schools"), _named(figures.schools, names_of.school), hide=hide),
        _waits(figures, hide=hide),
        _others(figures, hide=hide),
    )
    title = gettext("Hotline: figures of %(period)s", period=phrases.period(figures.period))
    return Book(title, _lead(figures, district, hide=hide), sheets)


def _lead(figures: Figures, district: str, *, hide: bool) -> tuple[str, ...]:
    first, last = phrases.day(figures.period.first), phrases.day(figures.period.last)
    return (
        gettext(
            "%(district)s, %(first)s to %(last)s, days in UTC. A report counts on the day its call "
            "began. Test calls and callers who hung up without a word are not among the reports.",
            district=district,
            first=first,
            last=last,
        ),
        _hiding() if hide else _not_hiding(),
    )


def _hiding() -> str:
    return gettext(
        "* stands for a hidden count: one from 1 to 4, or one from which such a count could be "
        "worked out. 0 is nothing; what is not known is said to be not known."
    )


def _not_hiding() -> str:
    return gettext(
        "No count is hidden. In a small district a count under 5 can tell who a child is: not for "
        "publication."
    )


def _law(figures: Figures, law: str, entered: Mapping[str, Entered], *, hide: bool) -> Sheet:
    rows: list[tuple[Value, ...]] = []
    notes = [_counsel(law)]
    for item in (each for each in laws.ITEMS if each.law == law):
        answer = item.answer(figures, hide)
        asks = f"{item.number} {gettext(item.asks)}"
        rows += [(asks, name, count, answer.note) for name, count in answer.counts] or [
            (asks, "", "", answer.note)
        ]
        if (by_people := entered.get(item.key)) is not None:
            rows += [
                (asks, name, _own(count, hide=hide), gettext("Entered by a person."))
                for name, count in by_people.counts
            ]
            notes += _written(asks, by_people.text)
    head = (gettext("Asked for"), gettext("Count of"), gettext("Reports"), gettext("What it is"))
    title = {
        laws.ILLINOIS: gettext("What Illinois asks for (%(law)s)", law=law),
        laws.COLORADO: gettext("What Colorado asks for (%(law)s)", law=law),
    }[law]
    return Sheet(title, head, tuple(rows), notes=tuple(notes))


def _own(count: int, *, hide: bool) -> Value:
    """What a person has counted is of no total of ours."""
    return None if hide and small.is_small(count) else count


def _written(asks: str, text: str) -> list[str]:
    """What a person has written: its paragraphs, under what was asked for."""
    paragraphs = [line.strip() for line in text.splitlines() if line.strip()]
    return [f"{asks}:", *paragraphs] if paragraphs else []


def _counsel(law: str) -> str:
    if law == laws.COLORADO:
        return gettext(
            "In our words; the law counts by fiscal years, July to June. Check with your counsel."
        )
    return gettext("In our words; the law counts by calendar years. Check with your counsel.")


def _about_by_month(figures: Figures, *, hide: bool) -> Sheet:
    months, found = figures.period.months, figures.by_month
    categories = list(figures.by_category)
    counts = {(c, m): found.get((m, c), 0) for c in categories for m in months}
    shown = small.table(counts) if hide else small.plain(counts)
    rows = tuple(
        (names.category(c), *(shown.cells[c, m] for m in months), shown.rows[c]) for c in categories
    )
    all_ = (shown.columns.get(m, 0) for m in months)
    return Sheet(
        gettext("About, by month"),
        (gettext("About"), *(phrases.month_short(m) for m in months), gettext("All")),
        rows,
        (gettext("All"), *all_, _total(figures.total, hide=hide)),
    )


def _total(total: int, *, hide: bool) -> Value:
    return small.single(total, total) if hide else total


def _listed(title: str, counts: Mapping[str, int], *, hide: bool) -> Sheet:
    """Counts that add up to all reports."""
    shown: Mapping[str, Value] = small.listed(counts) if hide else counts
    total = _total(sum(counts.values()), hide=hide)
    head = (title, gettext("Reports"))
    return Sheet(title, head, tuple(shown.items()), (gettext("All"), total))


def _named(counts: Mapping[Any, int], name: Callable[[Any], str]) -> dict[str, int]:
    return {name(code): n for code, n in counts.items()}


def _urgencies(figures: Figures) -> dict[str, int]:
    found = figures.by_urgency
    known = {names.urgency(code)[1]: found.get(code, 0) for code in reversed(URGENCIES)}
    others = {names.urgency(c)[1]: n for c, n in found.items() if c not in URGENCIES}
    return {**known, **others}


def _ways(figures: Figures) -> dict[str, int]:
    web, text = (figures.doors.get(door.value, 0) for door in (Door.WEB, Door.TEXT))
    return {
        gettext("Wanted to speak to a person"): figures.live,
        gettext("Left a message"): figures.total - figures.live - web - text,
        gettext("Wrote at the web door"): web,
        gettext("Wrote a text"): text,
    }


def _given(figures: Figures, *, hide: bool) -> Sheet:
    total = figures.total
    counts = figures.disclosed.by_recipient
    shown = {c: small.single(n, total) if hide else n for c, n in counts.items()}
    rows = tuple((phrases.recipient(code), n) for code, n in shown.items())
    title = gettext("Given to")
    note = gettext("One report may have been given to several; each counts once for each.")
    return Sheet(title, (title, gettext("Reports")), rows, notes=(note,))


def _waits(figures: Figures, *, hide: bool) -> Sheet:
    named = (
        (gettext("the first ring"), figures.ring),
        (gettext("a person"), figures.human),
        (gettext("a person, for callers on the line"), figures.human_live),
        (gettext("an answer to the alarm, from the alarm on"), figures.alarms.answered),
    )
    # Without counts: beside those of all reports they would tell how few had nobody.
    head = (gettext("From the call to …"), gettext("Half within"), gettext("95 of 100 within"))
    rows = tuple((name, *_wait(waits, hide=hide)) for name, waits in named)
    return Sheet(gettext("How long it took"), head, rows)


def _wait(waits: Waits, *, hide: bool) -> Sequence[Value]:
    if not waits.total:
        return ("", "")
    if hide and small.is_small(waits.total):
        return (None, None)
    return (times.lasted(waits.median or 0), times.lasted(waits.quantile(0.95) or 0))


def _others(figures: Figures, *, hide: bool) -> Sheet:
    total = figures.total
    counts = (
        (gettext("A person took it"), figures.taken),
        (gettext("The alarm was raised because nobody took it"), figures.alarms.reports),
        (gettext("Nobody has answered that alarm yet"), figures.alarms.open),
        (gettext("Has a message without words, for a person to listen to"), figures.unheard),
        (gettext("Named as telling of the same as another report"), figures.duplicates),
        (gettext("An answer was left for the caller"), figures.reached.answered),
        (gettext("The caller has heard an answer"), figures.reached.heard),
        (gettext("The caller was called back, and spoken to"), figures.reached.called_back),
    )
    rows: list[tuple[Value, ...]] = [
        (name, small.single(n, total) if hide else n) for name, n in counts
    ]
    heard = small.single(figures.reached.heard, figures.reached.answered)
    if hide and heard is None:  # of those who were answered, few have not heard it
        at = [name for name, _ in counts].index(gettext("The caller has heard an answer"))
        rows[at] = (rows[at][0], None)
    silent = figures.silent
    name = gettext("Callers who hung up without a word (not among the reports)")
    rows.append((name, None if hide and small.is_small(silent) else silent))
    return Sheet(gettext("Besides"), (gettext("Besides"), gettext("Reports")), tuple(rows))
