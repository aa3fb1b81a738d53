"""Tell the browsers of whoever is rung that they are wanted: beside the call, and best effort.

Nothing waits for it: it is a task of its own, done apart from those that ring phones. It is done
once; one that fails is not repeated, and no alarm is raised for it.
"""

from datetime import datetime

import structlog

from hotline.dispatch.books import Books, Ports
from hotline.people.push import Delivery
from hotline.people.push_service import KEEP_S
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease

log = structlog.get_logger()


def wanted(books: Books, responder_id: str, about: str, now: datetime) -> None:
    """Write the task, if anybody's browser is to be told. about: the attempt or the alarm."""
    if books.is_subscribed(responder_id):
        books.add_task(TaskKind.PUSH, responder_id, now, again=about)


def tell(ports: Ports, lease: Lease) -> None:
    """Send the empty message to each browser of the responder."""
    now = ports.clock()
    late = (now - lease.created_at).total_seconds() > KEEP_S  # nobody is wanted any more
    with ports.transaction() as books:
        books.finish(lease, now)  # first, so that whatever happens it is done once
        devices = [] if late else books.devices(lease.subject_id)
    for device in devices:
        outcome = ports.push(device.endpoint)
        if outcome is not Delivery.SENT:
            log.info("push_not_sent", device=device.id, outcome=outcome.value)
        with ports.transaction() as books:
            books.push_delivered(device.id, outcome, ports.clock())
