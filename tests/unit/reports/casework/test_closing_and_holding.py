"""Closing, assigning, duplicates, facts, disclosures and presence."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hotline.reports.casework import (
    assigning,
    closing,
    disclosing,
    duplicates,
    facts,
    presence,
)
from hotline.reports.casework.closing import StillSought
from hotline.reports.casework.disclosing import Basis, Part
from hotline.reports.casework.duplicates import CannotLink
from hotline.reports.casework.model import Disclosure, Presence, Recipient
from hotline.reports.model import Report, ReportState
from hotline.reports.outcomes import Disposition
from tests.support.console import World, leave_message
from tests.unit.reports.casework.conftest import Hand


def close(hand: Hand, sought: bool = False) -> bool:
    now = hand.world.now
    done: bool = hand.do(
        lambda s, r: closing.close(s, r, Disposition.SCHOOL_ACTS, sought=sought, by="ana", now=now)
    )
    return done


# --- closing --------------------------------------------------------------------------------


def test_a_closed_report_has_a_disposition(hand: Hand) -> None:
    assert close(hand)
    report = hand.report
    assert (report.state, report.disposition) == (ReportState.CLOSED, "school_acts")
    assert report.closed_at == hand.world.now
    assert not close(hand)
    assert [d["disposition"] for d in hand.told("closed")] == ["school_acts"]


def test_what_nobody_has_is_not_closed(hand: Hand) -> None:
    with pytest.raises(StillSought):
        close(hand, sought=True)
    assert hand.report.state is ReportState.OPEN


def test_a_closed_report_is_opened_again(hand: Hand) -> None:
    close(hand)
    now = hand.world.now
    assert hand.do(lambda s, r: closing.reopen(s, r, by="bo", now=now))
    report = hand.report
    assert (report.state, report.disposition, report.closed_at) == (ReportState.OPEN, None, None)
    assert not hand.do(lambda s, r: closing.reopen(s, r, by="bo", now=now))
    assert [d["by"] for d in hand.told("reopened")] == ["bo"]


# --- assigning ------------------------------------------------------------------------------


def test_a_report_is_given_to_one_or_to_nobody(hand: Hand) -> None:
    now = hand.world.now
    for to in ("bo", "bo", None):
        hand.do(lambda s, r, to=to: assigning.assign(s, r, to, "ana", now))
    assert hand.report.assignee is None
    assert [(d["by"], d["to"]) for d in hand.told("assigned")] == [("ana", "bo"), ("ana", None)]
    assert hand.report.version == 2


# --- duplicates -----------------------------------------------------------------------------


def link(world: World, one: str, other: str) -> None:
    with world.database.transaction() as session:
        pair = (session.get_one(Report, one), session.get_one(Report, other))
        duplicates.link(session, *pair, by="ana", now=world.now)


def test_duplicates_know_each_other(hand: Hand, world: World) -> None:
    other = leave_message(world)
    link(world, hand.report_id, other)
    assert hand.report.duplicate_of == other
    with world.database.transaction() as session:
        found = duplicates.of(session, session.get_one(Report, other))
        assert [r.id for r in found] == [hand.report_id]
    hand.do(lambda s, r: duplicates.unlink(s, r, by="ana", now=world.now))
    assert hand.report.duplicate_of is None
    kinds = ("duplicate_linked", "duplicate_unlinked")
    assert [d["other"] for d in hand.told(*kinds)] == [other, other]


def test_no_report_is_its_own_duplicate_by_any_way(hand: Hand, world: World) -> None:
    second, third = leave_message(world), leave_message(world)
    for one, other in ((hand.report_id, second), (second, third)):
        link(world, one, other)
    for one, other, why in (
        (third, third, "itself"),
        (third, hand.report_id, "circle"),
        (third, second, "circle"),
    ):
        with pytest.raises(CannotLink) as refused:
            link(world, one, other)
        assert refused.value.why == why


# --- facts ----------------------------------------------------------------------------------


def test_facts_are_sealed_and_the_timeline_names_only_the_fields(hand: Hand) -> None:
    world = hand.world

    def note(**told: str) -> None:
        hand.do(lambda s, r: facts.note(s, world.vault, r, told, by="ana", now=world.now))

    note(grade="fifth", place="By the gym")
    note(place=" ")
    note(place="")
    assert hand.do(lambda s, r: facts.read(s, world.vault, r)) == {"grade": "fifth"}
    assert [d["fields"] for d in hand.told("facts_noted")] == [["grade", "place"], ["place"]]
    assert b"fifth" not in bytes(hand.report.facts or b"")
    assert "gym" not in str(hand.told("facts_noted"))
    hand.do(lambda s, r: facts.set_school(s, r, "north-high", by="ana", now=world.now))
    assert hand.report.school == "north-high"
    assert hand.report.version == 3


# --- disclosures ----------------------------------------------------------------------------


def test_a_disclosure_says_to_whom_what_and_why(hand: Hand) -> None:
    world = hand.world

    def record(given_to: str, *parts: Part) -> None:
        recipient, basis = Recipient.LAW_ENFORCEMENT, Basis.IMMINENT_DANGER
        hand.do(
            lambda s, r: disclosing.record(
                s, world.vault, r, recipient, given_to, parts, basis, by="ana", now=world.now
            )
        )

    record("Officer Diaz", Part.WORDS, Part.FACTS)
    for given_to, parts in (("", (Part.FACTS,)), ("Officer Diaz", ())):
        with pytest.raises(ValueError, match="at least one part"):
            record(given_to, *parts)
    [read] = hand.do(lambda s, r: disclosing.read(s, world.vault, r))
    assert (read.given_to, read.parts, read.basis) == (
        "Officer Diaz",
        ("facts", "words"),
        "imminent_danger",
    )
    row = hand.do(lambda s, r: s.scalars(select(Disclosure)).one())
    assert b"Diaz" not in bytes(row.given_to)
    assert "Diaz" not in str(hand.told("disclosed"))


# --- presence -------------------------------------------------------------------------------


def test_who_has_the_page_open(hand: Hand, world: World) -> None:
    def beat(by: str) -> list[str]:
        return list(hand.do(lambda s, r: presence.beat(s, r, by, world.now)))

    assert beat("ana") == []
    assert beat("bo") == ["ana"]
    world.clock.advance(40)
    assert beat("bo") == ["ana"]
    world.clock.advance(20)
    assert beat("bo") == []  # ana's page has not been heard of for a minute
    with world.database.transaction() as session:
        assert [p.account_id for p in session.scalars(select(Presence))] == ["bo"]
    assert timedelta(seconds=presence.BEAT_S) * 3 == presence.GONE
