"""The doorbell rings through a real Redis, and is quiet and quick about a dead one."""

import threading
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from structlog.testing import capture_logs

from hotline.tasks.doorbell import DEAF_S, JOB, QUEUE, RqDoorbell, SilentDoorbell, open_doorbell
from tests.support.black_hole import black_hole
from tests.support.redis import Server


def test_a_ring_is_one_job_with_one_opaque_id(redis_server: Server) -> None:
    assert open_doorbell(redis_server.url, [("en",)]).ring("task-1")
    with Redis.from_url(redis_server.url) as connection:
        queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        [job] = queue.jobs
        assert (job.func_name, list(job.args), job.kwargs) == (JOB, ["task-1"], {})
        assert (job.description, job.result_ttl, job.failure_ttl) == ("task", 0, 86400)
        assert job.retries_left is None


def test_every_set_of_languages_hears_it(redis_server: Server) -> None:
    sets = (("en", "es"), ("ar",))
    assert open_doorbell(redis_server.url, sets).ring("task-1")
    with Redis.from_url(redis_server.url) as connection:
        for name in ("transcription:en+es", "transcription:ar"):
            [job] = Queue(name, connection=connection, serializer=JSONSerializer).jobs
            assert list(job.args) == ["task-1"]


def test_a_dead_redis_is_told_and_does_not_raise(redis_server: Server) -> None:
    doorbell = RqDoorbell(redis_server.url)
    assert doorbell.ring("task-1")
    redis_server.stop()
    assert not doorbell.ring("task-2")


def test_it_rings_again_when_redis_is_back(redis_server: Server) -> None:
    doorbell = RqDoorbell(redis_server.url)
    redis_server.stop()
    assert not doorbell.ring("task-1")
    redis_server.start()
    assert doorbell.ring("task-2")


def test_a_redis_that_was_never_there(tmp_path: Path) -> None:
    assert not RqDoorbell(f"unix://{tmp_path}/none.sock").ring("task-1")


def test_a_redis_that_takes_the_connection_and_says_nothing() -> None:
    """A webhook must not wait for it: the socket's time limit ends the ring."""
    rung = threading.Event()
    answers: list[bool] = []
    with black_hole() as url:

        def ring() -> None:
            answers.append(RqDoorbell(url).ring("task-1"))
            rung.set()

        threading.Thread(target=ring, daemon=True).start()
        # Not a measure of speed: an unbounded wait would fail here, a bounded one never does.
        assert rung.wait(30)
    assert answers == [False]


def test_whoever_does_not_answer_is_left_alone_for_a_while() -> None:
    """A sweep with many tasks waits for it once, and not once for each of them."""
    now = [0.0]
    with black_hole() as url:
        doorbell = RqDoorbell(url, clock=lambda: now[0])
        assert capture_rings(doorbell, 20) == 1
        now[0] = DEAF_S - 0.1
        assert capture_rings(doorbell, 20) == 0
        now[0] = DEAF_S
        assert capture_rings(doorbell, 20) == 1


def capture_rings(doorbell: RqDoorbell, count: int) -> int:
    """How often Redis was asked in vain when so many tasks were rung for."""
    with capture_logs() as said:
        assert not any(doorbell.ring(f"task-{number}") for number in range(count))
    return len(said)


def test_no_redis_configured() -> None:
    doorbell = open_doorbell(None, [("en",)])
    assert isinstance(doorbell, SilentDoorbell)
    assert not doorbell.ring("task-1")


def test_whether_it_would_work_is_known_without_a_ring(redis_server: Server) -> None:
    doorbell = RqDoorbell(redis_server.url)
    assert doorbell.hears()
    redis_server.stop()
    assert not doorbell.hears()
    redis_server.start()
    assert doorbell.hears()
    with Redis.from_url(redis_server.url) as connection:
        assert connection.llen(f"rq:queue:{QUEUE}") == 0
    assert not SilentDoorbell().hears()
