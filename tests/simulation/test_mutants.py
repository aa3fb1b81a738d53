"""The checks can fail: every broken dispatcher is caught, and by the promise it breaks."""

import pytest

from hotline.simulate import chance
from hotline.simulate.mutants import MUTANTS, Mutant, hunt
from hotline.simulate.play import play
from hotline.simulate.shrink import shrink

SEED = 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: m.name)
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
