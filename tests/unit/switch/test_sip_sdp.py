"""Descriptions of sessions: what far ends send, what we answer, and that nothing else gets out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip import sdp

OFFER = """v=0\r
o=- 1 1 IN IP4 192.0.2.7\r
s=-\r
c=IN IP4 192.0.2.7\r
t=0 0\r
m=audio 40000 RTP/AVP 18 8 0 96\r
a=rtpmap:18 G729/8000\r
a=rtpmap:96 telephone-event/8000\r
a=fmtp:96 0-15\r
a=sendrecv\r
m=video 40002 RTP/AVP 31\r
"""


def test_offer() -> None:
    sound = sdp.parse(OFFER)
    assert (sound.address, sound.port) == ("192.0.2.7", 40000)
    assert (sound.codec, sound.payload, sound.events) == (sdp.PCMA, 8, 96)
    assert not sound.held
    assert not sound.silent


def test_answer_keeps_the_order_and_refuses_the_rest() -> None:
    text = sdp.answer(sdp.parse(OFFER), "198.51.100.1", 16384, 5, 2)
    assert "o=- 5 2 IN IP4 198.51.100.1\r\n" in text
    assert "m=audio 16384 RTP/AVP 8 96\r\n" in text
    assert "m=video 0 RTP/AVP 31\r\n" in text
    answered = sdp.parse(text)
    assert (answered.codec, answered.events, answered.direction) == (sdp.PCMA, 96, "sendrecv")


def test_our_offer_is_one_we_understand() -> None:
    sound = sdp.parse(sdp.offer("198.51.100.1", 16384, 5))
    assert (sound.codec, sound.events, sound.port) == (sdp.PCMU, sdp.EVENTS, 16384)


def test_a_dynamic_payload_type() -> None:
    text = OFFER.replace("18 8 0 96", "97").replace("18 G729", "97 PCMU")
    sound = sdp.parse(text)
    assert (sound.codec, sound.payload, sound.events) == (sdp.PCMU, 97, None)
    assert "m=audio 1 RTP/AVP 97\r\na=rtpmap:97 PCMU/8000" in sdp.answer(sound, "192.0.2.1", 1, 1)


def test_a_type_of_g711_that_means_something_else_is_not_taken_for_it() -> None:
    with pytest.raises(sdp.BadSdpError):
        sdp.parse(OFFER.replace("18 8 0 96", "8").replace("18 G729", "8 L16"))


@pytest.mark.parametrize(
    ("change", "held", "silent", "answer"),
    [
        (("a=sendrecv", "a=sendonly"), True, False, "a=recvonly"),
        (("a=sendrecv", "a=recvonly"), False, True, "a=sendonly"),
        (("a=sendrecv", "a=inactive"), True, True, "a=inactive"),
        (("c=IN IP4 192.0.2.7", "c=IN IP4 0.0.0.0"), True, False, "a=inactive"),
        (("a=sendrecv\r\n", ""), False, False, "a=sendrecv"),
    ],
)
def test_hold(change: tuple[str, str], held: bool, silent: bool, answer: str) -> None:
    sound = sdp.parse(OFFER.replace(*change))
    assert (sound.held, sound.silent) == (held, silent)
    assert answer in sdp.answer(sound, "192.0.2.1", 1, 1)


def test_an_address_of_the_medium_goes_before_the_sessions() -> None:
    text = OFFER.replace("a=sendrecv", "c=IN IP4 192.0.2.8")
    assert sdp.parse(text).address == "192.0.2.8"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "v=0",
        "hello",
        OFFER.replace("c=IN IP4 192.0.2.7\r\n", ""),
        OFFER.replace("c=IN IP4 192.0.2.7", "c=IN IP6 2001:db8::1"),
        OFFER.replace("c=IN IP4 192.0.2.7", "c=IN IP4 trunk.example"),
        OFFER.replace("c=IN IP4 192.0.2.7", "c=IN IP4 224.0.0.1"),
        OFFER.replace("c=IN IP4 192.0.2.7", "c=IN IP4 255.255.255.255"),
        OFFER.replace("m=audio 40000", "m=audio 0"),
        OFFER.replace("m=audio 40000", "m=audio 70000"),
        OFFER.replace("m=audio 40000", "m=audio"),
        OFFER.replace("18 8 0 96", "18"),
        OFFER.replace("RTP/AVP 18", "RTP/SAVPF 18"),
        OFFER + "m=\r\n",
        OFFER + "x" * sdp.MOST,
    ],
)
def test_what_is_refused(text: str) -> None:
    with pytest.raises(sdp.BadSdpError) as error:
        sdp.parse(text)
    assert "192.0.2" not in str(error.value)


_LINES = st.sampled_from(OFFER.splitlines())
_MANGLED = st.lists(
    st.one_of(_LINES, _LINES.flatmap(lambda line: st.text().map(lambda text: line[:4] + text)))
).map("\r\n".join)


@given(st.one_of(st.text(), _MANGLED, _MANGLED.map(lambda text: "v=0\r\n" + text)))
def test_nothing_else_gets_out(text: str) -> None:
    try:
        sound = sdp.parse(text)
    except sdp.BadSdpError:
        return
    assert sdp.parse(sdp.answer(sound, "192.0.2.1", 2, 3)).codec == sound.codec
