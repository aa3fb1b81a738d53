"""`hotline simulate` on the command line."""

import json

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.simulate.mutants import MUTANTS, Mutant


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["simulate", "--jobs", "1", *arguments])


@pytest.fixture
def losers_ring_on() -> Mutant:
    """A dispatcher that is broken."""
    [mutant] = [m for m in MUTANTS if m.name == "losers-ring-on"]
    return mutant


def test_runs_that_hold() -> None:
    result = run("--runs", "3", "--seed", "5")
    assert result.exit_code == 0
    assert "3 runs, 0 violations" in result.output


def test_json_is_one_object() -> None:
    result = run("--runs", "2", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["runs"] == 2


def test_a_run_can_be_replayed_word_for_word() -> None:
    first, second = (run("--seed", "5", "--run", "4") for _ in range(2))
    assert first.exit_code == 0
    assert first.output == second.output
    assert "caller 1 calls" in first.output


def test_a_violation_is_shown_at_its_shortest(losers_ring_on: Mutant) -> None:
    with losers_ring_on.patch():
        result = run("--runs", "2", "--seed", "9")
        replayed = run("--seed", "9", "--run", "0")
    assert result.exit_code == replayed.exit_code == 1
    assert "made as short as it was found to fail" in result.output
    assert "VIOLATION of I4" in replayed.output


def test_a_number_of_runs_below_one_is_refused() -> None:
    result = run("--runs", "0")
    assert result.exit_code == 2
    assert "--runs" in result.output
