"""Without any Redis, from start to end, a message reaches somebody and is written down."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.faults.without_redis import absent, play
from tests.support.black_hole import black_hole

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.mark.parametrize("redis", [pytest.param(absent, marks=pytest.mark.slow), black_hole])
def test_a_message_reaches_somebody(redis: Callable[[], AbstractContextManager[str]]) -> None:
    with redis() as url:
        played, broken = play(url)
    assert broken == []
    assert played.outcome is not None
    assert played.outcome.transcripts == 1
