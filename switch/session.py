"""The interpreter of one call: documents one after the other, until the call is over.

A document's verbs run in order. Leaving a document is control flow by exception: `Transfer` (a
<Redirect>, or an action), `HungUp` and `Replaced` (from outside, raised wherever a verb waits).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from switch import errors, tones, twiml
from switch.audio import NotAudioError, to_ulaw
from switch.calls import Call, Status
from switch.params import call_params
from switch.steps import Fetch, Inline, Step
from switch.verbs.allowed import ALL, QUEUEING, WAITING
from switch.webhook import Answer, Outgoing, as_params

if TYPE_CHECKING:
    from switch.exchange import Exchange
    from switch.verbs.base import Verb

log = logging.getLogger(__name__)
T = TypeVar("T")
Program = Callable[[], Awaitable[None]]


class Session:
    """Runs documents for one call."""

    def __init__(self, exchange: "Exchange", call: Call) -> None:
        """Make the call's session; `run` it as a task."""
        self.exchange = exchange
        self.call = call
        call.session = self
        self.line = call.line
        self.clock = exchange.clock
        self.document: Step = Inline("")
        self.base_url = ""
        self.in_queue = False
        self._interruption: errors.Interruption | None = None
        self._interrupted = asyncio.Event()

    async def run(self, program: Program) -> None:
        """Run `program`, then whatever replaces it, and hang up at the end."""
        while True:
            try:
                await program()
                break
            except errors.HungUp:
                break
            except errors.Replaced as replaced:
                self._resume()
                program = partial(self.follow, replaced.step)
            except errors.DocumentError as error:
                self.exchange.note(self.call, "error", code=error.code)
                break
            except Exception:
                log.exception("call=%s was ended by a fault of the switch", self.call.sid)
                break
        self.exchange.end(self.call, Status.COMPLETED, by="twiml")

    def interrupt(self, interruption: errors.Interruption) -> None:
        """Stop what the call is doing; a hang-up is never overridden."""
        if not isinstance(self._interruption, errors.HungUp):
            self._interruption = interruption
        self._interrupted.set()

    def check(self) -> None:
        """Raise the interruption that is pending, if any."""
        if self._interruption is not None:
            raise self._interruption

    async def wait(self, work: Awaitable[T]) -> T:
        """Await something; raises HungUp or Replaced the moment the call is interrupted."""
        task = asyncio.ensure_future(work)
        signal = asyncio.ensure_future(self._interrupted.wait())
        try:
            await asyncio.wait({task, signal}, return_when=asyncio.FIRST_COMPLETED)
            self.check()
            return await task
        finally:
            signal.cancel()
            task.cancel()
            await asyncio.gather(task, signal, return_exceptions=True)

    async def follow(self, step: Step, *, only: frozenset[str] = ALL) -> None:
        """Execute a document and those it leads to; returns when one ends.

        `only` names the verbs allowed. When one cannot be fetched or executed the fallback URL
        takes over; without one the call ends with an error tone. Documents with restricted verbs
        have no fallback: they raise DocumentError.
        """
        while True:
            try:
                following = await self._one(step, only)
            except errors.DocumentError as error:
                self.report(error)
                if only is not ALL:
                    raise
                following = await self._fallback(step, error)
            if following is None:
                return
            step = following

    async def aside(self, step: Step, *, only: frozenset[str]) -> None:
        """Execute a document beside the one that is executed, to which one comes back after it."""
        document = self.document, self.base_url
        try:
            await self.follow(step, only=only)
        finally:
            self.document, self.base_url = document

    def action(self, url: str | None, method: str, **params: str) -> Fetch:
        """The request of a verb's action; None is the current document. May raise DocumentError."""
        if url is not None:
            return Fetch(urljoin(self.base_url, url), method, params)
        if isinstance(self.document, Inline):
            raise errors.DocumentError(errors.BAD_URL, "no URL to go back to")
        return Fetch(self.document.url, method, params)

    def absolute(self, url: str) -> str:
        """A URL of the document, against the document's own; an empty one stays empty."""
        return urljoin(self.base_url, url) if url else ""

    async def notify(self, step: Fetch) -> None:
        """Request an action whose TwiML is not executed, because the call is over or elsewhere."""
        try:
            await self.request(step)
        except errors.DocumentError as error:
            self.report(error)

    async def request(self, step: Fetch) -> Answer:
        """Request a URL with the call's parameters; raises DocumentError."""
        params = call_params(self.call, self.exchange.config.account_sid) | step.params
        outgoing = Outgoing(
            step.url, step.method, as_params(params.items()), call_sid=self.call.sid
        )
        return await self.exchange.client.fetch(outgoing, self.call.jar)

    async def play(self, url: str, loops: int = 1) -> None:
        """Let the far end hear a URL; one that cannot be played is logged and skipped."""
        absolute = urljoin(self.base_url, url)
        try:
            audio = await self.wait(
                self.exchange.prompts.get(absolute, self.call.sid, self.call.jar)
            )
        except NotAudioError:
            self.report(errors.DocumentError(errors.CONTENT_TYPE, "not audio"))
        except errors.DocumentError as error:
            self.report(error)
        else:
            await self.sound(audio, absolute, loops)

    async def sound(self, audio: bytes, url: str, loops: int = 1) -> None:
        """Let the far end hear µ-law audio, under the name `url` in the journal; a phone with a
        screen shows what it says, where that is known."""
        name = url.partition("#")[0]
        ended = "interrupted"
        self.exchange.note(self.call, "playing", url=name)
        caption = self.exchange.prompts.caption(url)
        if caption and self.call.phone is not None:
            self.call.phone.notice("caption", {"text": caption})
        try:
            await self.wait(self.line.play(audio, loops))
            ended = "completed"
        finally:
            self.exchange.note(self.call, "played", url=name, ended=ended)

    def hang_up(self) -> None:
        """End the call from within its document; raises HungUp."""
        self.exchange.end(self.call, Status.COMPLETED, by="twiml")
        raise errors.HungUp

    def report(self, error: errors.DocumentError) -> None:
        """Write an error to log and journal: its code and the path, never a query."""
        path = urlsplit(error.url).path
        log.warning("call=%s error=%s: %s", self.call.sid, error.code, error.reason)
        self.exchange.note(self.call, "error", code=error.code, path=path, reason=error.reason)

    async def _one(self, step: Step, only: frozenset[str]) -> Step | None:
        try:
            verbs = await self._load(step, only)
            for verb in verbs:
                await self._execute(verb)
        except errors.Transfer as transfer:
            return transfer.step
        return None

    async def _load(self, step: Step, only: frozenset[str]) -> "list[Verb]":
        if isinstance(step, Inline):
            self.document, self.base_url = step, ""
            return twiml.parse(step.twiml.encode(), self.call.sid, only)
        answer = await self.request(step)
        self.check()
        self.document, self.base_url = step, answer.url
        if answer.content_type.startswith("audio/"):
            await self._play_answer(answer, for_ever=only in (WAITING, QUEUEING))
        return twiml.read(answer.body, answer.content_type, self.call.sid, only)

    async def _execute(self, verb: "Verb") -> None:
        self.check()
        if verb.answers:
            self.exchange.answer(self.call)
        await verb.run(self)
        self.check()

    async def _play_answer(self, answer: Answer, *, for_ever: bool) -> None:
        self.exchange.answer(self.call)
        try:
            audio = to_ulaw(answer.body)
        except NotAudioError as error:
            raise errors.DocumentError(errors.CONTENT_TYPE, "not audio", answer.url) from error
        await self.sound(audio, answer.url, loops=0 if for_ever else 1)
        self.hang_up()

    async def _fallback(self, failed: Step, error: errors.DocumentError) -> Step:
        hooks = self.call.hooks
        params = {"ErrorCode": str(error.code), "ErrorUrl": error.url or _url(failed)}
        if hooks.fallback_url and not (isinstance(failed, Fetch) and "ErrorCode" in failed.params):
            return Fetch(hooks.fallback_url, hooks.fallback_method, params)
        self.exchange.answer(self.call)
        await self.wait(self.line.play(tones.failure()))
        self.hang_up()
        raise errors.HungUp

    def _resume(self) -> None:
        self._interruption = None
        self._interrupted.clear()
        self.in_queue = False
        self.line.on_key = None


def _url(step: Step) -> str:
    return step.url if isinstance(step, Fetch) else ""
