"""<Enqueue>, <Leave> and <Dial><Queue>."""

import asyncio

import pytest

from switch import tones
from switch.calls import Call, Direction, Status
from switch.errors import DocumentError
from switch.twiml import parse

AGENT = "+15550100002"


@pytest.mark.parametrize(
    "xml",
    [
        "<Enqueue/>",
        f"<Enqueue>{'x' * 65}</Enqueue>",
        '<Enqueue maxQueueSize="0">q</Enqueue>',
        '<Enqueue workflowSid="WW1"><Task>{}</Task></Enqueue>',
        "<Leave>now</Leave><Leave><Say/></Leave>",
        "<Dial><Queue>a</Queue><Queue>b</Queue></Dial>",
    ],
)
def test_wrong_values_are_errors(xml: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response>{xml}</Response>".encode(), "CA1")


async def agent(b, attributes: str = "", dial: str = "", *steps) -> str:
    """A called phone that takes the first caller of the queue."""
    b.phone(AGENT, *steps)
    b.hooks.on("/dialed", "<Hangup/>")
    b.hooks.on("/agent", f'<Dial action="/dialed" {dial}><Queue {attributes}>desk</Queue></Dial>')
    return await b.place(to=AGENT, Url=f"{b.hooks.url}/agent")


async def test_wait_document_is_requested_again_and_again(bench) -> None:
    async with bench() as b:
        b.hooks.on("/wait", f"<Play>{b.tone('/music.wav', 0.5)}</Play>")
        b.voice('<Enqueue waitUrl="/wait" action="/over">desk</Enqueue>')
        b.hooks.on("/over", "<Hangup/>")
        sid = await b.dial()
        told = (await b.hooks.wait("/wait", 3))["params"]
        assert (told["QueuePosition"], told["CurrentQueueSize"]) == ("1", "1")
        assert int(told["QueueTime"]) >= 1
        await b.control("POST", f"calls/{sid}/hangup")
        assert (await b.hooks.wait("/over"))["params"]["QueueResult"] == "hangup"
        assert not b.exchange.queues.called("desk").members


async def test_leave_goes_on_after_the_queue(bench) -> None:
    async with bench() as b:
        b.hooks.on("/wait", '<Gather numDigits="1" action="/left" timeout="30"/>')
        b.hooks.on("/left", "<Leave/>")
        b.voice('<Enqueue waitUrl="/wait">desk</Enqueue><Redirect>/after</Redirect>')
        b.hooks.on("/after", "<Hangup/>")
        await b.call({"after_s": 1, "press": "1"})
        assert len(b.hooks.at("/after")) == 1
        assert b.events("dequeued")[0]["result"] == "leave"


async def test_leave_elsewhere_does_nothing(bench) -> None:
    async with bench() as b:
        b.voice("<Leave/><Redirect>/after</Redirect>")
        b.hooks.on("/after", "<Hangup/>")
        await b.call()
        assert b.hooks.at("/after")


async def test_agent_takes_the_first_caller_who_hears_a_document_before(bench) -> None:
    async with bench() as b:
        b.hooks.on("/over", "<Hangup/>")
        b.hooks.on("/hello", f"<Play>{b.tone('/hello.wav', 0.5, 900)}</Play>")
        b.voice('<Enqueue action="/over">desk</Enqueue>')
        caller = await b.dial({"bridged": True, "say_tone": {"hz": 700, "seconds": 60}})
        await b.event("enqueued", caller)
        taker = await agent(
            b, 'url="/hello"', "", {"hears_speech_s": 2, "hangup": True, "timeout_s": 60}
        )
        await b.over(taker)
        over = (await b.hooks.wait("/over"))["params"]
        assert (over["QueueResult"], over["CallSid"]) == ("bridged", caller)
        assert (await b.hooks.wait("/hello"))["params"]["DequeingCallSid"] == taker
        heard = await b.control("GET", "phones/%2B15550100002/heard.wav")
        assert tones.tone_seconds(heard, 700) >= 1
        told = b.hooks.at("/dialed")[0]["params"]
        assert (told["DialCallStatus"], told["DialCallSid"]) == ("completed", caller)
        assert told["DialBridged"] == "true"


async def test_nobody_waits(bench) -> None:
    async with bench() as b:
        b.exchange.queues.named("desk")
        await b.over(await agent(b, "", 'timeout="2"'))
        assert b.hooks.at("/dialed")[0]["params"]["DialCallStatus"] == "no-answer"


async def test_queue_that_is_not_there(bench) -> None:
    async with bench() as b:
        await b.over(await agent(b))
        assert b.hooks.at("/dialed")[0]["params"]["DialCallStatus"] == "failed"


async def test_full_queue(bench) -> None:
    async with bench() as b:
        b.voice('<Enqueue maxQueueSize="1" action="/over">desk</Enqueue>')
        b.hooks.on("/over", "<Hangup/>")
        await b.event("enqueued", await b.dial())
        b.phone("+15550100009")
        await b.call(number="+15550100009")
        told = b.hooks.at("/over")[0]["params"]
        assert told["QueueResult"] == "queue-full"
        assert "QueueSid" not in told


async def test_wait_document_that_fails(bench) -> None:
    async with bench() as b:
        b.hooks.on("/over", "<Hangup/>")
        b.hooks.on("/wait", "<Record/>")
        b.voice('<Enqueue waitUrl="/wait" action="/over">desk</Enqueue>')
        await b.call()
        assert b.hooks.at("/over")[0]["params"]["QueueResult"] == "error"


async def test_agent_who_is_gone_in_the_moment_of_taking_lets_the_caller_go(bench) -> None:
    async with bench() as b:
        queue = b.exchange.queues.named("desk")
        taker = await agent(b, "", 'timeout="600"')
        await b.hooks.wait("/agent")
        await b.exchange.clock.sleep(1)
        member = queue.enter(Call(Direction.INBOUND, "+15550100008", "+15550100911"))
        await asyncio.sleep(0)
        b.exchange.end(b.exchange.calls[taker], Status.COMPLETED, by="control")
        async with asyncio.timeout(20):
            await b.exchange.calls[taker].over.wait()
            while member in queue.members or (
                member.taken.is_set() and not member.released.is_set()
            ):
                await b.exchange.clock.sleep(0.1)
        assert member.released.is_set()
