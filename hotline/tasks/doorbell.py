"""The doorbell: an RQ job that carries one opaque task id. Losing it loses nothing.

One queue for each set of languages (mostly one), JSON, no RQ retry and no RQ scheduler (why:
docs/facts.md Q1–Q9). A job only wakes a worker; the task row says what is to be done and who may do
it.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeout
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

QUEUE = "transcription"
WORKERS_KEY = "rq:workers"
"""The set in which RQ registers its workers."""
JOB = "transcription.jobs.run"
OPTIONS: dict[str, Any] = {
    "description": "task",
    "result_ttl": 0,
    "failure_ttl": 86400,
    "job_timeout": -1,
}
# A webhook must not wait for a dead Redis (docs/design.md §4).
CONNECT_S = 0.2
DEAF_S = 2.0
"""A Redis that takes what it is told and does not answer is left alone for so long: a dispatcher
that sweeps would otherwise wait for it once for each task, and phones would ring late. The next
sweep makes up for it."""
log = structlog.get_logger()


class Doorbell(Protocol):
    """Wakes a worker for a task."""

    def ring(self, task_id: str) -> bool:
        """Try to wake a worker; false when that did not work. Never raises."""

    def hears(self) -> bool:
        """Whether a ring would work now. Never raises."""


class SilentDoorbell:
    """No Redis: the sweeper does the work."""

    def ring(self, task_id: str) -> bool:
        """Always false."""
        return False

    def hears(self) -> bool:
        """Always false."""
        return False


class RqDoorbell:
    """Rings through RQ on Redis."""

    def __init__(
        self,
        redis_url: str,
        queues: Sequence[str] = (QUEUE,),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """queues: of all sets of languages. A ring goes to each, for the doorbell knows only ids;
        a worker that has not the task's language leaves it alone. clock: seconds, never back."""
        self._clock, self._deaf_until = clock, -math.inf
        connection = connect(redis_url)
        self._queues = [
            Queue(name, connection=connection, serializer=JSONSerializer) for name in queues
        ]

    def ring(self, task_id: str) -> bool:
        """Enqueue the id; false when Redis does not answer in time (which is logged), or has not
        done so within the last DEAF_S seconds."""
        try:
            return self._ask(lambda queue: queue.enqueue(JOB, task_id, **OPTIONS))
        except (RedisError, OSError) as error:
            log.warning("doorbell_silent", task=task_id, error=type(error).__name__)
            return False

    def hears(self) -> bool:
        """Whether Redis answers in the time a ring has; not asked within DEAF_S either."""
        try:
            return self._ask(lambda queue: queue.connection.ping())
        except (RedisError, OSError):
            return False

    def _ask(self, question: Callable[[Queue], object]) -> bool:
        """Ask at each queue; false while Redis is left alone. Raises RedisError and OSError."""
        if self._clock() < self._deaf_until:
            return False
        try:
            for queue in self._queues:
                question(queue)
        except (RedisTimeout, TimeoutError):  # whoever refuses costs no time
            self._deaf_until = self._clock() + DEAF_S
            raise
        return True


def answers(redis_url: str) -> bool:
    """Whether Redis answers in the time a ring has."""
    try:
        with connect(redis_url) as connection:
            connection.ping()
    except (RedisError, OSError, ValueError):
        return False
    return True


def queue_of(languages: Sequence[str], sets: Sequence[Sequence[str]]) -> str:
    """The queue of a worker that knows these languages, one of the sets of all workers."""
    return QUEUE if len(sets) == 1 else f"{QUEUE}:{'+'.join(languages)}"


def open_doorbell(redis_url: str | None, sets: Sequence[Sequence[str]]) -> Doorbell:
    """The doorbell of the settings; sets: the languages of each kind of worker."""
    queues = [queue_of(languages, sets) for languages in sets]
    return RqDoorbell(redis_url, queues) if redis_url else SilentDoorbell()


def connect(redis_url: str) -> Redis:
    """A connection on which nobody waits longer than CONNECT_S, and which asks nothing twice."""
    return Redis.from_url(
        redis_url,
        socket_timeout=CONNECT_S,
        socket_connect_timeout=CONNECT_S,
        retry=Retry(NoBackoff(), 0),
    )
