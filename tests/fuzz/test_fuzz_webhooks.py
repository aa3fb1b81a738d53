"""20,000 webhooks with anything in them: no 500, no traceback, and TwiML that can be read.

`make test` sends the first 2,500, `make test-long` the others.
"""

from pathlib import Path

import pytest

from ivr import turns
from tests.fuzz.webhooks import NotKept, open_fuzz

INPUTS, SEED = 2_500, 20_261_125
MENUS = 8
"""So many times INPUTS, each on a menu of its own: no test comes near its time limit."""
SEEDS = [SEED, *(pytest.param(SEED + n, marks=pytest.mark.slow) for n in range(1, MENUS))]


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_is_signed_makes_the_menu_fall_over(tmp_path: Path, seed: int) -> None:
    fuzz = open_fuzz(tmp_path, seed)
    answered = fuzz.run(INPUTS)
    fuzz.runtime.close()
    assert sum(answered.values()) >= INPUTS
    assert max(answered) < 500
    # Most of it reaches a view: fuzz that is refused at the door would prove nothing.
    assert answered[200] + answered.get(204, 0) > INPUTS * 0.6


def test_a_menu_that_is_broken_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(turns, "advance", broken)
    fuzz = open_fuzz(tmp_path, SEED)
    with pytest.raises(NotKept, match="ZeroDivisionError"):
        fuzz.run(200)
    fuzz.runtime.close()
