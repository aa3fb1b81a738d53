"""The transcription worker: loads the models, then lets RQ fork a child for each task."""

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from hotline.context import Runtime
from hotline.runtime import open_runtime
from hotline.settings import load_settings
from hotline.tasks.doorbell import QUEUE
from transcription import apart
from transcription.jobs import prepare

# An idle worker looks after itself this often; RQ's default of 420 s leaves abandoned work lying
# (docs/facts.md Q4). Nothing depends on it: the sweeper rings again.
WORKER_TTL_S = 40


def work(runtime: Runtime) -> None:
    """Load the models and serve the queue until SIGTERM. Raises ModelMissing, RedisError."""
    if runtime.settings.redis_url is None:
        raise ValueError("the worker needs HOTLINE_REDIS_URL; without Redis the dispatcher works")
    prepare(runtime)
    apart.settle()
    connection = Redis.from_url(runtime.settings.redis_url)
    queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
    Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_S,
        log_job_description=False,
    ).work(with_scheduler=False)


if __name__ == "__main__":
    work(open_runtime(load_settings()))
