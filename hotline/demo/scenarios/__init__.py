"""The scenarios, one module each."""

from types import ModuleType

from hotline.demo.scenario import Scenario
from hotline.demo.scenarios import (
    arabic,
    busy,
    callback,
    caller_hangs_up,
    comeback,
    degraded,
    hand_over,
    live,
    message,
    nobody_answers,
    responder_drops,
    sharing,
    silent_caller,
    spanish,
)

_MODULES: tuple[ModuleType, ...] = (
    message,
    spanish,
    arabic,
    live,
    responder_drops,
    hand_over,
    comeback,
    callback,
    degraded,
    busy,
    nobody_answers,
    sharing,
    caller_hangs_up,
    silent_caller,
)
SCENARIOS: dict[str, Scenario] = {m.SCENARIO.name: m.SCENARIO for m in _MODULES}
"""Every scenario by name, in the order of `hotline demo --list`."""
