"""The Redis of our own: found, private, durable, and optional."""

import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis

from hotline import embedded_redis
from hotline.embedded_redis import SOCKET_PATH_MAX, EmbeddedRedis, answers, prepare

HAS_SERVER = embedded_redis.find_server() is not None
needs_server = pytest.mark.skipif(not HAS_SERVER, reason="no redis-server program here")


def run(redis: EmbeddedRedis) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(redis.command, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while not answers(redis.url):
        assert time.monotonic() < until, "it does not answer"
        time.sleep(0.02)
    return process


@needs_server
def test_keeps_its_list_over_a_restart_on_a_private_socket(tmp_path: Path) -> None:
    redis = prepare(tmp_path / "data")
    assert redis is not None
    process = run(redis)
    assert redis.socket.stat().st_mode & 0o777 == 0o600
    with Redis.from_url(redis.url) as client:
        client.rpush("list", "one")
        assert client.config_get("port")["port"] == "0"
    process.terminate()
    process.wait()
    process = run(redis)
    with Redis.from_url(redis.url) as client:
        assert client.lrange("list", 0, -1) == [b"one"]
    process.terminate()
    process.wait()


@needs_server
def test_a_long_directory_gets_a_short_socket(tmp_path: Path) -> None:
    redis = prepare(tmp_path / ("long" * 30))
    assert redis is not None
    assert len(str(redis.socket)) <= SOCKET_PATH_MAX
    assert redis.borrowed is not None
    assert redis.borrowed.stat().st_mode & 0o777 == 0o700
    redis.remove()
    assert not redis.borrowed.exists()


def test_without_a_program_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_redis, "find_server", lambda: None)
    assert prepare(tmp_path) is None


def test_nobody_answers_at_a_dead_address(tmp_path: Path) -> None:
    assert not answers(f"unix://{tmp_path / 'none.sock'}")
    assert not answers("")
