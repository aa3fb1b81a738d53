"""The checks can fail: every broken dispatcher is caught, and by the promise it breaks.

`make test` catches those that are soon caught, `make test-long` the others too, and `make
test-simulation` all.
"""

import pytest

from hotline.simulate import chance
from hotline.simulate.mutants import MUTANTS, Mutant, hunt
from hotline.simulate.play import play
from hotline.simulate.shrink import shrink

SEED = 1
RARE = {
    *("nudges-only-once", "call-never-settled", "cancels-only-once", "fence-unchecked"),
    *("held-for-ever", "late-press-takes-it-away"),
}
"""What shows only after hundreds of worlds: 15 s each and more."""
TESTED = [
    pytest.param(each, id=each.name, marks=[pytest.mark.slow] if each.name in RARE else [])
    for each in MUTANTS
]


def test_the_rare_ones_are_there() -> None:
    assert {each.name for each in MUTANTS} >= RARE


@pytest.mark.parametrize("mutant", TESTED)
def test_a_mutant_is_caught(mutant: Mutant) -> None:
    caught = hunt(mutant, SEED)
    assert caught.violation is not None
    assert caught.violation.invariant in mutant.invariants


def test_a_mutant_breaks_nothing_once_it_is_gone() -> None:
    for mutant in MUTANTS:
        with mutant.patch():
            pass
    assert play(chance.scenario(SEED, 0)).violation is None


def test_every_promise_that_applies_has_a_mutant() -> None:
    promised = {"I0", "I1", "I3", "I4", "I5", "I8", "I9", "I12"}
    assert {i for m in MUTANTS for i in m.invariants} == promised


def test_a_failing_world_is_made_small() -> None:
    [mutant] = [m for m in MUTANTS if m.name == "losers-ring-on"]
    scenario = chance.scenario(SEED, hunt(mutant, SEED).run)
    with mutant.patch():
        smallest = shrink(scenario, tries=300)
        assert smallest.size < scenario.size / 2
        violation = play(smallest).violation
        assert violation is not None
        assert violation.invariant == "I4"
    assert play(smallest).violation is None
