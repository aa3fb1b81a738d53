"""The year's book: nothing small in it, formulas disarmed, every item of the laws answered."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from console.statistics import csv_file, laws, pdf_file, yearly
from console.statistics.sheets import Book, Sheet, Value
from hotline.statistics.entered import Entered
from hotline.statistics.figures import Alarms, Disclosed, Figures, Gathered, Reached
from hotline.statistics.period import year_of
from hotline.statistics.small import is_small
from hotline.statistics.waits import waits

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MARCH, MAY = date(2026, 3, 1), date(2026, 5, 1)
FIGURES = Figures(
    period=year_of(2026),
    cells={
        (MARCH, "weapons", "urgent"): 9,
        (MARCH, "drugs", "routine"): 2,
        (MAY, "weapons", "life-safety"): 7,
        (MAY, "bullying", "urgent"): 23,
    },
    languages={"en": 38, "es": 3},
    schools={"north-high": 41},
    outcomes={"school_acts": 30, "unheard_of": 6, None: 5},
    live=10,
    ring=waits([(2, 41)]),
    human=waits([(40, 30), (90, 9)]),
    human_live=waits([(30, 8)]),
    alarms=Alarms(2, waits([(60, 2)]), 0),
    silent=3,
    duplicates=6,
    incidents=2,
    disclosed=Disclosed({"school": 20, "law_enforcement": 8, "human_services": 1}, 3, 25),
)
NAMES = yearly.Names({"en": "English", "es": "Spanish"}, {"north-high": "North High"})


def book(*, hide: bool) -> Book:
    return yearly.book(FIGURES, "North", NAMES, hide=hide)


def sheet(title: str, *, hide: bool) -> Sheet:
    return next(s for s in book(hide=hide).sheets if s.title.startswith(title))


def counts(made: Book) -> list[int]:
    rows = [row for s in made.sheets for row in (*s.rows, *([s.total] if s.total else []))]
    return [value for row in rows for value in row if isinstance(value, int)]


def test_no_small_count_is_in_a_book_for_publication() -> None:
    assert not [n for n in counts(book(hide=True)) if is_small(n)]
    assert [n for n in counts(book(hide=False)) if is_small(n)]


def test_what_is_left_of_a_total_is_hidden_too() -> None:
    rows = dict(row[:2] for row in sheet("Besides", hide=True).rows)
    assert rows["A person took it"] is None  # 39 of 41
    assert sheet("Languages", hide=True).rows == (("English", None), ("Spanish", None))
    assert sheet("Languages", hide=True).total == ("All", 41)


def test_what_follows_from_each_other_is_hidden_together() -> None:
    rows = sheet("What Illinois", hide=True).rows
    given: list[Value] = [row[2] for row in rows if str(row[0]).startswith("(2)")]
    assert given == [None] * 4


def incidents(gathered: Gathered, *, hide: bool) -> list[Value]:
    made = yearly.book(replace(FIGURES, gathered=gathered), "North", NAMES, hide=hide)
    colorado = next(s for s in made.sheets if s.title.startswith("What Colorado"))
    return [row[2] for row in colorado.rows if str(row[0]).startswith("(1)(d)")][2:]


def test_how_many_incidents_is_shown_where_no_few_reports_follow_from_it() -> None:
    assert incidents(Gathered(20, 2, 12), hide=True) == [20, 2, 12]
    assert incidents(Gathered(20, 2, 17), hide=True) == [None] * 3  # 3 tell of the other one
    assert incidents(Gathered(39, 2, 30), hide=True) == [None] * 3  # 2 tell of no incident
    assert incidents(Gathered(3, 1, 3), hide=False) == [3, 1, 3]
    assert incidents(Gathered(), hide=True) == [0, 0, 0]


def test_few_who_have_not_heard_an_answer_do_not_follow_from_the_others() -> None:
    made = yearly.book(replace(FIGURES, reached=Reached(20, 18, 9)), "North", NAMES, hide=True)
    rows = dict(r[:2] for s in made.sheets if s.title == "Besides" for r in s.rows)
    assert rows["An answer was left for the caller"] == 20
    assert rows["The caller has heard an answer"] is None
    assert rows["The caller was called back, and spoken to"] == 9


def test_what_people_enter_stands_under_what_is_asked_for() -> None:
    entered = Entered("1", (("Pranks", 7), ("Insults", 2)), "Half in May.\n\nBoys.", "ana", NOW)
    made = yearly.book(FIGURES, "North", NAMES, hide=True, entered={"co-1-c": entered})
    colorado = next(s for s in made.sheets if s.title.startswith("What Colorado"))
    own = [row[1:3] for row in colorado.rows if row[3] == "Entered by a person."]
    assert own == [("Pranks", 7), ("Insults", None)]
    assert colorado.notes[-2:] == ("Half in May.", "Boys.")


def test_every_item_that_is_not_counted_can_be_entered() -> None:
    keys = [item.key for item in laws.ITEMS]
    assert len(set(keys)) == len(keys)
    assert [item.key for item in laws.ITEMS if not item.enters] == [
        *("il-1", "il-2", "co-1-b", "co-1-d")
    ]


def test_unknown_outcomes_are_said_in_their_words() -> None:
    assert ("unheard of", 6) in sheet("How they ended", hide=False).rows


def test_every_item_of_the_laws_is_answered() -> None:
    for item in laws.ITEMS:
        answer = item.answer(FIGURES, False)
        assert answer.counts or answer.note, item.number
    numbers = [item.number for item in laws.ITEMS if item.law == laws.COLORADO]
    assert numbers == [f"(1)({letter})" for letter in "abcdefgh"]
    assert [i.number for i in laws.ITEMS if i.law == laws.ILLINOIS] == [
        f"({n})" for n in range(1, 6)
    ]


def test_an_empty_year_has_its_book() -> None:
    nothing = Figures(period=year_of(2026))
    made = yearly.book(nothing, "North", NAMES, hide=True)
    assert set(counts(made)) <= {0}
    assert pdf_file.pdf_of(made, "en").startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert csv_file.safe(text) == f"'{text}"


def test_counts_stay_numbers_and_hidden_ones_stars() -> None:
    assert [csv_file.safe(value) for value in (7, None, "North")] == [7, "*", "North"]


def test_a_pdf_keeps_names_of_other_languages_and_markup_as_text() -> None:
    odd = Sheet("Schools", ("School", "Reports"), (("<b>Señor & Łódź", 5),))
    made = pdf_file.pdf_of(Book("Title", (), (odd,)), "es")
    assert b"/Lang (es)" in made
    assert made == pdf_file.pdf_of(Book("Title", (), (odd,)), "es")


def test_long_tables_break_over_pages() -> None:
    long = Sheet("Schools", ("School", "Reports"), tuple((f"School {n}", n) for n in range(200)))
    assert pdf_file.pdf_of(Book("Title", (), (long,)), "en").count(b"/Type /Page\n") >= 4
