"""Corrections of transcripts on both databases: kept, undone, told; what triage makes of them."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.reports import timeline, transcripts
from hotline.reports.casework import corrections, heard
from hotline.reports.casework.corrections import Draft, Overtaken, WrongCorrection, clean
from hotline.reports.casework.heard import Heard
from hotline.reports.casework.heard_as import WHOLE
from hotline.reports.casework.model import Correction
from hotline.reports.model import Message, Report
from hotline.reports.triage import Rules
from tests.support.office import Office

RULES = Rules.parse(
    {
        "weapons": {"life-safety": ["gun*"]},
        "bullying": {"urgent": ["laughed"]},
        "threat": {"urgent": ["come to school"]},
    }
)
SAID = "he showed a pitcher of a gum and laughed"


@dataclass
class Desk:
    """One report with one message, and somebody who listens to it."""

    runtime: Runtime
    report_id: str
    message_id: str

    def write(self, words: str, language: str = "en") -> None:
        """The machine writes a transcript (again)."""
        with self.runtime.database.transaction() as session:
            message = session.get_one(Message, self.message_id)
            transcripts.drop(session, message)
            transcripts.write(
                session,
                self.runtime.vault,
                message,
                language=language,
                model="tiny",
                text=words,
                words=[(word, at, at + 0.5, 0.9) for at, word in enumerate(words.split())],
                average_confidence=0.9,
                duration_s=9.0,
                now=self.runtime.clock(),
            )

    def seen(self) -> Heard:
        """The words as the page has them."""
        with self.runtime.database.transaction() as session:
            return self._seen(session)

    def _seen(self, session: Session) -> Heard:
        report = session.get_one(Report, self.report_id)
        return heard.read_one(session, self.runtime.vault, report, self.message_id)

    def correct(self, first: int, last: int, words: str, seen: Heard | None = None) -> bool:
        """Somebody corrects what they see now, or what they saw before."""
        with self.runtime.database.transaction() as session:
            known = seen or self._seen(session)
            return corrections.correct(
                session,
                self.runtime.vault,
                session.get_one(Message, self.message_id),
                Draft(first, last, words, known.newest, known.transcript_id),
                "ana",
                lambda language: RULES,
                self.runtime.clock(),
            )

    def undo(self) -> bool:
        """Somebody undoes the newest correction there ever was."""
        with self.runtime.database.transaction() as session:
            row = session.scalars(select(Correction).order_by(Correction.id.desc())).first()
            assert row is not None
            now = self.runtime.clock()
            return corrections.undo(
                session, self.runtime.vault, row, "bo", lambda language: RULES, now
            )

    def reasons(self) -> list[tuple[str, int, int, bool]]:
        """Phrase and place of each reason, and whether its words were corrected since."""
        with self.runtime.database.transaction() as session:
            report = session.get_one(Report, self.report_id)
            rows = transcripts.read_reasons(session, self.runtime.vault, report)
        return [
            (r["phrase"], r["first_word"], r["last_word"], r.get("corrected", False)) for r in rows
        ]

    def report(self) -> Report:
        """Its row."""
        with self.runtime.database.transaction() as session:
            return session.get_one(Report, self.report_id)

    def set_urgency(self, category: str, urgency: str) -> None:
        """A person sorts it."""
        with self.runtime.database.transaction() as session:
            report = session.get_one(Report, self.report_id)
            report.category, report.urgency = category, urgency

    def events(self) -> list[tuple[str, str | None]]:
        """What was told of it by whom, of what is told here."""
        kinds = ("words_corrected", "correction_undone", "triaged")
        with self.runtime.database.transaction() as session:
            found = timeline.read(session, self.report_id)
        return [(e.kind, e.detail.get("by")) for e in found if e.kind in kinds]


@pytest.fixture
def desk(runtime_on_both: Runtime) -> Desk:
    report = Office(runtime_on_both).sent_report()
    with runtime_on_both.database.transaction() as session:
        query = select(Message.id).where(Message.report_id == report.id)
        made = Desk(runtime_on_both, report.id, session.scalars(query).one())
    made.write(SAID)
    made.set_urgency("unsorted", "urgent")
    return made


def test_a_correction_is_sealed_and_the_machines_words_are_kept(desk: Desk) -> None:
    desk.correct(6, 6, " gun\n ")
    seen = desk.seen()
    assert seen.as_shown is not None
    assert seen.as_shown.text == "he showed a pitcher of a gun and laughed"
    assert seen.by_machine(6, 6) == "gum"
    assert [(c.text, c.by, c.span) for c in seen.corrections] == [("gun", "ana", (6, 6))]
    with desk.runtime.database.transaction() as session:
        stored = session.execute(text("SELECT text FROM correction")).scalar_one()
        assert b"gun" not in bytes(stored)
        report = session.get_one(Report, desk.report_id)
        [spoken] = heard.read_spoken(session, desk.runtime.vault, report)
        assert spoken.text == seen.as_shown.text
        [machine] = transcripts.read(session, desk.runtime.vault, report)
        assert machine.text == SAID
    assert desk.events()[-1] == ("triaged", None)
    assert ("words_corrected", "ana") in desk.events()


def test_what_it_newly_says_raises_the_report(desk: Desk) -> None:
    assert desk.correct(3, 6, "picture of a gun")
    row = desk.report()
    assert (row.category, row.urgency, row.version) == ("weapons", "life-safety", 1)
    assert desk.reasons() == [("gun", 3, 6, False), ("laughed", 8, 8, False)]


def test_it_never_lowers_and_undoing_does_not_either(desk: Desk) -> None:
    desk.correct(6, 6, "gun")
    assert desk.undo()
    row = desk.report()
    assert (row.category, row.urgency) == ("weapons", "life-safety")
    assert desk.reasons() == [("laughed", 8, 8, False), ("gun", 6, 6, True)]
    assert not desk.undo()
    assert [kind for kind, _ in desk.events()].count("correction_undone") == 1


def test_what_a_person_has_lowered_is_not_raised_by_what_they_knew(desk: Desk) -> None:
    desk.correct(6, 6, "gun")
    desk.set_urgency("bullying", "routine")
    assert not desk.correct(1, 1, "drew")
    assert not desk.correct(3, 6, "pictures of guns")
    row = desk.report()
    assert (row.category, row.urgency) == ("bullying", "routine")
    assert desk.correct(7, 7, "come to school and")
    assert (desk.report().category, desk.report().urgency) == ("threat", "urgent")


def test_a_person_who_sorted_it_is_not_sorted_over(desk: Desk) -> None:
    desk.set_urgency("violence", "urgent")
    assert not desk.correct(7, 7, "come to school and")
    assert desk.report().category == "violence"


def test_reasons_that_todays_rules_do_not_know_stay_where_their_words_are(desk: Desk) -> None:
    with desk.runtime.database.transaction() as session:
        report = session.get_one(Report, desk.report_id)
        reason = {"category": "drugs", "urgency": "urgent", "phrase": "pitcher of"}
        place = {"first_word": 3, "last_word": 4, "message_id": desk.message_id}
        transcripts.write_reasons(session, desk.runtime.vault, report, [{**reason, **place}])
    desk.correct(0, 0, "she")
    assert ("pitcher of", 3, 4, False) in desk.reasons()
    desk.correct(3, 3, "picture")
    assert ("pitcher of", 3, 4, True) in desk.reasons()


def test_a_later_one_takes_the_place_of_those_it_overlaps(desk: Desk) -> None:
    desk.correct(0, 0, "she")
    desk.correct(2, 4, "one")
    desk.correct(4, 6, "two")
    seen = desk.seen()
    assert seen.as_shown is not None
    assert seen.as_shown.text == "she showed a pitcher two and laughed"
    assert [c.text for c in seen.corrections] == ["she", "two"]
    with desk.runtime.database.transaction() as session:
        rows = session.scalars(select(Correction).order_by(Correction.id)).all()
        assert [row.undone_by for row in rows] == [None, "ana", None]


def test_two_people_at_one_word_do_not_write_over_each_other(desk: Desk) -> None:
    before = desk.seen()
    desk.correct(6, 6, "gun")
    with pytest.raises(Overtaken) as overtaken:
        desk.correct(5, 6, "the gym", before)
    assert overtaken.value.newer is not None
    assert overtaken.value.newer.text == "gun"
    desk.correct(0, 0, "she", before)  # elsewhere nothing is in the way
    desk.correct(5, 6, "the gym")
    assert [c.text for c in desk.seen().corrections] == ["she", "the gym"]


def test_an_undone_one_may_be_what_somebody_knew(desk: Desk) -> None:
    desk.correct(6, 6, "gun")
    seen = desk.seen()
    desk.undo()
    desk.correct(6, 6, "gym", seen)
    assert [c.text for c in desk.seen().corrections] == ["gym"]


@pytest.mark.parametrize(
    ("first", "last", "words", "code"),
    [
        (0, 9, "x", "no_such_words"),
        (-1, 2, "x", "no_such_words"),
        (3, 2, "x", "no_such_words"),
        (*WHOLE, "x", "no_such_words"),
        (6, 6, "gum", "same"),
        (0, 1, " he  showed ", "same"),
        (0, 1, "x" * 6001, "too_long"),
    ],
)
def test_what_is_no_correction_changes_nothing(
    desk: Desk, first: int, last: int, words: str, code: str
) -> None:
    with pytest.raises(WrongCorrection) as wrong:
        desk.correct(first, last, words)
    assert wrong.value.code == code
    assert desk.seen().corrections == ()


def test_the_same_correction_twice_is_one(desk: Desk) -> None:
    desk.correct(6, 6, "gun")
    with pytest.raises(WrongCorrection):
        desk.correct(6, 6, "gun")


def test_where_there_are_no_words_a_person_writes_them_down(desk: Desk) -> None:
    with desk.runtime.database.transaction() as session:
        transcripts.drop(session, session.get_one(Message, desk.message_id))
    assert desk.seen().as_shown is None
    assert desk.correct(*WHOLE, "he has a gun")
    assert desk.reasons() == [("gun", 3, 3, False)]
    assert desk.report().urgency == "life-safety"
    with pytest.raises(WrongCorrection):
        desk.correct(0, 0, "she")
    desk.correct(*WHOLE, "he has a gun in his bag")
    assert [c.text for c in desk.seen().corrections] == ["he has a gun in his bag"]
    with desk.runtime.database.transaction() as session:
        report = session.get_one(Report, desk.report_id)
        [spoken] = heard.read_spoken(session, desk.runtime.vault, report)
        assert (spoken.text, spoken.words) == ("he has a gun in his bag", ())


def test_what_was_written_down_is_kept_beside_a_transcript_that_comes_later(desk: Desk) -> None:
    with desk.runtime.database.transaction() as session:
        transcripts.drop(session, session.get_one(Message, desk.message_id))
    before = desk.seen()
    desk.correct(*WHOLE, "he has a gun")
    desk.runtime.clock.advance(60)  # type: ignore[attr-defined]
    desk.write("he has a gum")
    seen = desk.seen()
    assert seen.as_shown is not None
    assert seen.as_shown.text == "he has a gum"
    assert [c.text for c in seen.outdated] == ["he has a gun"]
    with pytest.raises(Overtaken) as overtaken:
        desk.correct(0, 0, "she", before)
    assert overtaken.value.newer is None


def test_the_words_of_a_message_that_was_not_sent_are_nobodys(desk: Desk) -> None:
    desk.correct(6, 6, "gun")
    with desk.runtime.database.transaction() as session:
        message = session.get_one(Message, desk.message_id)
        message.state = type(message.state).DISCARDED
    assert desk.seen().corrections == ()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" a\tb\x00c \u200c", "a b c \u200c"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\r\n", ""),
    ],
)
def test_one_line_without_control_characters(typed: str, kept: str) -> None:
    assert clean(typed) == kept


def test_there_is_one_place_where_changed_words_are_made_use_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    real: Callable[..., bool] = corrections.words_changed

    def seen(session: Session, vault: object, report: Report, *rest: object) -> bool:
        called.append(report.id)
        return real(session, vault, report, *rest)

    monkeypatch.setattr(corrections, "words_changed", seen)
    desk.correct(6, 6, "gun")
    desk.undo()
    assert called == [desk.report_id, desk.report_id]
