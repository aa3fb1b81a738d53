"""The REST API: authentication, validation, life of calls and recordings."""

import pytest

ACCOUNT = "AC" + "0" * 31 + "1"
HOTLINE, ONE = "+15550100911", "+15550100002"
WAIT = '<Response><Gather timeout="600"/></Response>'


@pytest.mark.parametrize("user", [(ACCOUNT, "wrong"), ("AC0", "12345"), ("", "")])
async def test_wrong_credentials(bench, user) -> None:
    async with bench() as b:
        status, body = await b.rest("GET", "Calls.json", auth=user)
        assert (status, body["code"], body["status"]) == (401, 20003, 401)
        assert "20003" in body["more_info"]


async def test_another_account_is_not_found(bench) -> None:
    async with bench() as b:
        status, body = await b.rest("GET", f"../AC{'f' * 32}/Calls.json")
        assert (status, body["code"]) == (404, 20404)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"To": None}, 21211),
        ({"To": "12"}, 21217),
        ({"From": None}, 21213),
        ({"From": "x"}, 21212),
        ({"From": ONE}, 21210),
        ({"Twiml": None}, 21205),
        ({"Url": "/relative"}, 21205),
        ({"Timeout": "0"}, 21208),
        ({"Timeout": "601"}, 21208),
        ({"Url": "http://h/", "Method": "PUT"}, 20001),
        ({"StatusCallbackEvent": "later"}, 20001),
        ({"Twiml": "x" * 4001}, 20001),
    ],
)
async def test_calls_that_cannot_be_placed(bench, changes, code: int) -> None:
    async with bench() as b:
        fields = {"To": ONE, "From": HOTLINE, "Twiml": WAIT} | changes
        form = {name: value for name, value in fields.items() if value is not None}
        status, body = await b.rest("POST", "Calls.json", form)
        assert (status, body["code"]) == (400, code)
        assert not b.exchange.calls


async def test_life_of_a_call(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer={"after_s": 2})
        status, created = await b.rest(
            "POST", "Calls.json", {"To": ONE, "From": HOTLINE, "Twiml": WAIT}
        )
        sid = created["sid"]
        assert (status, created["status"], created["direction"]) == (201, "queued", "outbound-api")
        await b.event("ringing", sid)
        assert (await b.rest("GET", f"Calls/{sid}.json"))[1]["status"] == "ringing"
        assert (await b.rest("POST", f"Calls/{sid}.json", {"Twiml": WAIT}))[1]["code"] == 21220
        await b.event("answered", sid)
        assert (await b.rest("DELETE", f"Calls/{sid}.json"))[1]["code"] == 20009
        status, body = await b.rest("POST", f"Calls/{sid}.json", {"Status": "canceled"})
        assert (status, body["status"]) == (200, "in-progress")
        assert (await b.rest("POST", f"Calls/{sid}.json", {"Status": "done"}))[0] == 400
        status, body = await b.rest("POST", f"Calls/{sid}.json", {"Status": "completed"})
        assert (status, body["status"]) == (200, "completed")
        assert body["duration"].isdecimal()
        status, body = await b.rest("POST", f"Calls/{sid}.json", {"Status": "completed"})
        assert (status, body["code"]) == (400, 21220)
        assert (await b.rest("DELETE", f"Calls/{sid}.json"))[0] == 204
        assert (await b.rest("GET", f"Calls/{sid}.json"))[1]["code"] == 20404


@pytest.mark.parametrize("status", ["canceled", "completed"])
async def test_ringing_call_is_canceled(bench, status: str) -> None:
    async with bench() as b:
        b.phone(ONE, answer="never")
        url = b.hooks.on("/status", "")
        sid = await b.place(Twiml=WAIT, StatusCallback=url)
        await b.event("ringing", sid)
        await b.rest("POST", f"Calls/{sid}.json", {"Status": status})
        assert b.exchange.calls[sid].status == "canceled"
        assert (await b.hooks.wait("/status"))["params"]["CallStatus"] == "canceled"


