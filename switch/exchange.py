"""The exchange: every call of one switch, and the only place where a call changes state."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from switch import callbacks, keeping
from switch.calls import Call, Moment, Status
from switch.clock import Clock
from switch.conferences import Conferences
from switch.config import Config, NumberHooks
from switch.errors import HungUp
from switch.faults import Faults
from switch.journal import Journal
from switch.keeping import Keeping
from switch.messages import Messages
from switch.pace import Pace
from switch.phones.book import PhoneBook
from switch.prompts import Prompts
from switch.queues import Queues
from switch.recordings import Recordings
from switch.webhook import WebhookClient

if TYPE_CHECKING:
    from switch.phones.base import Phone
    from switch.sip.numbers import GivenNumbers
    from switch.streams.fork import Fork
    from switch.taping import Tape

log = logging.getLogger(__name__)

OVER = frozenset({Status.COMPLETED, Status.BUSY, Status.FAILED, Status.NO_ANSWER, Status.CANCELED})
"""States that a call never leaves."""

GRACE_S = 1.0
"""Wall seconds that the last callbacks get when the switch stops."""


class Exchange:
    """Everything one switch knows. Make it inside a running event loop; `start`, then `stop`."""

    def __init__(self, config: Config, number: NumberHooks, speed: float = 1.0) -> None:
        """An exchange without calls; `public_url` is set once its server listens."""
        self.config = config
        self.number = number
        self.public_url = ""
        self.clock = Clock(speed)
        self.journal = Journal(self.clock, config.keep.events)
        self.faults = Faults()
        self.client = WebhookClient(config.auth_token, self.journal)
        self.prompts = Prompts(self.client)
        self.phones = PhoneBook(self.clock)
        self.trunk: Callable[[Call], Phone | None] | None = None
        """What rings numbers that are not in the book; None: nothing does."""
        self.ringable: GivenNumbers | None = None
        """Which of those the trunk rings, where the control interface says so."""
        self.lines: Callable[[], dict[str, Any]] | None = None
        """How the lines are, for the control interface; None: there are none."""
        self.sip_port = 0
        """Where SIP lines take calls; 0: there are none, or not yet."""
        self.calls: dict[str, Call] = {}
        self.about: dict[str, dict[str, str]] = {}
        """By number: what the network tells of who calls from it."""
        self.recordings = Recordings()
        self.conferences = Conferences()
        self.queues = Queues(self.clock)
        self.messages = Messages()
        self.pace = Pace(self.clock, config.calls_per_second)
        self.tapes: dict[str, Tape] = {}
        """Running recordings beside a document, by their identifiers."""
        self.streams: dict[str, Fork] = {}
        """Streams beside a document, by their identifiers; ended ones too."""
        self.on_frame: list[Callable[[], None]] = []
        """Called once per frame, after all lines have spoken and before they hear."""
        self.on_note: list[Callable[[Call, str, dict[str, Any]], None]] = []
        """Told of each event of a call, as the journal is."""
        self._live: dict[str, Call] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.keeping = Keeping(self)
        """What forgets calls that are over."""
        self._ever: list[asyncio.Task[None]] = []
        self.clock.on_frame = self._frame

    def start(self) -> None:
        """Let telephone time run."""
        self._ever = [asyncio.create_task(self.clock.run()), asyncio.create_task(self._keep())]

    async def stop(self) -> None:
        """Hang up everything, let callbacks leave, end all tasks."""
        for call in list(self.calls.values()):
            self.end(call, Status.COMPLETED if call.live else Status.CANCELED, by="switch")
        await asyncio.sleep(0)
        await self._last_words()
        tasks = [*self._tasks, *self._ever]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.client.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something in the background; its failure is logged."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def note(self, call: Call, event: str, **details: Any) -> None:
        """Write an event of a call to the journal and tell its phone."""
        self.journal.write(event, call_sid=call.sid, number=call.far_number, **details)
        if call.phone is not None:
            call.phone.notice(event, details)
        for each in self.on_note:
            each(call, event, details)

    def initiate(self, call: Call) -> None:
        """The call leaves the switch (or, for an inbound one, arrives)."""
        call.started = self._moment(call)
        self.note(call, "dialed", direction=str(call.direction))
        callbacks.call_progress(self, call, "initiated")

    def ring(self, call: Call) -> None:
        """The far end rings."""
        if call.status is not Status.QUEUED:
            return
        call.status = Status.RINGING
        self._moment(call)
        self.note(call, "ringing")
        callbacks.call_progress(self, call, "ringing")

    def answer(self, call: Call) -> None:
        """The call is answered: sound flows from the next frame on."""
        if call.status not in {Status.QUEUED, Status.RINGING}:
            return
        call.status = Status.IN_PROGRESS
        call.answered = self._moment(call)
        self._live[call.sid] = call
        self.clock.wake()
        self.note(call, "answered")
        call.settled.set()
        callbacks.call_progress(self, call, "answered")
        if call.phone is not None:
            call.phone.connected()

    def end(self, call: Call, status: Status, *, by: str, sip_code: int | None = None) -> None:
        """The call is over, now and for good; a second ending changes nothing.

        `by` is who ended it: phone, twiml, rest, control, timeout, network, switch.
        """
        if call.status in OVER:
            return
        call.status, call.cause, call.sip_code = status, f"{status} by {by}", sip_code
        call.ended = self._moment(call)
        self._live.pop(call.sid, None)
        self.note(call, "hangup", cause=str(status), by=by)
        call.settled.set()
        call.over.set()
        if call.started is not None:
            callbacks.call_progress(self, call, "completed")
        if call.session is not None:
            call.session.interrupt(HungUp())
        if call.phone is not None:
            call.phone.ended()
        self.keeping.over(call)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(keeping.EVERY_S)
            self.keeping.sweep()

    async def _last_words(self) -> None:
        # What ends may start something more, such as a stream's last messages.
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                while self._tasks:
                    await asyncio.wait(set(self._tasks))

    def _moment(self, call: Call) -> Moment:
        call.updated = datetime.now(UTC)
        return Moment(self.clock.now, call.updated)

    def _frame(self) -> bool:
        live = list(self._live.values())
        for call in live:
            if call.phone is not None:
                call.line.receive(call.phone.speak())
        for each in tuple(self.on_frame):
            each()
        for call in live:
            frame = call.line.send()
            if call.phone is not None:
                call.phone.hear(frame)
        return bool(live)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("background work failed", exc_info=task.exception())
