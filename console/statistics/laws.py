"""What the yearly reports of two states ask for, item by item, and what this hotline can say to it.

Sources, read in November 2026 (not legal advice; a program checks them with its own counsel):
Illinois, Student Confidential Reporting Act, 5 ILCS 860/40 (P.A. 102-752): the calendar year, filed
within 90 days of its end. Colorado, Safe2Tell Act, C.R.S. 24-31-611 (HB18-1434): the fiscal year
(July to June), posted by December 1. Items are said in our words, not the law's.
"""

from collections.abc import Callable
from dataclasses import dataclass

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


def _count(count: int, total: int, hide: bool) -> Value:
    return small.single(count, total) if hide else count


def _submitted(figures: Figures, hide: bool) -> Answer:
    count = _count(figures.total, figures.total, hide)
    return Answer(((gettext("Reports"), count),), gettext("Calls whose caller said something."))


def _forwarded(figures: Figures, hide: bool) -> Answer:
    by, given = figures.disclosed.by_recipient, figures.disclosed
    counts = (
        (gettext("To law enforcement"), by.get("law_enforcement", 0)),
        (gettext("To schools"), by.get("school", 0)),
        (gettext("To both"), given.both),
        (gettext("To one of them at least"), given.either),
    )
    shown = [(name, _count(n, figures.total, hide)) for name, n in counts]
    if any(n is None for _, n in shown):  # each of the four follows from the others
        shown = [(name, None if counts[at][1] else 0) for at, (name, _) in enumerate(shown)]
    note = gettext(
        "What was entered as a disclosure; what was only said by telephone is not known."
    )
    return Answer(tuple(shown), note)


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
    return Answer(note=gettext("See “How they ended” and “Given to”."))


def _by_month(figures: Figures, hide: bool) -> Answer:
    return Answer(note=gettext("See “About, by month”."))


def _duplicates(figures: Figures, hide: bool) -> Answer:
    counts = (
        (gettext("Reports named as telling of the same as another"), figures.duplicates),
        (gettext("Incidents that they tell of"), figures.incidents),
    )
    shown = tuple((name, _count(n, figures.total, hide)) for name, n in counts)
    if any(n is None for _, n in shown):
        shown = tuple((name, None) for name, _ in shown)
    return Answer(shown, gettext("Only what a supervisor has named; others are not known."))


def _crisis(figures: Figures, hide: bool) -> Answer:
    note = gettext(
        "Not known: whether a caller spoke of themselves is not recorded, and nobody is identified "
        "by this hotline. Until a person had the report (all reports): %(wait)s.",
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
    Item(ILLINOIS, "(3)", marked("Reports that led to referrals for human services"), _services),
    Item(ILLINOIS, "(4)", marked("What the reports were about, by category"), _nature),
    Item(ILLINOIS, "(5)", marked("How effective the program was"), _effectiveness),
    Item(COLORADO, "(1)(a)", marked("How reports ended and what was done"), _outcomes),
    Item(COLORADO, "(1)(b)", marked("Reports by category and month"), _by_month),
    Item(
        COLORADO,
        "(1)(c)",
        marked("Misuse of the program, by category"),
        _unknown(marked("Not known: no outcome of this hotline means misuse.")),
    ),
    Item(COLORADO, "(1)(d)", marked("Reports that tell of one incident"), _duplicates),
    Item(
        COLORADO,
        "(1)(e)",
        marked("How often the line was used to threaten or harm somebody"),
        _unknown(
            marked(
                "Not known: a threat that was reported and one that was made are not told apart."
            )
        ),
    ),
    Item(
        COLORADO,
        "(1)(f)",
        marked("Callers in a crisis of their own, and how long until they were found and helped"),
        _crisis,
    ),
    Item(COLORADO, "(1)(g)", marked("How effective the dispatch center was"), _effectiveness),
    Item(
        COLORADO,
        "(1)(h)",
        marked("Recommendations"),
        _unknown(marked("For a person to write.")),
    ),
)
