"""What the yearly reports of two states ask for, item by item, and what this hotline can say to it.

Sources, read in November 2026 (not legal advice; a program checks them with its own counsel):
Illinois, Student Confidential Reporting Act, 5 ILCS 860/40 (P.A. 102-752): the calendar year, filed
within 90 days of its end. Colorado, Safe2Tell Act, C.R.S. 24-31-611 (HB18-1434): the fiscal year
(July to June), posted by December 1. Items are said in our words, not the law's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from console.statistics import phrases
from console.statistics.sheets import STAR, Value
from console.text import gettext, marked
from hotline.statistics import small
from hotline.statistics.figures import Figures

ILLINOIS, COLORADO = "5 ILCS 860/40", "C.R.S. 24-31-611"


@dataclass(frozen=True)
class Answer:
    """What we can say: one of counts with their names, or why not; `note` says what it is."""

    counts: tuple[tuple[str, Value], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Item:
    """One thing a law asks for. number: as its section counts. asks: a text to translate."""

    law: str
    number: str
    asks: str
    answer: Callable[[Figures, bool], Answer]
    """From the figures; the second argument: whether small counts are hidden."""
    enters: tuple[Literal["counts", "text"], ...] = ()
    """What a person can enter for it: only people know it."""

    @property
    def key(self) -> str:
        """Names it in addresses and in the table of what was entered."""
        state = {ILLINOIS: "il", COLORADO: "co"}[self.law]
        return f"{state}-{self.number.strip('()').replace(')(', '-')}"


def _count(count: int, total: int, hide: bool) -> Value:
    return small.single(count, total) if hide else count


def _submitted(figures: Figures, hide: bool) -> Answer:
    count = _count(figures.total, figures.total, hide)
    note = gettext(
        "Calls whose caller said something, and what was written at the web door: see “How they "
        "came”."
    )
    return Answer(((gettext("Reports"), count),), note)


def _forwarded(figures: Figures, hide: bool) -> Answer:
    by, given = figures.disclosed.by_recipient, figures.disclosed
    counts = (
        (gettext("To law enforcement"), by.get("law_enforcement", 0)),
        (gettext("To schools"), by.get("school", 0)),
        (gettext("To both"), given.both),
        (gettext("To one of them at least"), given.either),
    )
    shown = _together(counts, figures, hide)  # each of the four follows from the others
    note = gettext(
        "What was entered as a disclosure; what was only said by telephone is not known. Who took "
        "them on their own phone: see “Who took them”. How they ended: see there."
    )
    return Answer(shown, note)


def _services(figures: Figures, hide: bool) -> Answer:
    count = figures.disclosed.by_recipient.get("human_services", 0)
    note = gettext("Disclosures to human services; whether a referral followed is not known.")
    return Answer(((gettext("Reports"), _count(count, figures.total, hide)),), note)


def _nature(figures: Figures, hide: bool) -> Answer:
    return Answer(
        note=gettext(
            "See “About, by month”. These are this hotline's categories; the law has its program "
            "use those of the Illinois State Police, and which of ours is which is for a person."
        )
    )


def _outcomes(figures: Figures, hide: bool) -> Answer:
    return Answer(note=gettext("See “How they ended”, “Given to” and “Besides”."))


def _by_month(figures: Figures, hide: bool) -> Answer:
    return Answer(note=gettext("See “About, by month”."))


def _duplicates(figures: Figures, hide: bool) -> Answer:
    counts = (
        (gettext("Reports named as telling of the same as another"), figures.duplicates),
        (gettext("Incidents that they tell of"), figures.incidents),
    )
    shown = (*_together(counts, figures, hide), *_incidents(figures, hide))
    return Answer(
        shown, gettext("What a person has named or confirmed; what is only suggested is not in it.")
    )


def _incidents(figures: Figures, hide: bool) -> tuple[tuple[str, Value], ...]:
    """How many incidents there were tells of nobody; of how few reports one was, may."""
    many = figures.gathered
    rests = (figures.total - many.reports, many.reports - many.largest)
    few = hide and any(small.is_small(n) for n in (many.reports, many.largest, *rests))
    counts = (
        (gettext("Reports that a person confirmed to tell of one incident"), many.reports),
        (gettext("Incidents that these tell of"), many.incidents),
        (gettext("Reports of the largest incident"), many.largest),
    )
    return tuple((name, None if few and n else n) for name, n in counts)


def _together(
    counts: tuple[tuple[str, int], ...], figures: Figures, hide: bool
) -> tuple[tuple[str, Value], ...]:
    """Counts that follow from each other: all are hidden when one is; 0 tells of nobody."""
    shown = tuple((name, _count(n, figures.total, hide)) for name, n in counts)
    if any(n is None for _, n in shown):
        return tuple((name, None if n else 0) for name, n in counts)
    return shown


def _crisis(figures: Figures, hide: bool) -> Answer:
    note = gettext(
        "Not known here: whether a caller spoke of themselves is not recorded, and nobody is "
        "identified by this hotline. Reports about suicide: see “About, by month”. Until a person "
        "had the report (all reports): %(wait)s.",
        wait=wait(figures, hide),
    )
    return Answer(note=note)


def wait(figures: Figures, hide: bool) -> str:
    """Until a person had it, in words; a star where it is of so few that it tells of one."""
    few = hide and small.is_small(figures.taken)
    return STAR if few else phrases.wait(figures.human)


def _effectiveness(figures: Figures, hide: bool) -> Answer:
    note = gettext(
        "For a person to write. What may help: until a person had it, %(wait)s.",
        wait=wait(figures, hide),
    )
    return Answer(note=note)


def _unknown(why: str) -> Callable[[Figures, bool], Answer]:
    return lambda figures, hide: Answer(note=gettext(why))


ITEMS = (
    Item(ILLINOIS, "(1)", marked("Reports that were submitted"), _submitted),
    Item(
        ILLINOIS, "(2)", marked("Reports forwarded to law enforcement and to schools"), _forwarded
    ),
    Item(
        ILLINOIS,
        "(3)",
        marked("Reports that led to referrals for human services"),
        _services,
        ("counts", "text"),
    ),
    Item(ILLINOIS, "(4)", marked("What the reports were about, by category"), _nature, ("counts",)),
    Item(ILLINOIS, "(5)", marked("How effective the program was"), _effectiveness, ("text",)),
    Item(COLORADO, "(1)(a)", marked("How reports ended and what was done"), _outcomes, ("text",)),
    Item(COLORADO, "(1)(b)", marked("Reports by category and month"), _by_month),
    Item(
        COLORADO,
        "(1)(c)",
        marked("Misuse of the program, by category"),
        _unknown(marked("Not known here: no outcome of this hotline means misuse.")),
        ("counts", "text"),
    ),
    Item(COLORADO, "(1)(d)", marked("Reports that tell of one incident"), _duplicates),
    Item(
        COLORADO,
        "(1)(e)",
        marked("How often the line was used to threaten or harm somebody"),
        _unknown(
            marked(
                "Not known here: a threat that was reported and one that was made are not told "
                "apart."
            )
        ),
        ("counts", "text"),
    ),
    Item(
        COLORADO,
        "(1)(f)",
        marked("Callers in a crisis of their own, and how long until they were found and helped"),
        _crisis,
        ("counts", "text"),
    ),
    Item(
        COLORADO,
        "(1)(g)",
        marked("How effective the dispatch center was"),
        _effectiveness,
        ("text",),
    ),
    Item(
        COLORADO,
        "(1)(h)",
        marked("Recommendations"),
        _unknown(marked("For a person to write.")),
        ("text",),
    ),
)
