"""The scenarios, one module each."""

from hotline.demo.scenarios import (
    arabic,
    busy,
    caller_hangs_up,
    live,
    message,
    nobody_answers,
    silent_caller,
    spanish,
)

_MODULES = (
    message,
    spanish,
    arabic,
    live,
    busy,
    nobody_answers,
    caller_hangs_up,
    silent_caller,
)
SCENARIOS = {module.SCENARIO.name: module.SCENARIO for module in _MODULES}
"""Every scenario by name, in the order of `hotline demo --list`."""
