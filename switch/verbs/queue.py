"""<Queue>: take the first caller out of a queue and talk to them."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.errors import Interruption
from switch.media import Clip
from switch.queues import Member, Queue
from switch.verbs.base import Attributes, content, no_children
from switch.verbs.bridge import bridge, either
from switch.verbs.dialing import DialOptions, Outcome

if TYPE_CHECKING:
    from switch.session import Session

WITHOUT_EFFECT = ("reservationSid", "postWorkActivitySid")


@dataclass(frozen=True)
class QueueNoun:
    """The queue `name`; its caller hears `url` before both are connected."""

    name: str
    url: str = ""
    method: str = "POST"

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Queue>; raises DocumentError."""
        no_children(element)
        attributes = Attributes(element, call_sid)
        noun = cls(content(element), attributes.string("url"), attributes.method())
        attributes.done(*WITHOUT_EFFECT)
        return noun

    async def serve(self, session: "Session", options: DialOptions, outcome: Outcome) -> None:
        """Wait for a caller as long as <Dial> may, and talk; fills in `outcome`.

        Without a queue of that name the status is `failed`, without a caller `no-answer`.
        """
        queue = session.exchange.queues.called(self.name)
        if queue is None:
            outcome.status = "failed"
            return
        member = await self._next(session, queue, options)
        if member is None:
            outcome.status = "no-answer"
            return
        try:
            await self._talk(session, member, options, outcome)
        finally:
            member.released.set()

    async def _next(self, session: "Session", queue: Queue, options: DialOptions) -> Member | None:
        ringback = Clip(tones.ringback(), loops=0)
        session.line.source = ringback
        url = session.absolute(self.url)
        taking = asyncio.ensure_future(queue.take(session.call, url, self.method))
        try:
            async with session.clock.timeout(options.timeout):
                return await session.wait(taking)
        except TimeoutError:
            return _got(taking)
        except Interruption:
            # Taken in the very moment in which this call ended: the caller must not wait for it.
            member = _got(taking)
            if member is not None:
                member.released.set()
            raise
        finally:
            session.line.stop(ringback)

    async def _talk(
        self, session: "Session", member: Member, options: DialOptions, outcome: Outcome
    ) -> None:
        outcome.child, outcome.bridged = member.call, False
        await session.wait(either(member.ready, member.gone))
        if member.gone.is_set():
            outcome.status = "failed"
            return
        outcome.bridged, outcome.status = True, "completed"
        began = session.clock.now
        try:
            await bridge(session, member.call, member.gone, options)
        finally:
            outcome.seconds = round(session.clock.now - began)


def _got(taking: asyncio.Future[Member]) -> Member | None:
    return taking.result() if taking.done() and not taking.cancelled() else None
