"""The server that answers as Twilio does and our adapter to it; every kind of books."""

from collections.abc import Iterator

import pytest

from hotline.carrier.twilio import TwilioCarrier
from tests.support.shelf import SHELVES, Shelf
from tests.support.switchboard import Application, Switch, running_application, running_switch
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


@pytest.fixture
def application() -> Iterator[Application]:
    with running_application() as server:
        yield server


@pytest.fixture
def switch() -> Iterator[Switch]:
    with running_switch() as process:
        yield process
