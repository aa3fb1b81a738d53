"""Without any Redis, from start to end, a message reaches somebody and is written down.

`make test` has a Redis that is killed in the middle (e2e/test_hostile.py).
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from tests.faults.without_redis import absent, play
from tests.support.black_hole import black_hole

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.parametrize("redis", [absent, black_hole])
def test_a_message_reaches_somebody(redis: Callable[[], AbstractContextManager[str]]) -> None:
    with redis() as url:
        played, broken = play(url)
    assert broken == []
    assert played.outcome is not None
    assert played.outcome.transcripts == 1
