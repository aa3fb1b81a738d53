"""<Queue>: take the first caller out of a queue and talk to them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
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
        try:
            async with session.clock.timeout(options.timeout):
                return await session.wait(queue.take(session.call, url, self.method))
        except TimeoutError:
            return None
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
