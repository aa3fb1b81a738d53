"""<Gather>: collect keys while prompts play; the first key stops the prompt."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch.errors import SCHEMA, DocumentError, Transfer
from switch.verbs.base import Attributes, Verb
from switch.verbs.pause import Pause
from switch.verbs.play import Play
from switch.verbs.say import Say

if TYPE_CHECKING:
    from switch.session import Session

_PROMPTS: dict[str, type[Verb]] = {"Play": Play, "Pause": Pause, "Say": Say}
_SPEECH_ONLY = (
    "partialResultCallback",
    "partialResultCallbackMethod",
    "language",
    "hints",
    "speechModel",
    "speechTimeout",
    "profanityFilter",
    "enhanced",
    "bargeIn",
    "debug",
    "maxSpeechTime",
)


class Keys:
    """The keys of one <Gather>: complete at `wanted` digits or at the `finish` key."""

    def __init__(self, wanted: int | None, finish: str) -> None:
        """`wanted` None: any number; `finish` empty: no such key."""
        self._wanted = wanted
        self._finish = finish
        self.digits = ""
        self.complete = asyncio.Event()
        self.pressed = asyncio.Event()

    def press(self, digit: str) -> None:
        """Take one key; keys after completion are lost."""
        if self.complete.is_set():
            return
        if digit == self._finish:
            self.complete.set()
        else:
            self.digits += digit
            if self._wanted is not None and len(self.digits) >= self._wanted:
                self.complete.set()
        self.pressed.set()


@dataclass(frozen=True)
class Gather(Verb):
    """Collect keys for `action`; `timeout` telephone seconds after the prompt or the last key."""

    action: str | None = None
    method: str = "POST"
    timeout: int = 5
    num_digits: int | None = None
    finish_on_key: str = "#"
    action_on_empty_result: bool = False
    prompts: tuple[Verb, ...] = field(default=())

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Gather> and its prompts; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        inputs = attributes.words("input", "dtmf", frozenset({"dtmf", "speech"}))
        if "dtmf" not in inputs:
            raise DocumentError(SCHEMA, "<Gather> hears keys only: input must hold dtmf")
        finish = attributes.string("finishOnKey", "#")
        if len(finish) > 1 or finish not in "0123456789*#":
            raise DocumentError(SCHEMA, "finishOnKey of <Gather> must be one key")
        verb = cls(
            action=attributes.text("action") or None,
            method=attributes.method(),
            timeout=_timeout(attributes),
            num_digits=attributes.optional_number("numDigits"),
            finish_on_key=finish,
            action_on_empty_result=attributes.flag("actionOnEmptyResult", False),
            prompts=tuple(_prompt(child, call_sid) for child in element),
        )
        attributes.done(*_SPEECH_ONLY)
        return verb

    async def run(self, session: "Session") -> None:
        """Collect; raises Transfer to the action unless nothing was pressed."""
        keys = Keys(self.num_digits, self.finish_on_key)
        session.line.on_key = keys.press
        try:
            await self._prompt(session, keys)
            await self._listen(session, keys)
        finally:
            session.line.on_key = None
        session.exchange.note(session.call, "gathered", count=len(keys.digits))
        if keys.digits or self.action_on_empty_result:
            raise Transfer(session.action(self.action, self.method, Digits=keys.digits))

    async def _prompt(self, session: "Session", keys: Keys) -> None:
        prompts = asyncio.create_task(self._play(session))
        first_key = asyncio.create_task(keys.pressed.wait())
        try:
            await session.wait(
                asyncio.wait({prompts, first_key}, return_when=asyncio.FIRST_COMPLETED)
            )
        finally:
            prompts.cancel()
            first_key.cancel()
            await asyncio.gather(prompts, first_key, return_exceptions=True)

    async def _play(self, session: "Session") -> None:
        for prompt in self.prompts:
            await prompt.run(session)

    async def _listen(self, session: "Session", keys: Keys) -> None:
        while not keys.complete.is_set():
            keys.pressed.clear()
            try:
                async with session.clock.timeout(self.timeout):
                    await session.wait(keys.pressed.wait())
            except TimeoutError:
                return


def _timeout(attributes: Attributes) -> int:
    value = attributes.string("timeout", "5")
    if value == "auto":
        return 5
    if not value.isdecimal():
        raise DocumentError(SCHEMA, "wrong value of timeout in <Gather>")
    return int(value)


def _prompt(element: Element, call_sid: str) -> Verb:
    verb = _PROMPTS.get(element.tag)
    if verb is None:
        raise DocumentError(SCHEMA, f"<Gather> may not hold <{element.tag}>")
    return verb.parse(element, call_sid)
