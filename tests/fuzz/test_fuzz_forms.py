"""Every address of the console with anything in its fields, as everybody: never a 500."""

import random
from pathlib import Path

import pytest

from hotline.people.model import Role
from tests.fuzz.forms import LEAVES, Forms
from tests.support.console import browser_of, cheap_passwords
from tests.support.sample import Night, messages, night

SEED = 20_261_125
TIMES = 3
"""How often each address is tried by each role."""
MANY = 40
"""The same in `make test-long`."""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    cheap_passwords(monkeypatch)
    return night(tmp_path, older=1)


def fuzz(made: Night, role: Role, times: int) -> Forms:
    app = made.world.app()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    rules = [r for r in app.url_map.iter_rules() if r.endpoint.startswith("console.")]
    rules = [r for r in rules if r.endpoint not in LEAVES and "static" not in r.endpoint]
    said = [m for report in made.reports for m in messages(made.world, report)]
    places = {
        "report_id": list(made.reports),
        "message_id": said,
        "year": ["2026", "1", "9999"],
        "code": ["en", "es", "ar"],
        "prompt": ["danger", "digit_1"],
    }
    chance = random.Random(f"{SEED}/{role}")
    forms = Forms(browser_of(made.world, role), rules, places, chance)
    forms.learn()
    for rule in rules:
        if "POST" in (rule.methods or ()):
            forms.send(rule, times)
        elif "events" not in rule.rule:
            forms.ask(rule, times)
    return forms


@pytest.mark.parametrize("role", Role)
def test_nothing_that_is_typed_makes_the_console_fall_over(made: Night, role: Role) -> None:
    forms = fuzz(made, role, TIMES)
    assert forms.answered[200] > 10


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_nothing_that_is_typed_often(made: Night, role: Role) -> None:
    forms = fuzz(made, role, MANY)
    assert forms.answered[200] > 100
