"""Envelopes: round trip, tampering, values moved to another place, lost keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hotline.database.base import new_id
from hotline.database.engine import Database
from hotline.database.types import Sealed
from hotline.privacy.cipher import (
    NONCE_BYTES,
    CannotOpen,
    DataKey,
    Vault,
    place,
    seal,
    unseal,
)
from hotline.privacy.keys import KeyRing, KeyRingError, generate

KEY = bytes(range(32))
TAG_BYTES = 16  # GCM
HERE = place("message", "m1", "audio")
SAID = "Sie hat ein Messer. سكين 🔪"

places = st.text(min_size=1, max_size=30)


@given(places, st.binary(max_size=300))
def test_round_trip(where: str, plain: bytes) -> None:
    sealed = seal(KEY, where, plain)
    assert isinstance(sealed, Sealed)
    assert unseal(KEY, where, sealed) == plain
    assert len(sealed) == NONCE_BYTES + len(plain) + TAG_BYTES


@given(st.binary(min_size=8, max_size=100))
def test_the_plain_bytes_are_not_in_what_is_stored(plain: bytes) -> None:
    assert plain not in seal(KEY, HERE, plain)


def test_the_same_value_never_looks_the_same() -> None:
    assert len({seal(KEY, HERE, b"same") for _ in range(100)}) == 100


@given(st.binary(max_size=40), st.data())
def test_a_changed_bit_anywhere_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, HERE, plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(CannotOpen):
        unseal(KEY, HERE, bytes(sealed))


@given(st.binary(max_size=40), st.data())
def test_a_cut_value_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = seal(KEY, HERE, plain)
    length = data.draw(st.integers(NONCE_BYTES, len(sealed) - 1))
    with pytest.raises(CannotOpen):
        unseal(KEY, HERE, sealed[:length])


@given(places, places, st.binary(max_size=40))
def test_a_value_opens_only_in_its_own_place(one: str, other: str, plain: bytes) -> None:
    if one != other:
        with pytest.raises(CannotOpen):
            unseal(KEY, other, seal(KEY, one, plain))


def test_another_key_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        unseal(bytes(32), HERE, seal(KEY, HERE, b"x"))


def test_the_error_names_the_place_and_nothing_else() -> None:
    with pytest.raises(CannotOpen) as caught:
        unseal(bytes(32), HERE, seal(KEY, HERE, SAID.encode()))
    assert HERE in str(caught.value)
    assert "Messer" not in str(caught.value)


def test_place_names_table_row_and_column() -> None:
    assert HERE == "message/m1/audio"


# The vault -------------------------------------------------------------------


@pytest.fixture
def ring() -> KeyRing:
    return generate("1")


def make_key(database: Database, ring: KeyRing) -> str:
    with database.transaction() as session:
        return Vault(ring).new_key(session)


@pytest.mark.parametrize("value", [SAID, [], {"words": [{"word": "سكين", "at": 1.5}]}, None, 3])
def test_json_round_trip(database: Database, ring: KeyRing, value: Any) -> None:
    key_id = make_key(database, ring)
    with database.transaction() as session:
        sealed = Vault(ring).seal_json(session, key_id, HERE, value)
    with database.transaction() as session:
        assert Vault(ring).open_json(session, key_id, HERE, sealed) == value


def test_a_value_copied_to_another_row_or_column_does_not_open(
    database: Database, ring: KeyRing
) -> None:
    vault, key_id = Vault(ring), make_key(database, ring)
    with database.transaction() as session:
        sealed = vault.seal_bytes(session, key_id, HERE, b"x")
        for other in ("message/m2/audio", "message/m1/transcript", "report/m1/audio"):
            with pytest.raises(CannotOpen):
                vault.open_bytes(session, key_id, other, sealed)


def test_the_key_of_another_report_does_not_open(database: Database, ring: KeyRing) -> None:
    vault, one, other = Vault(ring), make_key(database, ring), make_key(database, ring)
    with database.transaction() as session:
        sealed = vault.seal_bytes(session, one, HERE, b"x")
        with pytest.raises(CannotOpen):
            vault.open_bytes(session, other, HERE, sealed)


def test_a_wrapped_key_moved_to_another_row_does_not_open(
    database: Database, ring: KeyRing
) -> None:
    """Whoever can write the database cannot give one report the key of another."""
    vault, one, other = Vault(ring), make_key(database, ring), make_key(database, ring)
    with database.transaction() as session:
        sealed = vault.seal_bytes(session, one, HERE, b"x")
    with database.transaction() as session:
        session.execute(
            text(
                "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = :one) "
                "WHERE id = :other"
            ),
            {"one": one, "other": other},
        )
    with database.transaction() as session, pytest.raises(CannotOpen):
        vault.open_bytes(session, other, HERE, sealed)


def test_dropping_the_data_key_shreds_the_record(database: Database, ring: KeyRing) -> None:
    vault, key_id = Vault(ring), make_key(database, ring)
    with database.transaction() as session:
        sealed = vault.seal_bytes(session, key_id, HERE, b"x")
    with database.transaction() as session:
        session.delete(session.get_one(DataKey, key_id))
    with database.transaction() as session, pytest.raises(CannotOpen, match="shredded"):
        vault.open_bytes(session, key_id, HERE, sealed)


def test_a_key_that_never_was(database: Database, ring: KeyRing) -> None:
    with database.transaction() as session, pytest.raises(CannotOpen):
        Vault(ring).seal_bytes(session, new_id(), HERE, b"x")


def test_after_rotation_old_records_open_and_new_ones_use_the_new_key(
    database: Database, ring: KeyRing
) -> None:
    old_id = make_key(database, ring)
    with database.transaction() as session:
        sealed = Vault(ring).seal_bytes(session, old_id, HERE, b"old")
    rotated = KeyRing((*generate("2").keys, *ring.keys))
    new_id_ = make_key(database, rotated)
    with database.transaction() as session:
        assert Vault(rotated).open_bytes(session, old_id, HERE, sealed) == b"old"
        assert session.get_one(DataKey, new_id_).version == "2"


def test_a_ring_that_lost_its_master_key_says_which(database: Database, ring: KeyRing) -> None:
    key_id = make_key(database, ring)
    with database.transaction() as session, pytest.raises(KeyRingError, match="'1'"):
        Vault(generate("2")).seal_bytes(session, key_id, HERE, b"x")


def test_a_ring_with_the_same_name_but_another_key_does_not_open(
    database: Database, ring: KeyRing
) -> None:
    key_id = make_key(database, ring)
    with database.transaction() as session, pytest.raises(CannotOpen):
        Vault(generate("1")).seal_bytes(session, key_id, HERE, b"x")


def test_no_data_key_is_stored_in_the_clear(database: Database, ring: KeyRing) -> None:
    key_id = make_key(database, ring)
    with database.transaction() as session:
        row = session.get_one(DataKey, key_id)
        plain = unseal(ring.current[1], place("data_key", key_id, "wrapped"), row.wrapped)
        assert len(plain) == 32
        assert plain not in row.wrapped
        assert ring.current[1] not in row.wrapped


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27])
def test_a_value_cut_short_is_said_not_to_open(length: int) -> None:
    sealed = seal(KEY, "report/1/reasons", b"twelve words")
    with pytest.raises(CannotOpen):
        unseal(KEY, "report/1/reasons", sealed[:length])
