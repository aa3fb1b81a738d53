"""Every scenario is well formed: roster, policy, phone scripts, words and languages."""

from pathlib import Path

import pytest

from hotline.demo import cast
from hotline.demo.scenario import Props, Scenario
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import policy
from hotline.oncall import roster
from switch.phones import script as phone_script

NAMED_IN_THE_ISSUE = (
    *("message", "spanish", "arabic", "live"),
    *("responder-drops", "hand-over", "return", "callback", "degraded", "busy"),
    *("nobody-answers", "sharing", "caller-hangs-up", "silent-caller"),
)
MODELS = Path("transcription/models")


@pytest.fixture
def props(tmp_path: Path) -> Props:
    """Files that exist; their content does not matter here."""
    names = ("caller.wav", "greeting.wav", "caller-later.wav")
    for name in names:
        (tmp_path / name).touch()
    return Props(*(str(tmp_path / name) for name in names))


def test_all_are_there() -> None:
    assert tuple(SCENARIOS) == NAMED_IN_THE_ISSUE


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_roster_and_policy_can_be_followed(scenario: Scenario) -> None:
    parsed = roster.parse(scenario.roster)
    plan = policy.parse(parsed.policies["default"])
    assert {e.handle for e in parsed.responders} == {p.handle for p in cast.EVERYBODY}
    assert plan.alarm == (cast.ALARM.handle,)
    assert len([e for e in parsed.responders if e.kind == "counselor"]) >= 2


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_scripts_are_understood_by_the_switch(scenario: Scenario, props: Props) -> None:
    phone_script.parse(scenario.caller(scenario.language, props))
    for script in scenario.phones(props).values():
        phone_script.parse(script)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_words_are_in_the_tiny_models_vocabulary(scenario: Scenario) -> None:
    words = MODELS / f"vosk-model-tiny-{scenario.language}" / "graph" / "words.txt"
    known = {line.split()[0] for line in words.read_text().splitlines()}
    assert set(scenario.spoken.split()) <= known


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda s: s.name)
def test_every_phone_that_acts_is_on_the_roster(scenario: Scenario, props: Props) -> None:
    rung = set(scenario.phones(props))
    assert rung <= {*cast.EVERYBODY, cast.OTHER_PHONE, cast.NORTH_POLICE}
    assert scenario.expect
