"""What the worker's tasks work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hotline.context import Runtime
from hotline.reports.triage import Rules
from hotline.tasks import queue
from hotline.tasks.queue import Lease
from transcription.engine import Engine

# A dead worker's task is free again after so long; a working one renews three times as often.
LEASE_S = 15.0
RENEW_EVERY_S = LEASE_S / 3


@dataclass(frozen=True)
class Workshop:
    """The runtime, the loaded engine, triage rules by language."""

    runtime: Runtime
    engine: Engine
    rules: Mapping[str, Rules]

    def renewal(self, lease: Lease) -> Callable[[], None]:
        """What to call while work goes on: it renews the lease. Raises LeaseLost."""

        def renew() -> None:
            with self.runtime.database.transaction() as session:
                queue.renew(session, lease, self.runtime.clock(), LEASE_S)

        return renew
