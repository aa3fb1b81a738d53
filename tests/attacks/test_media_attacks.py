"""Attacks on the media socket: without a signature, with somebody else's message, used twice, and
more than anybody says."""

import pytest

from hotline.context import Runtime
from tests.conftest import MakeRuntime
from tests.support.streams import URL


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)
