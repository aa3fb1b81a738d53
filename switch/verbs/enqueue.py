"""<Enqueue>: wait in a queue until somebody takes the call, or the caller leaves."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.errors import SCHEMA, DocumentError, HungUp, Interruption, Left, Transfer
from switch.queues import LARGEST, MAX_SIZE, NAME_LIMIT, Member, Queue
from switch.steps import Fetch
from switch.verbs.allowed import QUEUEING, WAITING
from switch.verbs.base import Attributes, Verb, content

if TYPE_CHECKING:
    from switch.session import Session

WITHOUT_EFFECT = ("workflowSid",)
REST_S = 1.0
"""Telephone seconds between two requests of a waitUrl, at least: its document may be empty."""


@dataclass(frozen=True)
class Enqueue(Verb):
    """Wait in the queue `name`; `wait_url` None is hold music, empty is silence."""

    name: str
    action: str | None = None
    method: str = "POST"
    wait_url: str | None = None
    wait_method: str = "POST"
    max_size: int = MAX_SIZE

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Enqueue>; raises DocumentError. There is no TaskRouter here, so no <Task>."""
        attributes = Attributes(element, call_sid)
        verb = cls(
            name=content(element),
            action=attributes.text("action") or None,
            method=attributes.method(),
            wait_url=attributes.text("waitUrl"),
            wait_method=attributes.method("waitUrlMethod"),
            max_size=attributes.number("maxQueueSize", MAX_SIZE, 1, LARGEST),
        )
        attributes.done(*WITHOUT_EFFECT)
        if not 0 < len(verb.name) <= NAME_LIMIT or len(element):
            raise DocumentError(SCHEMA, "<Enqueue> holds the name of a queue, up to 64 letters")
        return verb

    async def run(self, session: "Session") -> None:
        """Wait; raises Transfer to the action, or HungUp or Replaced once it has been told."""
        queue = session.exchange.queues.named(self.name)
        if len(queue.members) >= min(queue.max_size, self.max_size):
            session.exchange.note(session.call, "queue_full", queue=queue.sid)
            self._go_on(session, {"QueueResult": "queue-full"})
            return
        member = queue.enter(session.call)
        session.exchange.note(session.call, "enqueued", queue=queue.sid)
        session.in_queue = True
        try:
            result = await self._until_out(session, queue, member)
        except Interruption as interruption:
            await self._tell(session, queue, member, _result(member, interruption))
            raise
        self._go_on(session, _about(queue, member, result))

    async def _until_out(self, session: "Session", queue: Queue, member: Member) -> str:
        result = "system-error"
        try:
            result = await self._stay(session, queue, member)
        except Interruption as interruption:
            result = _result(member, interruption)
            raise
        finally:
            # Before anybody is told: nobody may take a caller who has gone.
            queue.leave(member)
            session.in_queue = False
            session.exchange.note(session.call, "dequeued", queue=queue.sid, result=result)
        return result

    async def _stay(self, session: "Session", queue: Queue, member: Member) -> str:
        """Returns the QueueResult."""
        music = asyncio.ensure_future(self._music(session, queue, member))
        taken = asyncio.ensure_future(member.taken.wait())
        try:
            await session.wait(asyncio.wait({music, taken}, return_when=asyncio.FIRST_COMPLETED))
            if music.done():
                music.result()
        except Left:
            return "leave"
        except DocumentError:
            return "error"
        finally:
            for task in (music, taken):
                task.cancel()
            await asyncio.gather(music, taken, return_exceptions=True)
        session.in_queue = False
        return await self._talk(session, queue, member)

    async def _talk(self, session: "Session", queue: Queue, member: Member) -> str:
        if member.url:
            params = {
                "QueueSid": queue.sid,
                "QueueTime": str(member.waited_s),
                "DequeingCallSid": member.taker.sid if member.taker else "",
            }
            try:
                await session.aside(Fetch(member.url, member.method, params), only=WAITING)
            except DocumentError:
                return "error"
        if member.released.is_set():
            return "system-error"
        member.ready.set()
        await session.wait(member.released.wait())
        return "bridged"

    async def _music(self, session: "Session", queue: Queue, member: Member) -> None:
        if self.wait_url is None:
            await session.wait(session.line.play(tones.hold(), loops=0))
        elif not self.wait_url:
            await asyncio.Event().wait()
        url = session.absolute(self.wait_url or "")
        while True:
            began = session.clock.now
            step = Fetch(url, self.wait_method, _waiting(queue, member))
            await session.aside(step, only=QUEUEING)
            await session.wait(session.clock.sleep(REST_S - (session.clock.now - began)))

    async def _tell(self, session: "Session", queue: Queue, member: Member, result: str) -> None:
        if self.action is not None:
            about = _about(queue, member, result)
            await session.notify(session.action(self.action, self.method, **about))

    def _go_on(self, session: "Session", about: dict[str, str]) -> None:
        # After <Leave> too: Twilio requests the action at once, and goes on without one.
        if self.action is not None:
            raise Transfer(session.action(self.action, self.method, **about))


def _result(member: Member, interruption: Interruption) -> str:
    if isinstance(interruption, HungUp):
        return "bridged" if member.ready.is_set() else "hangup"
    return "redirected-from-bridged" if member.ready.is_set() else "redirected"


def _about(queue: Queue, member: Member, result: str) -> dict[str, str]:
    waited_s = str(queue.waited_s(member))
    return {"QueueResult": result, "QueueSid": queue.sid, "QueueTime": waited_s}


def _waiting(queue: Queue, member: Member) -> dict[str, str]:
    position = queue.members.index(member) + 1 if member in queue.members else 0
    return {
        "QueuePosition": str(position),
        "QueueSid": queue.sid,
        "QueueTime": str(queue.waited_s(member)),
        "AvgQueueTime": str(queue.average_wait_s),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }
