"""What the worker's tasks work with, and how they hold what they have claimed."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hotline.context import Runtime
from hotline.reports.triage import Rules
from hotline.tasks import queue
from hotline.tasks.queue import Lease, LeaseLost
from transcription.apart import Room
from transcription.catalogue import unread
from transcription.engine import Engine

log = structlog.get_logger()

# A dead worker's task is free again after so long; a working one renews three times as often.
LEASE_S = 10.0
RENEW_EVERY_S = LEASE_S / 3


@dataclass(frozen=True)
class Workshop:
    """The runtime, the loaded engine, triage rules by language."""

    runtime: Runtime
    engine: Engine
    rules: Mapping[str, Rules]

    def unread(self, language: str) -> bool:
        """Whether no worker reads the language: it has no model, and people listen."""
        one = self.runtime.languages.get(language)
        return one is not None and unread(language, one, self.runtime.settings.models_folder)

    def renewal(self, lease: Lease) -> Callable[[], None]:
        """What to call while work goes on: it renews the lease. Raises LeaseLost.

        A database that does not answer costs no work: the fence decides when it is committed.
        """

        def renew() -> None:
            try:
                with self.runtime.database.transaction() as session:
                    queue.renew(session, lease, self.runtime.clock(), LEASE_S)
            except SQLAlchemyError as error:
                log.warning("lease_not_renewed", task=lease.task_id, error=type(error).__name__)

        return renew

    def room(self, lease: Lease) -> Room:
        """What a child that works on the task may use; the lease is renewed meanwhile."""
        memory_mb = self.runtime.settings.transcribe_memory_mb
        return Room(memory_mb, self.renewal(lease), RENEW_EVERY_S)

    @contextmanager
    def renewed(self, lease: Lease) -> Iterator[None]:
        """Hold the lease while this process itself waits for something, by a thread.

        A lost lease is noticed when the result is committed. Nothing may be forked meanwhile.
        """
        over, renew = threading.Event(), self.renewal(lease)

        def hold() -> None:
            with suppress(LeaseLost):
                while not over.wait(RENEW_EVERY_S):
                    renew()

        thread = threading.Thread(target=hold, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
