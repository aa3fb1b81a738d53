"""The key of a day: one for all processes, thrown away, and there without Redis too."""

from pathlib import Path

import pytest
from redis import Redis

from hotline.tasks.day_key import KEY_BYTES, LIFE_S, PREFIX, OwnKey, SharedKey, open_day_key
from tests.support.redis import Server
from tests.support.work import until

MONDAY, TUESDAY = "2026-11-23", "2026-11-24"


@pytest.fixture
def redis(redis_server: Server) -> Redis:
    connection = Redis.from_url(redis_server.url)
    connection.flushall()
    return connection


def test_all_processes_have_the_same(redis: Redis, redis_server: Server) -> None:
    one, other = SharedKey(redis_server.url), SharedKey(redis_server.url)
    assert one.key(MONDAY) == other.key(MONDAY) == one.key(MONDAY)
    assert len(one.key(MONDAY)) == KEY_BYTES
    assert 0 < redis.ttl(PREFIX + MONDAY) <= LIFE_S


def test_the_next_day_throws_it_away(redis: Redis, redis_server: Server) -> None:
    one, other = SharedKey(redis_server.url), SharedKey(redis_server.url)
    before = one.key(MONDAY)
    assert other.key(TUESDAY) != before
    assert one.key(TUESDAY) == other.key(TUESDAY)
    assert [key.decode() for key in redis.keys(PREFIX + "*")] == [PREFIX + TUESDAY]


def test_it_is_in_no_file_of_redis_either(redis: Redis, redis_server: Server) -> None:
    """The embedded Redis, and that of the containers, write down each change."""
    folder = Path(redis.config_get("dir")["dir"])

    def written() -> bytes:
        files = [path for path in folder.rglob("*") if path.is_file()]
        return b"".join(path.read_bytes() for path in files)

    def rests() -> bool:
        told = redis.info("persistence")
        return not told["aof_rewrite_in_progress"] and not told["aof_rewrite_scheduled"]

    redis.config_set("appendfsync", "always")
    redis.config_set("appendonly", "yes")
    try:
        until(rests)
        known = SharedKey(redis_server.url).key(MONDAY)
        assert known in written()
        SharedKey(redis_server.url).key(TUESDAY)
        until(lambda: rests() and known not in written())
    finally:
        redis.config_set("appendonly", "no")


def test_a_redis_that_forgot_is_told_again(redis: Redis, redis_server: Server) -> None:
    one = SharedKey(redis_server.url)
    known = one.key(MONDAY)
    redis.flushall()
    assert one.key(MONDAY) == known
    assert SharedKey(redis_server.url).key(MONDAY) == known


def test_without_redis_a_process_has_its_own(tmp_path: Path) -> None:
    now = [0.0]
    shared = SharedKey(f"unix://{tmp_path / 'nobody.sock'}", clock=lambda: now[0])
    assert shared.key(MONDAY) == shared.key(MONDAY)
    now[0] = 60.0
    assert shared.key(MONDAY) != shared.key(TUESDAY)
    own = open_day_key(None)
    assert isinstance(own, OwnKey)
    assert own.key(MONDAY) == own.key(MONDAY) != own.key(TUESDAY)
