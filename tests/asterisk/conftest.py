"""Tests against a real Asterisk: skipped, with their reason, where there is none."""

import shutil

import pytest


@pytest.fixture(autouse=True)
def _asterisk() -> None:
    if shutil.which("asterisk") is None:
        pytest.skip("no Asterisk here: lines through one were not tried against a live one")
