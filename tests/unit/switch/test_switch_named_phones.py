"""<Sip> and <Client>, which ring phones by name; <Refer>."""

import pytest

from switch.errors import DocumentError
from switch.twiml import parse

DESK = "sip:desk@example.com"


@pytest.mark.parametrize(
    "xml",
    [
        "<Dial><Sip>desk</Sip></Dial>",
        "<Dial><Client/></Dial>",
        "<Dial><Client><Number>1</Number></Client></Dial>",
        "<Dial><Sip>sip:a@b</Sip><Conference>c</Conference></Dial>",
        "<Refer/>",
        "<Refer><Sip>nobody</Sip></Refer>",
    ],
)
def test_wrong_values_are_errors(xml: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response>{xml}</Response>".encode(), "CA1")


@pytest.mark.parametrize(
    ("noun", "name"),
    [
        (f"<Sip username='u' password='p'>{DESK}?X-Case=7</Sip>", DESK),
        ("<Client>anna</Client>", "client:anna"),
        (
            "<Client><Identity>anna</Identity><Parameter name='a' value='b'/></Client>",
            "client:anna",
        ),
    ],
)
async def test_phone_is_rung_by_its_name(bench, noun: str, name: str) -> None:
    async with bench() as b:
        b.phone(name, {"bridged": True, "hangup": True})
        b.hooks.on("/after", "<Hangup/>")
        b.voice(f'<Dial action="/after">{noun}</Dial>')
        await b.call()
        told = b.hooks.at("/after")[0]["params"]
        assert told["DialCallStatus"] == "completed"
        assert b.exchange.calls[told["DialCallSid"]].to_number == name


async def test_numbers_and_names_ring_at_once(bench) -> None:
    async with bench() as b:
        b.phone("client:anna", answer="never")
        b.phone(DESK, {"bridged": True, "hangup": True})
        b.hooks.on("/after", "<Hangup/>")
        b.voice(f'<Dial action="/after"><Client>anna</Client><Sip>{DESK}</Sip></Dial>')
        await b.call()
        assert {call.status for call in b.exchange.calls.values()} == {"completed", "canceled"}


@pytest.mark.parametrize(
    ("known", "said"), [(True, ("in-progress", "200")), (False, ("failed", "404"))]
)
async def test_sip_caller_is_referred(bench, known: bool, said: tuple[str, str]) -> None:
    async with bench() as b:
        if known:
            b.phone("sip:other@example.com")
        b.voice('<Refer action="/after"><Sip>sip:other@example.com</Sip></Refer>')
        b.hooks.on("/after", "<Hangup/>")
        await b.call(number=DESK)
        told = b.hooks.at("/after")[0]["params"]
        assert (told["ReferCallStatus"], told["NotifySipResponseCode"]) == said
        assert told["ReferSipResponseCode"] == "202"


async def test_nobody_else_can_be_referred(bench) -> None:
    async with bench() as b:
        b.voice(f"<Refer><Sip>{DESK}</Sip></Refer>")
        await b.call()
        assert b.events("error")[0]["code"] == 12200
