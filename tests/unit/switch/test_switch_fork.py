"""<Start><Stream> and <Stop>: one way, beside the document."""

import base64

import pytest

from switch.errors import DocumentError
from switch.twiml import parse
from tests.unit.switch.stream_server import StreamServer


def start(url: str, attributes: str = "") -> str:
    return f'<Start><Stream url="{url}" {attributes}/></Start>'


@pytest.mark.parametrize(
    "xml",
    [
        "<Start/>",
        '<Start><Stream url="http://h/"/></Start>',
        '<Start><Stream url="wss://h/" track="all"/></Start>',
        "<Stop/>",
        "<Stop><Stream/></Stop>",
    ],
)
def test_wrong_values_are_errors(xml: str) -> None:
    with pytest.raises(DocumentError):
        parse(f"<Response>{xml}</Response>".encode(), "CA1")


async def test_document_goes_on_and_both_sides_are_sent(bench) -> None:
    async with bench() as b, StreamServer() as server:
        tone = b.tone("/a.wav", 2)
        b.hooks.on("/news", "")
        told = 'track="both_tracks" statusCallback="/news" name="ears"'
        b.voice(start(server.url, told) + f"<Pause/><Play>{tone}</Play>")
        await b.call({"playing": "/a.wav", "say_tone": {"hz": 700, "seconds": 1}})
        peer = await server.peer()
        begun = peer.all("start")[0]["start"]
        assert begun["tracks"] == ["inbound", "outbound"]
        assert (await peer.wait("stop"))["event"] == "stop"
        for track in ("inbound", "outbound"):
            media = [m["media"] for m in peer.all("media") if m["media"]["track"] == track]
            assert [m["chunk"] for m in media] == [str(n + 1) for n in range(len(media))]
            sound = b"".join(base64.b64decode(m["payload"]) for m in media)
            assert len(sound) - sound.count(b"\xff") > 6000, track
        await b.hooks.wait("/news", 2)
        events = {seen["params"]["StreamEvent"] for seen in b.hooks.at("/news")}
        assert events == {"stream-started", "stream-stopped"}
        assert b.hooks.at("/news")[0]["params"]["StreamName"] == "ears"


async def test_stop_ends_the_stream_of_that_name_alone(bench) -> None:
    async with bench() as b, StreamServer() as server:
        one, two = start(server.url, 'name="one"'), start(server.url, 'name="two"')
        stop = '<Stop><Stream name="one"/></Stop><Stop><Stream name="three"/></Stop>'
        b.voice(f'{one}{two}<Pause length="3"/>{stop}<Redirect>/more</Redirect>')
        b.hooks.on("/more", '<Pause length="600"/>')
        sid = await b.dial()
        await b.hooks.wait("/more")
        assert [f.name for f in b.exchange.streams.values() if f.status == "stopped"] == ["one"]
        await b.control("POST", f"calls/{sid}/hangup")
        await b.event("stream_ended", sid, 2)


async def test_too_many_tracks(bench) -> None:
    async with bench() as b, StreamServer() as server:
        b.voice(start(server.url, 'track="both_tracks"') * 2 + start(server.url))
        await b.call()
        assert b.events("error")[0]["code"] == 12200


async def test_server_that_refuses_disturbs_nobody(bench) -> None:
    async with bench() as b:
        b.voice(start("ws://127.0.0.1:9/") + "<Pause/><Redirect>/after</Redirect>")
        b.hooks.on("/after", "<Hangup/>")
        sid = await b.call()
        assert b.hooks.at("/after")
        assert b.events("stream_error", sid)[0]["code"] == 31901
