"""The server that answers as Twilio does and our adapter to it; every kind of books."""

from collections.abc import Iterator

import pytest

from hotline.carrier.twilio import TwilioCarrier
from tests.support.shelf import SHELVES, Shelf
from tests.support.twilio import ACCOUNT, OURS, TOKEN, FakeTwilio


@pytest.fixture
def fake() -> Iterator[FakeTwilio]:
    server = FakeTwilio()
    yield server
    server.close()


@pytest.fixture
def carrier(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=fake.url, timeout_s=5.0)
    yield adapter
    adapter.close()


@pytest.fixture(
    params=[pytest.param(n, marks=[pytest.mark.postgres] * (n == "postgres")) for n in SHELVES]
)
def shelf(request: pytest.FixtureRequest) -> Shelf:
    """Each implementation once."""
    return SHELVES[request.param](request)
