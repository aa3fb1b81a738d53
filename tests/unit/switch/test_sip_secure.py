"""Encrypted sound: keys in descriptions, and packets that only the far end can have made."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switch.sip import crypto, rtp, sdp
from switch.sip.crypto import HMAC_32, HMAC_80, SUITES, Crypto, ForgedError
from switch.sip.secure import Secure

KEY = base64.b64encode(bytes(range(30))).decode()
OTHER = base64.b64encode(bytes(range(30, 60))).decode()
OFFER = f"""v=0
o=- 1 1 IN IP4 192.0.2.7
s=-
c=IN IP4 192.0.2.7
t=0 0
m=audio 40000 RTP/SAVP 0 101
a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:{KEY}
a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:{OTHER}|2^31
a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{KEY}
a=rtpmap:101 telephone-event/8000
"""


def pair(suite: str = HMAC_80) -> tuple[Secure, Secure]:
    one, two = (Crypto(1, suite, crypto.new_key()) for _ in range(2))
    return Secure(one, two), Secure(two, one)


def packet(number: int, byte: int = 1) -> bytes:
    return rtp.pack(rtp.Packet(0, number, number * 160, 7, bytes([byte]) * 160))


def test_the_keys_of_an_offer_in_its_own_order() -> None:
    sound = sdp.parse(OFFER)
    assert [(c.tag, c.suite) for c in sound.crypto] == [(2, HMAC_32), (3, HMAC_80)]
    assert sound.crypto[1].key == bytes(range(30))
    assert KEY not in repr(sound)
    assert "\\x01" not in repr(sound)


def test_our_answer_has_their_number_and_our_key() -> None:
    sound = sdp.parse(OFFER)
    ours = crypto.answering(sound.crypto[0])
    text = sdp.answer(sound, "192.0.2.1", 16384, 5, 1, ours)
    assert "m=audio 16384 RTP/SAVP 0 101\r\n" in text
    assert f"a=crypto:2 {HMAC_32} inline:{base64.b64encode(ours.key).decode()}\r\n" in text
    assert OTHER not in text
    assert sdp.parse(text).crypto == (ours,)


def test_our_key_stays_with_its_suite() -> None:
    first = crypto.answering(Crypto(1, HMAC_80, bytes(30)))
    again = crypto.answering(Crypto(4, HMAC_80, bytes(30)), first)
    assert (again.tag, again.key) == (4, first.key)
    assert crypto.answering(Crypto(1, HMAC_32, bytes(30)), first).key != first.key


def test_our_offer_has_a_fresh_key_for_each_suite() -> None:
    keys = crypto.offered()
    assert sdp.parse(sdp.offer("192.0.2.1", 16384, 5, keys), encrypted=True).crypto == keys
    assert [key.suite for key in keys] == list(SUITES)
    assert len({key.key for key in (*keys, *crypto.offered())}) == 4


@pytest.mark.parametrize(
    "line",
    [
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4",  # with a key's index
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY} UNENCRYPTED_SRTP",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY};inline:{OTHER}",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY[:-4]}",
        f"a=crypto:1 F8_128_HMAC_SHA1_80 inline:{KEY}",
        f"a=crypto:x AES_CM_128_HMAC_SHA1_80 inline:{KEY}",
        "a=crypto:1 AES_CM_128_HMAC_SHA1_80",
        "a=crypto:",
    ],
)
def test_lines_that_are_passed_over(line: str) -> None:
    assert crypto.read([line]) == ()
    start, end = OFFER.split("a=crypto:1")[0], "a=rtpmap:101 telephone-event/8000\n"
    with pytest.raises(sdp.BadSdpError) as error:
        sdp.parse(f"{start}{line}\n{end}")
    assert KEY not in str(error.value)


@given(st.text())
def test_any_line(text: str) -> None:
    assert isinstance(crypto.read(["a=crypto:" + text]), tuple)


def test_of_both_ways_the_encrypted_one_and_no_other_where_it_is_required() -> None:
    plain = OFFER.split("m=")[0] + "m=audio 4000 RTP/AVP 0\n"
    both = plain + "m=" + OFFER.split("m=")[1]
    sound = sdp.parse(both)
    assert (sound.port, sound.chosen, len(sound.crypto)) == (40000, 1, 2)
    assert "m=audio 0 RTP/AVP 0" in sdp.answer(sound, "192.0.2.1", 2, 5, 1, sound.crypto[0])
    assert not sdp.parse(plain).crypto
    with pytest.raises(sdp.BadSdpError):
        sdp.parse(plain, encrypted=True)
    savp_without_keys = OFFER.replace("a=crypto", "a=x-crypto")
    with pytest.raises(sdp.BadSdpError):
        sdp.parse(savp_without_keys)


@pytest.mark.parametrize("suite", SUITES)
def test_what_one_end_encrypts_the_other_reads(suite: str) -> None:
    here, there = pair(suite)
    for number in (65_534, 65_535, 0, 1):  # the number of a packet wraps
        sent = here.protect(packet(number))
        assert packet(number)[12:] not in sent
        assert len(sent) == 172 + (10 if suite == HMAC_80 else 4)
        assert there.unprotect(sent) == packet(number)
        assert here.unprotect(there.protect(packet(number, 2))) == packet(number, 2)


def test_forged_old_and_broken_packets() -> None:
    here, there = pair()
    sent = here.protect(packet(1))
    assert there.unprotect(sent)
    stranger, _ = pair()
    changed = bytearray(here.protect(packet(2)))
    changed[20] ^= 1
    for wrong in (sent, stranger.protect(packet(3)), bytes(changed), packet(4), b"", sent[:20]):
        with pytest.raises(ForgedError):
            there.unprotect(wrong)


def test_another_description_keeps_the_count_of_a_key_that_stays() -> None:
    here, there = pair()
    old = here.protect(packet(1))
    assert there.unprotect(old)
    there.change(there.ours, Crypto(9, HMAC_80, there.theirs.key))
    with pytest.raises(ForgedError):
        there.unprotect(old)
    fresh = Crypto(1, HMAC_80, crypto.new_key())
    here.change(fresh, here.theirs)
    with pytest.raises(ForgedError):
        there.unprotect(here.protect(packet(2)))
    there.change(there.ours, fresh)
    assert there.unprotect(here.protect(packet(3))) == packet(3)