async def test_number_nobody_has_fails(bench) -> None:
    async with bench() as b:
        url = b.hooks.on("/status", "")
        await b.place(to="+15550109999", Twiml=WAIT, StatusCallback=url)
        told = (await b.hooks.wait("/status"))["params"]
        assert (told["CallStatus"], told["SipResponseCode"]) == ("failed", "404")


async def test_calls_are_listed_by_page_and_by_field(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer="never")
        sids = [await b.place(Twiml=WAIT) for _ in range(3)]
        await b.place(to="+15550100003", Twiml=WAIT)
        await b.event("ringing", sids[2])
        _, body = await b.rest("GET", f"Calls.json?To=%2B15550100002&PageSize=2&From={HOTLINE[1:]}")
        assert body["calls"] == []
        _, first = await b.rest("GET", "Calls.json?To=%2B15550100002&PageSize=2")
        assert [call["sid"] for call in first["calls"]] == sids[:0:-1]
        assert first["previous_page_uri"] is None
        path = first["next_page_uri"].partition(f"{ACCOUNT}/")[2]
        _, second = await b.rest("GET", path)
        assert [call["sid"] for call in second["calls"]] == sids[:1]
        assert second["next_page_uri"] is None
        _, failed = await b.rest("GET", "Calls.json?Status=failed")
        assert len(failed["calls"]) == 1
        assert (await b.rest("GET", "Calls.json?PageSize=x"))[0] == 400


async def test_calls_are_listed_by_time(bench) -> None:
    async with bench() as b:
        b.phone(ONE, answer="never")
        sid = await b.place(Twiml=WAIT)
        await b.event("ringing", sid)
        for query, count in [
            ("StartTime%3E=2020-01-01", 1),
            ("StartTime%3C=2020-01-01", 0),
            ("StartTime%3E=2020-01-01T00:00:00Z&StartTime%3C=2999-01-01T00:00:00Z", 1),
            ("StartTime=2020-01-01", 0),
            ("EndTime%3E=2020-01-01", 0),
        ]:
            _, body = await b.rest("GET", "Calls.json?" + query)
            assert len(body["calls"]) == count, query
        assert (await b.rest("GET", "Calls.json?StartTime=yesterday"))[0] == 400


async def test_life_of_a_recording(bench) -> None:
    async with bench() as b:
        b.voice('<Record maxLength="2" action="/action" recordingStatusCallback="/recorded"/>')
        b.hooks.on("/action", "<Hangup/>")
        b.hooks.on("/recorded", "")
        call_sid = await b.call()
        told = (await b.hooks.wait("/recorded"))["params"]
        sid = told["RecordingSid"]
        assert told["RecordingUrl"].endswith(f"/Accounts/{ACCOUNT}/Recordings/{sid}")
        _, body = await b.rest("GET", f"Recordings/{sid}.json")
        assert (body["status"], body["duration"], body["call_sid"]) == ("completed", "2", call_sid)
        for path in ("Recordings.json", f"Recordings.json?CallSid={call_sid}"):
            assert (await b.rest("GET", path))[1]["recordings"][0]["sid"] == sid
        of_call = await b.rest("GET", f"Calls/{call_sid}/Recordings.json")
        assert of_call[1]["recordings"][0]["sid"] == sid
        assert (await b.rest("GET", f"Calls/{call_sid}/Recordings/{sid}.json"))[0] == 200
        url = f"{b.exchange.public_url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/{sid}.wav"
        async with b.http.get(url) as without_credentials:
            assert without_credentials.status == 401
        for path in (f"Recordings/{sid}", f"Recordings/{sid}.wav"):
            status, wav = await b.rest("GET", path)
            assert (status, wav[:4]) == (200, b"RIFF")
        assert (await b.rest("DELETE", f"Recordings/{sid}.json"))[0] == 204
        for method, path in [
            ("GET", f"Recordings/{sid}.json"),
            ("GET", f"Recordings/{sid}.wav"),
            ("DELETE", f"Recordings/{sid}.json"),
        ]:
            assert (await b.rest(method, path))[0] == 404


async def test_unknown_paths_and_methods(bench) -> None:
    async with bench() as b:
        assert (await b.rest("GET", "Applications.json"))[1]["code"] == 20404
        assert (await b.rest("PUT", "Calls.json"))[0] == 405
