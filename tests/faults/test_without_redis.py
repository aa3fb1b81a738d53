"""Without any Redis, from start to end, a message reaches somebody as fast as ever."""

import pytest

from tests.faults.without_redis import absent, play
from tests.support.black_hole import black_hole

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(400)]


@pytest.mark.slow
def test_nobody_listens_there() -> None:
    with absent() as redis_url:
        played, broken = play(redis_url)
    assert broken == []
    assert played.outcome is not None
    assert played.outcome.transcripts == 1


def test_nobody_answers_there() -> None:
    with black_hole() as redis_url:
        played, broken = play(redis_url)
    assert broken == []
    assert played.outcome is not None
    assert played.outcome.transcripts == 1
