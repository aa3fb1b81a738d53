"""How calls begin: a phone dials the hotline, or the switch rings a phone."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from switch import tones
from switch.calls import Call, Direction, Hooks, Status
from switch.exchange import Exchange
from switch.phones.base import Phone
from switch.phones.loop import Loop
from switch.session import Program, Session
from switch.steps import Fetch, Step
from switch.taping import TapeOptions, tape_call

NOT_FOUND = 404
RING_TIMEOUT = 487
REFUSALS = {
    486: Status.BUSY,
    600: Status.BUSY,
    603: Status.BUSY,
    408: Status.NO_ANSWER,
    480: Status.NO_ANSWER,
    487: Status.NO_ANSWER,
}
"""What a code of SIP (RFC 3261) says of a call that was not answered; any other one: failed."""

TIME_LIMIT_S = 14400
"""Seconds after which a call is ended unless another limit is given."""


class Control:
    """A phone's hand on its call."""

    def __init__(self, exchange: Exchange, call: Call) -> None:
        """For one phone in one call."""
        self._exchange = exchange
        self._call = call

    @property
    def call_sid(self) -> str:
        """The call's identifier."""
        return self._call.sid

    def ring(self) -> None:
        """The phone rings."""
        self._exchange.ring(self._call)

    def answer(self) -> None:
        """The phone was picked up."""
        self._exchange.answer(self._call)

    def refuse(self, sip_code: int) -> None:
        """The phone is busy (486) or declines (603), both Twilio's `busy`; or a line says with
        another code that there is no answer or no way there."""
        if not self._call.live:
            status = REFUSALS.get(sip_code, Status.FAILED)
            self._exchange.end(self._call, status, by="phone", sip_code=sip_code)

    def press(self, digits: str) -> None:
        """Keys were pressed."""
        press(self._exchange, self._call, digits)

    def hang_up(self) -> None:
        """The phone was put down."""
        hang_up(self._exchange, self._call, by="phone")

    def note(self, event: str, **details: Any) -> None:
        """Write something that happened at the phone to the journal."""
        call = self._call
        self._exchange.journal.write(event, call_sid=call.sid, number=call.far_number, **details)


def press(exchange: Exchange, call: Call, digits: str) -> None:
    """The far end presses keys, out of band and at once; not before the call is answered."""
    for digit in digits:
        if call.live:
            exchange.note(call, "key", digit=digit)
            call.line.press(digit)


def hang_up(exchange: Exchange, call: Call, *, by: str) -> None:
    """The far end hangs up, or stops ringing: a caller gives up, a called phone declines."""
    if call.live:
        exchange.end(call, Status.COMPLETED, by=by)
    elif call.direction is Direction.INBOUND:
        exchange.end(call, Status.CANCELED, by=by)
    else:
        exchange.end(call, Status.BUSY, by=by, sip_code=603)


def dial_in(exchange: Exchange, from_number: str, phone: Phone | None = None) -> Call:
    """The registered phone of `from_number` dials the hotline; KeyError when there is none.

    phone: another one that does.
    """
    number = exchange.number
    hooks = Hooks(number.status_callback, fallback_url=number.fallback_url)
    call = Call(Direction.INBOUND, from_number, exchange.config.hotline_number, hooks)
    call.about = exchange.about.get(from_number, {})
    phone = phone or exchange.phones.handset(from_number, call.sid)
    _connect(exchange, call, phone)
    exchange.initiate(call)
    exchange.ring(call)
    phone.dial(Control(exchange, call))
    session = Session(exchange, call)
    exchange.spawn(session.run(partial(session.follow, Fetch(number.voice_url))))
    return call


@dataclass(frozen=True)
class Order:
    """How a call is placed: times in telephone seconds, keys to press and a recording to make."""

    timeout_s: float
    time_limit_s: float = TIME_LIMIT_S
    send_digits: str = ""
    tape: TapeOptions | None = None


def place(exchange: Exchange, call: Call, step: Step, order: Order) -> None:
    """Ring the phone of an outbound call and, once it is answered, execute `step`."""
    exchange.calls[call.sid] = call
    session = Session(exchange, call)
    exchange.spawn(_place(session, step, order))


async def _place(session: Session, step: Step, order: Order) -> None:
    call = session.call
    call.queued_ms = await session.exchange.pace.turn()
    await run_out(
        session,
        partial(_program, session, step, order),
        timeout_s=order.timeout_s,
        time_limit_s=order.time_limit_s,
    )


async def _program(session: Session, step: Step, order: Order) -> None:
    if order.tape is not None:
        tape_call(session.exchange, session.call, "OutboundAPI", order.tape)
    if order.send_digits:
        await session.wait(session.line.play(tones.dtmf(order.send_digits)))
    await session.follow(step)


async def run_out(
    session: Session, program: Program, *, timeout_s: float, time_limit_s: float = TIME_LIMIT_S
) -> None:
    """Ring, and run `program` when answered; returns when the call is over."""
    exchange, call = session.exchange, session.call
    await _ring_out(exchange, call, timeout_s)
    if not call.live:
        return
    limit(exchange, call, time_limit_s)
    try:
        await session.run(program)
    finally:
        _unlimit(call)


async def _ring_out(exchange: Exchange, call: Call, timeout_s: float) -> None:
    if call.settled.is_set():
        return
    exchange.initiate(call)
    phone = _phone_of(exchange, call)
    if phone is None:
        exchange.end(call, Status.FAILED, by="network", sip_code=NOT_FOUND)
        return
    _connect(exchange, call, phone)
    phone.offer(Control(exchange, call))
    try:
        async with exchange.clock.timeout(timeout_s + exchange.config.ring_slack_s):
            await call.settled.wait()
    except TimeoutError:
        exchange.end(call, Status.NO_ANSWER, by="timeout", sip_code=RING_TIMEOUT)


def _phone_of(exchange: Exchange, call: Call) -> Phone | None:
    """What is rung; None: there is no such number. The hotline's own number leads back to it."""
    if exchange.phones.known(call.to_number):
        return exchange.phones.handset(call.to_number, call.sid)
    if call.to_number != exchange.config.hotline_number:
        return None if exchange.trunk is None else exchange.trunk(call)

    def begin(other: Phone) -> None:
        dial_in(exchange, call.from_number, other)

    loop = Loop(begin)
    call.line.on_tone = loop.keyed
    return loop


def _connect(exchange: Exchange, call: Call, phone: Phone) -> None:
    exchange.calls[call.sid] = call
    call.phone = phone


def limit(exchange: Exchange, call: Call, seconds: float) -> None:
    """End a call that many telephone seconds after its answer, whatever was said before."""

    def end() -> None:
        exchange.end(call, Status.COMPLETED, by="timeout")

    _unlimit(call)
    answered_at = exchange.clock.now if call.answered is None else call.answered.at
    call.limit = exchange.clock.call_later(answered_at + seconds - exchange.clock.now, end)


def _unlimit(call: Call) -> None:
    if call.limit is not None:
        call.limit.cancel()
