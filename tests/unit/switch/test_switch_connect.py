"""<Connect>: what is read from it, and what is refused."""

import pytest

from switch.errors import DocumentError
from switch.streams.stream import Target
from switch.twiml import parse
from switch.verbs.allowed import SCREENING, WAITING
from switch.verbs.connect import Connect

URL = "wss://hotline.example/voice/stream"


def read(inside: str, attributes: str = "") -> Connect:
    document = f"<Response><Connect {attributes}>{inside}</Connect></Response>"
    verb = parse(document.encode(), "CA1")[0]
    assert isinstance(verb, Connect)
    return verb


def code(inside: str, attributes: str = "") -> int:
    with pytest.raises(DocumentError) as caught:
        read(inside, attributes)
    return caught.value.code


def test_all_of_it() -> None:
    verb = read(
        f'<Stream url="{URL}" name="n" statusCallback="https://h/s" statusCallbackMethod="GET"'
        ' track="inbound_track"><Parameter name="a" value="1"/><Parameter name="b"/></Stream>',
        'action="/next" method="GET"',
    )
    parameters = {"a": "1", "b": ""}
    assert verb == Connect(Target(URL, "n", parameters, "https://h/s", "GET"), "/next", "GET")


def test_defaults() -> None:
    assert read(f'<Stream url="{URL}"/>') == Connect(Target(URL), None, "POST")


@pytest.mark.parametrize(
    "url", ["ws://127.0.0.1:8/s", "ws://[::1]:8/s", "ws://localhost/s", "wss://h", "WSS://h:1/s"]
)
def test_urls_that_are_allowed(url: str) -> None:
    assert read(f'<Stream url="{url}"/>').target.url == url


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("", 11100),
        ("/voice/stream", 11100),
        ("wss:///voice", 11100),
        ("wss://[", 11100),
        ("wss://h:port/", 11100),
        ("wss://h/s?token=1", 11100),
        ("wss://h/s?", 11100),
        ("ws://hotline.example/s", 31922),
        ("ws://10.0.0.1/s", 31922),
        ("https://h/s", 31922),
    ],
)
def test_urls_that_are_refused(url: str, wrong: int) -> None:
    assert code(f'<Stream url="{url}"/>') == wrong


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<Room>r</Room>",
        f'<Stream url="{URL}"/><Stream url="{URL}"/>',
        f'<Stream url="{URL}"><Say>x</Say></Stream>',
        f'<Stream url="{URL}"><Parameter value="1"/></Stream>',
        f'<Stream url="{URL}"><Parameter name="a"><b/></Parameter></Stream>',
        f'<Stream url="{URL}" track="both_tracks"/>',
        f'<Stream url="{URL}" statusCallbackMethod="PUT"/>',
        f'<Stream url="{URL}"><Parameter name="{"n" * 100}" value="{"v" * 400}"/></Stream>',
    ],
)
def test_what_may_not_stand_in_it(inside: str) -> None:
    assert code(inside) == 12200


def test_longest_parameter() -> None:
    value = "v" * 400
    verb = read(f'<Stream url="{URL}"><Parameter name="{"n" * 99}" value="{value}"/></Stream>')
    assert verb.target.parameters == {"n" * 99: value}


@pytest.mark.parametrize("only", [WAITING, SCREENING])
def test_not_while_waiting_or_screening(only: frozenset[str]) -> None:
    document = f'<Response><Connect><Stream url="{URL}"/></Connect></Response>'
    with pytest.raises(DocumentError):
        parse(document.encode(), "CA1", only)


async def test_wrong_document_leads_to_the_fallback(bench) -> None:
    async with bench() as b:
        b.voice('<Play>/never.wav</Play><Connect><Stream url="ws://example.org/s"/></Connect>')
        b.exchange.number.fallback_url = b.hooks.on("/fallback", "<Hangup/>")
        await b.call()
        assert b.hooks.at("/fallback")[0]["params"]["ErrorCode"] == "31922"
        assert not b.hooks.at("/never.wav")
