"""Tests with SIPp: skipped, with their reason, where it is not installed."""

import shutil

import pytest

pytest.importorskip("sippy", reason="hotline[sip] is not installed")


@pytest.fixture(autouse=True)
def _sipp() -> None:
    if shutil.which("sipp") is None:
        pytest.skip("SIPp is not installed (Debian: apt-get install sip-tester)")
