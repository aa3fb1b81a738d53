"""Notes and drafts: sealed, in order, each person's own, gone when saved."""

import pytest
from sqlalchemy import select

from hotline.privacy.cipher import CannotOpen
from hotline.reports.casework import drafts, notes
from hotline.reports.casework.drafts import Field
from hotline.reports.casework.model import Draft, Note
from tests.support.console import World
from tests.unit.reports.casework.conftest import Hand


def write(hand: Hand, text: str, by: str = "ana") -> None:
    world = hand.world
    hand.do(lambda s, r: notes.add(s, world.vault, r, text, by=by, now=world.now))


def keep(hand: Hand, text: str, by: str = "ana", field: Field = Field.NOTE) -> None:
    world = hand.world
    hand.do(lambda s, r: drafts.keep(s, world.vault, r, field, text, by=by, now=world.now))


def kept(hand: Hand, by: str = "ana", field: Field = Field.NOTE) -> str:
    text: str = hand.do(lambda s, r: drafts.read(s, hand.world.vault, r, field, by=by))
    return text


def test_notes_are_read_as_they_were_written_oldest_first(hand: Hand) -> None:
    write(hand, "  Told the officer at 21:22.\nمرحبا ")
    write(hand, "Locker checked.", by="bo")
    read = hand.do(lambda s, r: notes.read(s, hand.world.vault, r))
    assert [(n.by, n.text) for n in read] == [
        ("ana", "Told the officer at 21:22.\nمرحبا"),
        ("bo", "Locker checked."),
    ]
    assert [detail["by"] for detail in hand.told("note_added")] == ["ana", "bo"]
    assert hand.report.version == 0  # a note overwrites nothing


def test_what_was_written_is_sealed(hand: Hand) -> None:
    write(hand, "Told the officer.")
    keep(hand, "Told the principal.")
    for kind in (Note, Draft):
        row = hand.do(lambda s, r, kind=kind: s.scalars(select(kind)).one())
        assert b"Told" not in bytes(row.text)
    assert "Told" not in str(hand.told("note_added"))


def test_a_note_moved_to_another_row_does_not_open(hand: Hand) -> None:
    write(hand, "One.")
    write(hand, "Two.")

    def swap(session, report):  # type: ignore[no-untyped-def]
        one, two = session.scalars(select(Note).order_by(Note.id))
        one.text, two.text = two.text, one.text

    hand.do(swap)
    with pytest.raises(CannotOpen):
        hand.do(lambda s, r: notes.read(s, hand.world.vault, r))


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (notes.LONGEST + 1)])
def test_nothing_and_too_much_is_refused(hand: Hand, text: str) -> None:
    with pytest.raises(ValueError, match="a note has"):
        write(hand, text)
    assert hand.told("note_added") == []


def test_a_draft_takes_the_place_of_the_one_before(hand: Hand) -> None:
    assert kept(hand) == ""
    keep(hand, "Told the")
    keep(hand, "Told the officer")
    assert kept(hand) == "Told the officer"
    keep(hand, " ")
    assert kept(hand) == ""


def test_drafts_are_each_persons_and_each_fields_own(hand: Hand) -> None:
    keep(hand, "mine")
    keep(hand, "theirs", by="bo")
    keep(hand, "to the caller", field=Field.REPLY)
    assert (kept(hand), kept(hand, "bo"), kept(hand, "cy")) == ("mine", "theirs", "")
    hand.do(lambda s, r: drafts.drop(s, r, Field.NOTE, by="ana"))
    assert (kept(hand), kept(hand, "bo")) == ("", "theirs")
    assert kept(hand, field=Field.REPLY) == "to the caller"


def test_a_draft_is_cut_where_its_field_ends(hand: Hand, world: World) -> None:
    keep(hand, "x" * (drafts.LONGEST + 9))
    assert len(kept(hand)) == drafts.LONGEST
