"""The transcription worker: loads the models, then lets RQ fork a child for each task."""

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from hotline.context import Runtime
from hotline.runtime import open_runtime
from hotline.settings import load_settings
from hotline.tasks.doorbell import queue_of
from transcription import apart
from transcription.crew import Crew
from transcription.jobs import prepare

# An idle worker looks after itself this often; RQ's default of 420 s leaves abandoned work lying
# (docs/facts.md Q4). Nothing depends on it: the sweeper rings again.
WORKER_TTL_S = 40


def work(runtime: Runtime, number: int = 1) -> None:
    """Load the models of language set `number` (from 1) and serve its queue until SIGTERM.

    In HOTLINE_WORKER_PROCESSES processes, which share the models. Raises ModelMissing,
    ModelBroken, RedisError, IndexError.
    """
    if runtime.settings.redis_url is None:
        raise ValueError("the worker needs HOTLINE_REDIS_URL; without Redis the dispatcher works")
    sets = runtime.settings.language_sets
    languages = sets[number - 1]
    prepare(runtime, languages)
    apart.settle()
    queue = queue_of(languages, sets)
    if runtime.settings.worker_processes == 1:
        serve(runtime.settings.redis_url, queue)
    else:
        url = runtime.settings.redis_url
        Crew(lambda: serve(url, queue), runtime.settings.worker_processes).run()


def serve(redis_url: str, name: str) -> None:
    """Do what is rung for in the queue of that name until SIGTERM. Raises RedisError."""
    connection = Redis.from_url(redis_url)
    queue = Queue(name, connection=connection, serializer=JSONSerializer)
    Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        log_job_description=False,
    ).work(with_scheduler=False)


if __name__ == "__main__":
    work(open_runtime(load_settings()))
