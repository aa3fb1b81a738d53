"""<Number>, <Sip>, <Client>: ring phones; the first that answers is screened and then bridged."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Self
from xml.etree.ElementTree import Element

from switch import tones
from switch.calls import Call, Direction, Hooks, Status
from switch.media import Clip
from switch.steps import Fetch
from switch.verbs.address import address
from switch.verbs.allowed import SCREENING
from switch.verbs.base import Attributes
from switch.verbs.bridge import bridge, either
from switch.verbs.dialing import DialOptions, Outcome

if TYPE_CHECKING:
    from switch.session import Session

_EVENTS = frozenset({"initiated", "ringing", "answered", "completed"})
WITHOUT_EFFECT = (
    "machineDetection",
    "machineDetectionTimeout",
    "machineDetectionSpeechThreshold",
    "machineDetectionSpeechEndThreshold",
    "machineDetectionSilenceTimeout",
    "amdStatusCallback",
    "amdStatusCallbackMethod",
    "byoc",
    "username",
    "password",
)


@dataclass(frozen=True)
class NumberNoun:
    """A phone to ring; `url` is executed on it after it answers and before it is bridged.

    `number` is the name it is registered by: a number, `sip:...` or `client:...`.
    """

    number: str
    url: str = ""
    method: str = "POST"
    send_digits: str = ""
    hooks: Hooks = field(default_factory=Hooks)

    @classmethod
    def parse(cls, element: Element, call_sid: str) -> Self:
        """Read <Number>, <Sip> or <Client>; raises DocumentError."""
        attributes = Attributes(element, call_sid)
        noun = cls(
            number=address(element),
            url=attributes.string("url"),
            method=attributes.method(),
            send_digits=attributes.string("sendDigits"),
            hooks=Hooks(
                attributes.string("statusCallback"),
                attributes.words("statusCallbackEvent", "completed", _EVENTS),
                attributes.method("statusCallbackMethod"),
            ),
        )
        attributes.done(*WITHOUT_EFFECT)
        return noun


@dataclass(eq=False)
class _Callee:
    """One phone that is being dialed; `ready` for the bridge, `gone` when no longer ours."""

    call: Call
    noun: NumberNoun
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


async def dial_numbers(
    session: "Session", numbers: tuple[NumberNoun, ...], options: DialOptions, outcome: Outcome
) -> None:
    """Ring all at once, bridge with the first that answers; fills in `outcome`.

    Whatever ends this ends the called phones too, except one that a REST update took elsewhere.
    """
    callees = [_start(session, noun, options) for noun in numbers]
    ringback = Clip(tones.ringback(), loops=0)
    session.line.source = ringback
    try:
        winner = await session.wait(_first_answer(callees))
        if winner is not None:
            _release(session, [c for c in callees if c is not winner])
            await _screen_and_bridge(session, winner, options, outcome)
    finally:
        session.line.stop(ringback)
        _release(session, callees)
        outcome.take(_telling(callees))


def _start(session: "Session", noun: NumberNoun, options: DialOptions) -> _Callee:
    # Not above: these modules use the verbs.
    from switch.placing import run_out
    from switch.session import Session as CalleeSession

    exchange = session.exchange
    call = Call(
        Direction.OUTBOUND_DIAL,
        options.caller_id or session.call.from_number,
        noun.number,
        replace(noun.hooks, status_callback=session.absolute(noun.hooks.status_callback)),
        parent_sid=session.call.sid,
    )
    exchange.calls[call.sid] = call
    callee = _Callee(call, noun)
    child = CalleeSession(exchange, call)
    program = partial(_callee_program, child, callee, session.absolute(noun.url))
    exchange.spawn(run_out(child, program, timeout_s=options.timeout))
    return callee


async def _callee_program(session: "Session", callee: _Callee, url: str) -> None:
    try:
        if callee.noun.send_digits:
            await session.wait(session.line.play(tones.dtmf(callee.noun.send_digits)))
        if callee.noun.url:
            step = Fetch(url, callee.noun.method)
            await session.follow(step, only=SCREENING)
        callee.ready.set()
        await session.wait(callee.gone.wait())
    finally:
        callee.gone.set()


async def _first_answer(callees: list[_Callee]) -> _Callee | None:
    waits = {asyncio.ensure_future(c.call.settled.wait()): c for c in callees}
    pending = set(waits)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for callee in (waits[task] for task in done):
                if callee.call.answered is not None:
                    return callee
        return None
    finally:
        for task in waits:
            task.cancel()


async def _screen_and_bridge(
    session: "Session", callee: _Callee, options: DialOptions, outcome: Outcome
) -> None:
    outcome.bridged = False
    await session.wait(either(callee.ready, callee.call.over, callee.gone))
    if not callee.ready.is_set() or callee.gone.is_set() or not callee.call.live:
        return
    session.exchange.answer(session.call)
    outcome.bridged = True
    outcome.talking()
    await bridge(session, callee.call, callee.gone, options)


def _release(session: "Session", callees: list[_Callee]) -> None:
    for callee in callees:
        if callee.gone.is_set() and callee.call.live:
            continue
        ending = Status.COMPLETED if callee.call.live else Status.CANCELED
        session.exchange.end(callee.call, ending, by="dial")
        callee.gone.set()


def _telling(callees: list[_Callee]) -> Call:
    answered = [c.call for c in callees if c.call.answered is not None]
    return answered[0] if answered else callees[-1].call
