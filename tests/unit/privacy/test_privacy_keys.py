"""The key ring: reading, making, losing."""

import base64
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.privacy.keys import KEY_BYTES, KeyRing, KeyRingError, generate, load_or_create, parse

versions = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=12)
rings = st.lists(
    st.tuples(versions, st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)), min_size=1, max_size=4
).map(lambda keys: KeyRing(tuple(keys)))


@given(rings)
def test_dump_and_parse_give_the_ring_back(ring: KeyRing) -> None:
    assert parse(ring.dump()) == ring
    assert parse(ring.dump().replace(",", "\n") + "\n\n") == ring


def test_the_first_key_seals_and_every_key_opens() -> None:
    new, old = generate("2").keys[0], generate("1").keys[0]
    ring = KeyRing((new, old))
    assert ring.current == new
    assert (ring.get("2"), ring.get("1")) == (new[1], old[1])


def test_a_lost_key_is_named() -> None:
    with pytest.raises(KeyRingError, match="'7' is not in the key ring"):
        generate("1").get("7")


def test_generated_keys_differ() -> None:
    assert generate() != generate()
    assert len(generate().current[1]) == KEY_BYTES


@pytest.mark.parametrize("text", ["", " \n ", ",,"])
def test_an_empty_ring_says_what_to_do(text: str) -> None:
    with pytest.raises(KeyRingError, match="empty; restore"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "1:",
        "1:not base64!",
        f"1:{base64.b64encode(b'short').decode()}",
        f"1:{base64.b64encode(bytes(33)).decode()}",
        f":{base64.b64encode(bytes(32)).decode()}",
        f"1:{base64.b64encode(bytes(32)).decode()},2:short",
    ],
)
def test_a_malformed_ring_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(KeyRingError, match="version:base64") as caught:
        parse(text)
    assert text not in str(caught.value)


def test_the_file_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys"
    ring = load_or_create(path)
    assert load_or_create(path) == ring
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [p.name for p in path.parent.iterdir()] == ["keys"]


def test_processes_that_start_together_read_one_ring(tmp_path: Path) -> None:
    """Threads share the temporary name of a process, so only the winner's link is raced here."""
    path = tmp_path / "keys"
    winner = generate("winner")
    (tmp_path / "other").write_text(winner.dump())
    (tmp_path / "other").rename(path)
    rings: list[KeyRing] = []
    threads = [threading.Thread(target=lambda: rings.append(load_or_create(path))) for _ in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert rings == [winner] * 4


def test_an_emptied_file_is_not_replaced_in_silence(tmp_path: Path) -> None:
    """A new ring would lock every old report for good; the operator must restore the old one."""
    path = tmp_path / "keys"
    path.write_text("")
    with pytest.raises(KeyRingError):
        load_or_create(path)
    assert path.read_text() == ""
