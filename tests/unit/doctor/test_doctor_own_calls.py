"""Calls of the hotline to itself: what is said where they are not wanted. (What is said of their
outcome: tests/unit/dispatch/test_synthetic.py.)"""

from pathlib import Path

from hotline.doctor import own_calls
from hotline.doctor.finding import Level
from tests.unit.doctor.conftest import CARRIER, MakeSettings


def test_off(make_settings: MakeSettings) -> None:
    assert list(own_calls.own_calls(make_settings())) == []
    [found] = own_calls.own_calls(make_settings(**CARRIER))
    assert found.level is Level.OK
    assert found.says == "The hotline does not call itself (docs/operations.md)."


def test_on(make_settings: MakeSettings) -> None:
    [found] = own_calls.own_calls(make_settings(synthetic_call_min=5))
    assert found.says == "The hotline has not called itself yet."
    nothing = make_settings(database_url=None, data_dir=Path("nowhere"), synthetic_call_min=5)
    assert list(own_calls.own_calls(nothing)) == []
