"""A dispatcher that dies, and one that comes back in the middle, through the real processes."""

from dataclasses import replace
from itertools import pairwise

import pytest

from hotline.demo import cast, expect
from hotline.demo.cast import ROSA, TOM
from hotline.demo.scenario import Direction, Expectation, Scenario, Seen
from hotline.demo.scenarios import SCENARIOS
from tests.e2e.conftest import Theatre

pytestmark = pytest.mark.e2e
DISPATCHER = "dispatcher"


def _rings(seen: Seen | None) -> bool:
    """A phone rings that the dispatcher has placed."""
    return seen is not None and seen.outcome.happened("attempt_placed")


def _chained(seen: Seen | None) -> bool:
    """The caller's own leg rings Rosa's phone at this moment."""
    legs = seen.legs if seen is not None else ()
    return any(leg["direction"] == "outbound-dial" and leg["ended"] is None for leg in legs)


def _is_over(seen: Seen | None) -> bool:
    """The talk is over; what is left is to delete the carrier's copy."""
    return seen is not None and seen.outcome.dispatch == "taken" and seen.quiet


def _never_two_at_once(seen: Seen) -> bool:
    """No phone was rung while another one still rang, or talked."""
    rung = [leg for leg in seen.legs if leg["number"] in (ROSA.number, TOM.number)]
    following = pairwise(rung)
    return all(a["ended"] is not None and a["ended"] <= b["started"] for a, b in following)


def _scenario(name: str, *directions: Direction) -> Scenario:
    live = SCENARIOS["live"]
    return replace(
        live,
        name=name,
        roster=cast.roster([(ROSA, 8), (TOM, 25)]),
        directions=directions,
        expect=(*live.expect, Expectation("never two phones at once", _never_two_at_once)),
        done=expect.settled,
        limit_s=800.0,
    )


def test_killed_while_the_caller_waits_and_back_while_the_callers_leg_rings(
    theatre: Theatre,
) -> None:
    before = Direction("killed", lambda seen: True, lambda stage: stage.kill(DISPATCHER))
    back = Direction("back", _chained, lambda stage: stage.start_again(DISPATCHER))
    seen, broken = theatre.play(_scenario("back-in-the-middle", before, back))
    assert broken == []
    assert [leg["direction"] for leg in seen.legs if leg["number"] == ROSA.number] == [
        "outbound-dial"
    ]


@pytest.mark.slow
def test_killed_while_a_phone_rings_that_it_has_placed(theatre: Theatre) -> None:
    killed = Direction("killed", _rings, lambda stage: stage.kill(DISPATCHER))
    back = Direction("back", _is_over, lambda stage: stage.start_again(DISPATCHER))
    seen, broken = theatre.play(_scenario("killed-while-ringing", killed, back))
    assert broken == []
    rosa, tom = (leg["direction"] for leg in seen.legs if leg["number"] != cast.CALLER)
    assert (rosa, tom) == ("outbound-api", "outbound-dial")
