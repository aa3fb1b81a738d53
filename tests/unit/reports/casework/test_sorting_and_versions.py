"""Sorting by people and by triage, and who is told what has changed."""

import pytest

from hotline.reports import assess
from hotline.reports.casework import sorting, versions
from hotline.reports.casework.sorting import Lowering, ReasonNeeded
from hotline.reports.casework.versions import ChangedMeanwhile
from hotline.reports.triage import Category, Rules, Urgency
from tests.support.console import message_of
from tests.unit.reports.casework.conftest import Hand

RULES = Rules.parse({"weapons": {"life-safety": ["gun"]}, "drugs": {"urgent": ["pills"]}})


def sort(hand: Hand, category: Category, urgency: Urgency, reason: Lowering | None = None) -> bool:
    now = hand.world.now
    rose: bool = hand.do(
        lambda s, r: sorting.sort(s, r, category, urgency, by="ana", now=now, reason=reason)
    )
    return rose


def triage(hand: Hand, words: str, message: str | None = None) -> None:
    world = hand.world
    message_id = message or message_of(world, hand.report_id)
    hand.do(
        lambda s, r: assess.assess(s, world.vault, r, message_id, words.split(), RULES, world.now)
    )


def stands(hand: Hand) -> tuple[str, str]:
    return hand.report.category, hand.report.urgency


def test_raising_is_free_and_told(hand: Hand) -> None:
    assert sort(hand, Category.WEAPONS, Urgency.LIFE_SAFETY)
    assert stands(hand) == ("weapons", "life-safety")
    assert hand.told("category_set", "urgency_raised") == [
        {"by": "ana", "category": "weapons", "before": "unsorted", "version": 1},
        {"by": "ana", "urgency": "life-safety", "version": 2},
    ]


def test_lowering_takes_a_reason(hand: Hand) -> None:
    with pytest.raises(ReasonNeeded):
        sort(hand, Category.BULLYING, Urgency.ROUTINE)
    assert stands(hand) == ("unsorted", "urgent")
    assert hand.report.version == 0
    assert not sort(hand, Category.BULLYING, Urgency.ROUTINE, Lowering.NOT_NOW)
    assert stands(hand) == ("bullying", "routine")
    assert hand.told("urgency_lowered") == [
        {"by": "ana", "urgency": "routine", "reason": "not_now", "version": 2}
    ]


def test_what_stays_as_it_is_is_not_written(hand: Hand) -> None:
    assert not sort(hand, Category.UNSORTED, Urgency.URGENT)
    assert hand.report.version == 0


def test_a_persons_choice_stands_against_the_same_words(hand: Hand) -> None:
    triage(hand, "he has a gun")
    assert stands(hand) == ("weapons", "life-safety")
    sort(hand, Category.BULLYING, Urgency.ROUTINE, Lowering.HEARD_WRONGLY)
    triage(hand, "he has a gun")
    assert stands(hand) == ("bullying", "routine")


def test_new_words_raise_what_a_person_lowered(hand: Hand) -> None:
    triage(hand, "he has pills")
    sort(hand, Category.BULLYING, Urgency.ROUTINE, Lowering.NOT_NOW)
    triage(hand, "he has pills and a gun")
    assert stands(hand) == ("weapons", "life-safety")


def test_words_that_come_later_never_lower_what_a_person_raised(hand: Hand) -> None:
    sort(hand, Category.SUICIDE, Urgency.LIFE_SAFETY)
    triage(hand, "he has pills")
    assert stands(hand) == ("suicide", "life-safety")


def test_a_form_over_an_older_version_is_refused(hand: Hand) -> None:
    hand.do(lambda s, r: versions.check(r, 0))
    sort(hand, Category.WEAPONS, Urgency.LIFE_SAFETY)
    for seen in (0, 1, None, 3):
        with pytest.raises(ChangedMeanwhile):
            hand.do(lambda s, r, seen=seen: versions.check(r, seen))
    hand.do(lambda s, r: versions.check(r, 2))


def test_what_has_changed_since_a_version(hand: Hand) -> None:
    sort(hand, Category.WEAPONS, Urgency.LIFE_SAFETY)
    triage(hand, "he has pills")

    def kinds(seen: int) -> list[str]:
        found: list[str] = hand.do(lambda s, r: [e.kind for e in versions.since(s, r, seen)])
        return found

    assert kinds(0) == ["category_set", "urgency_raised", "triaged"]
    assert kinds(1) == ["urgency_raised", "triaged"]
    assert kinds(2) == []


def test_triage_that_raises_counts_as_a_change(hand: Hand) -> None:
    triage(hand, "he has a gun")
    assert hand.report.version == 1
    triage(hand, "he has a gun")
    assert hand.report.version == 1
