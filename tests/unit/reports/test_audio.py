"""Audio: stored sealed, loaded whole, readable nowhere else."""

import os
from pathlib import Path

import pytest
from sqlalchemy import delete, make_url, select

from hotline.context import Runtime
from hotline.privacy.cipher import CannotOpen, DataKey
from hotline.reports import audio, intake
from hotline.reports.model import AudioChunk, AudioState, Call, Message, MessageKind
from tests.support.office import Office

WORDS = b"somebody brought a weapon to school "


@pytest.fixture
def message(runtime_on_both: Runtime) -> Message:
    """A message being recorded."""
    call = Office(runtime_on_both).call()
    with runtime_on_both.database.transaction() as session:
        there = session.get_one(Call, call.id)
        vault, now = runtime_on_both.vault, runtime_on_both.clock()
        return intake.begin_message(session, vault, there, MessageKind.MESSAGE, now)


def store(runtime: Runtime, message: Message, data: bytes) -> None:
    with runtime.database.transaction() as session:
        row = session.get_one(Message, message.id)
        audio.store(session, runtime.vault, row, data, "audio/x-wav")


def load(runtime: Runtime, message: Message) -> bytes:
    with runtime.database.transaction() as session:
        parts = audio.load_parts(session, runtime.vault, session.get_one(Message, message.id))
        return b"".join(data for _, data in parts)


@pytest.mark.parametrize(
    "size", [1, audio.CHUNK_BYTES - 1, audio.CHUNK_BYTES, 3 * audio.CHUNK_BYTES + 1]
)
def test_what_is_stored_is_loaded(runtime_on_both: Runtime, message: Message, size: int) -> None:
    data = os.urandom(size)
    store(runtime_on_both, message, data)
    assert load(runtime_on_both, message) == data
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Message, message.id)
        assert (row.audio, row.media_type) == (AudioState.STORED, "audio/x-wav")


def test_nothing_is_loaded_before_it_is_stored(runtime_on_both: Runtime, message: Message) -> None:
    assert load(runtime_on_both, message) == b""


def test_a_moved_chunk_does_not_open(runtime_on_both: Runtime, message: Message) -> None:
    store(runtime_on_both, message, os.urandom(2 * audio.CHUNK_BYTES))
    with runtime_on_both.database.transaction() as session:
        first, second = session.scalars(select(AudioChunk).order_by(AudioChunk.seq))
        first.data, second.data = second.data, first.data
    with pytest.raises(CannotOpen):
        load(runtime_on_both, message)


def test_without_its_key_nothing_opens(runtime_on_both: Runtime, message: Message) -> None:
    """Shredding: the chunks are still there, and nobody can read them."""
    store(runtime_on_both, message, WORDS)
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Message, message.id)
        wrapped = session.scalars(select(DataKey)).one()
        wrapped.version = "lost"
        del row
    with pytest.raises(ValueError, match="lost"):
        load(runtime_on_both, message)


def test_dropped_audio_is_gone(runtime_on_both: Runtime, message: Message) -> None:
    store(runtime_on_both, message, WORDS)
    with runtime_on_both.database.transaction() as session:
        row = session.get_one(Message, message.id)
        audio.drop(session, row)
        assert (row.audio, row.audio_problem) == (AudioState.UNUSABLE, "discarded")
    assert load(runtime_on_both, message) == b""


def test_no_plain_byte_is_in_the_database_file(runtime: Runtime) -> None:
    office = Office(runtime)
    office.on_duty(["c1"])
    call = office.call()
    with runtime.database.transaction() as session:
        there = session.get_one(Call, call.id)
        now = runtime.clock()
        message = intake.begin_message(session, runtime.vault, there, MessageKind.MESSAGE, now)
        audio.store(session, runtime.vault, message, WORDS * 5000, "audio/x-wav")
        receipt = intake.send(session, runtime.vault, there, now, 0.0)
    path = Path(make_url(str(runtime.database.engine.url)).database or "")
    kept = b"".join(p.read_bytes() for p in path.parent.glob(path.name + "*"))
    assert len(kept) > len(WORDS) * 5000
    for secret in (WORDS, b"Name of c1", b"+15550100001", receipt.pin.encode() + b'"'):
        assert secret not in kept
    # Deleted rows are overwritten, not only unlinked.
    sealed = _sealed(runtime)
    with runtime.database.transaction() as session:
        session.execute(delete(AudioChunk))
    runtime.close()  # folds the log into the file
    assert sealed[:64] not in path.read_bytes()


def _sealed(runtime: Runtime) -> bytes:
    with runtime.database.transaction() as session:
        return bytes(session.scalars(select(AudioChunk.data)).first() or b"")
