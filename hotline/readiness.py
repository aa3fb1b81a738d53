"""Whether the web process can answer a carrier: what `GET /health/ready` says, and nothing more.

Anybody may ask, so the answer is one word of a closed list; why it is so stands in the log, and
`hotline doctor` says it in sentences.
"""

from enum import StrEnum

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hotline.context import Runtime
from hotline.database.migrations import is_at_head, is_newer
from hotline.tasks import doorbell

log = structlog.get_logger()


class Readiness(StrEnum):
    """ready: all is there · degraded: Redis does not answer, or the tables are of a newer version
    already, and the hotline works on · not ready: the database does not answer, or its tables are
    older than the program."""

    READY = "ready"
    DEGRADED = "degraded"
    NOT_READY = "not ready"


def readiness(runtime: Runtime) -> Readiness:
    """How it is at this moment. Writes nothing and waits for no writer; asks Redis for 200 ms."""
    try:
        with runtime.database.reading() as session:
            current = is_at_head(session.connection())
            newer = not current and is_newer(session.connection())
    except SQLAlchemyError as error:
        log.warning("not_ready", reason="database", error=type(error).__name__)
        return Readiness.NOT_READY
    if newer:  # somebody is updating, and calls go on meanwhile
        log.info("tables_newer")
        return Readiness.DEGRADED
    if not current:
        log.warning("not_ready", reason="revision")
        return Readiness.NOT_READY
    url = runtime.settings.redis_url
    if url is not None and not doorbell.answers(url):
        return Readiness.DEGRADED
    return Readiness.READY
