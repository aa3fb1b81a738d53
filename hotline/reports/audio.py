"""The audio of a message: sealed in chunks, opened again for the transcriber and for ears."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault, place
from hotline.reports.model import AudioChunk, AudioState, Message, Report

# One chunk; a three-minute call at 8 kHz µ-law is some 22 of them.
CHUNK_BYTES = 64 * 1024


def store(session: Session, vault: Vault, message: Message, data: bytes, media_type: str) -> None:
    """Seal the audio under the report's data key and mark it stored."""
    key_id = session.get_one(Report, message.report_id).data_key_id
    for seq, start in enumerate(range(0, len(data), CHUNK_BYTES)):
        where = _place(message.id, seq)
        sealed = vault.seal_bytes(session, key_id, where, data[start : start + CHUNK_BYTES])
        session.add(AudioChunk(message_id=message.id, seq=seq, data=sealed))
    message.media_type = media_type
    message.audio = AudioState.STORED


def load(session: Session, vault: Vault, message: Message) -> bytes:
    """The audio as it came from the carrier; empty when none is stored. Raises CannotOpen."""
    key_id = session.get_one(Report, message.report_id).data_key_id
    query = select(AudioChunk).where(AudioChunk.message_id == message.id).order_by(AudioChunk.seq)
    return b"".join(
        vault.open_bytes(session, key_id, _place(message.id, chunk.seq), chunk.data)
        for chunk in session.scalars(query)
    )


def drop(session: Session, message: Message) -> None:
    """Delete the stored audio of a message that was discarded."""
    session.execute(delete(AudioChunk).where(AudioChunk.message_id == message.id))
    if message.audio is AudioState.STORED:
        message.audio = AudioState.UNUSABLE
        message.audio_problem = "discarded"


def _place(message_id: str, seq: int) -> str:
    return place("audio_chunk", f"{message_id}.{seq}", "data")
