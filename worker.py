"""The transcription worker: loads the models, then does what RQ rings for in forked processes.

RQ's own fork for each job is left out (SimpleWorker): it would copy the page tables of the models
once more and compile every SQL statement anew, 40 ms for a message, and keeps nothing apart that
`transcription.sandbox` does not. Hostile bytes meet native code in the sandbox's child only.
"""

from redis import Redis
from rq import Queue, SimpleWorker
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

    In HOTLINE_WORKER_PROCESSES processes, which share the models; one that dies is forked again.
    Raises ModelMissing, ModelBroken, IndexError.
    """
    url = runtime.settings.redis_url
    if url is None:
        raise ValueError("the worker needs HOTLINE_REDIS_URL; without Redis the dispatcher works")
    sets = runtime.settings.language_sets
    languages = sets[number - 1]
    prepare(runtime, languages)
    apart.settle()
    queue = queue_of(languages, sets)
    Crew(lambda: serve(url, queue), runtime.settings.worker_processes).run()


def serve(redis_url: str, name: str, *, burst: bool = False) -> None:
    """Do what is rung for in the queue of that name until SIGTERM. Raises RedisError.

    burst: only until nothing is.
    """
    connection = Redis.from_url(redis_url)
    queue = Queue(name, connection=connection, serializer=JSONSerializer)
    SimpleWorker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        log_job_description=False,
    ).work(burst=burst, with_scheduler=False)


if __name__ == "__main__":
    work(open_runtime(load_settings()))
