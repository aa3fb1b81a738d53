"""A phone writes a text: the webhook, its answer, and what is kept where."""

import pytest

from tests.unit.switch.conftest import ACCOUNT, CALLER, HOTLINE

PATH = f"phones/{CALLER}/texts"


async def test_without_a_message_url_no_text_comes(bench) -> None:
    async with bench() as b:
        assert "message_url" in (await b.control("POST", PATH, {"body": "x"}, 409))["error"]


async def test_the_webhook_says_what_twilio_says_and_the_answer_reaches_the_phone(bench) -> None:
    async with bench() as b:
        url = b.hooks.on("/text", "<Message>one</Message><Message><Body>two</Body></Message>")
        await b.control("PUT", "number", {"message_url": url})
        await b.control("PUT", f"phones/{CALLER}/about", {"FromCity": "Quillvarren"})
        given = {"body": "h\u00e9 & <x>", "pictures": 2, "opt_out": "STOP"}
        sid = (await b.control("POST", PATH, given))["message_sid"]
        (seen,) = b.hooks.at("/text")
        told = {
            **{"MessageSid": sid, "SmsSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT},
            **{"From": CALLER, "To": HOTLINE, "Body": given["body"], "SmsStatus": "received"},
            **{"NumMedia": "2", "NumSegments": "1", "ApiVersion": "2010-04-01"},
            **{"OptOutType": "STOP", "FromCity": "Quillvarren"},
        }
        assert told.items() <= seen["params"].items()
        assert "X-Twilio-Signature" in seen["headers"]
        assert (await b.control("GET", PATH))["texts"] == ["one", "two"]
        kept = [(m.direction, m.status) for m in b.exchange.messages.listed()]
        assert kept == [("outbound-reply", "delivered")] * 2 + [("inbound", "received")]


@pytest.mark.parametrize("page", [None, "<Say>x</Say>", "<Message>"])
async def test_what_is_no_answer_is_written_down_and_sends_nothing(bench, page) -> None:
    async with bench() as b:
        await b.control("PUT", "number", {"message_url": b.hooks.on("/text", page)})
        await b.control("POST", PATH, {"body": "x"})
        assert (await b.control("GET", PATH))["texts"] == []
        assert [e["what"] for e in b.exchange.journal.entries if e["event"] == "error"] == ["text"]


@pytest.mark.parametrize("data", [{"body": 3}, {"body": "x", "pictures": 11}, {"pictures": -1}])
async def test_what_is_no_text_is_refused(bench, data) -> None:
    async with bench() as b:
        await b.control("PUT", "number", {"message_url": "http://x/"})
        await b.control("POST", PATH, data, 400)
