"""The audio of a message: sealed in chunks, opened again for the transcriber and for ears.

It has one part or several: what was streamed to us while it was spoken, and a recording that the
carrier made, alone or because the stream broke.
"""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotline.privacy.cipher import Vault, place
from hotline.reports.model import AudioChunk, AudioPart, AudioState, Message, Report

# One chunk; a three-minute call at 8 kHz µ-law is some 22 of them.
CHUNK_BYTES = 64 * 1024
STREAMED_TYPE = "audio/x-mulaw;rate=8000"
STREAMED_RATE = 8000
"""Media type of a streamed part, and its bytes a second: 8 kHz µ-law without any header."""

Part = tuple[str, bytes]
"""Media type and bytes of one part."""


def store(session: Session, vault: Vault, message: Message, data: bytes, media_type: str) -> None:
    """Seal a recording of the carrier's under the report's data key, as the message's next part."""
    unsealed(session, message.id)
    key_id = session.get_one(Report, message.report_id).data_key_id
    seq = next_seq(session, message.id)
    _begin_part(session, message.id, parts(session, message), seq, media_type, streamed=False)
    for at, start in enumerate(range(0, len(data), CHUNK_BYTES), start=seq):
        _write(session, vault, message.id, key_id, at, data[start : start + CHUNK_BYTES])
    session.flush()
    message.media_type = message.media_type or media_type
    message.audio = AudioState.STORED


def write_chunk(
    session: Session, vault: Vault, message_id: str, key_id: str, seq: int, data: bytes
) -> None:
    """Seal chunk `seq` of a streamed message; with the first one its part begins."""
    if seq == 0:
        _begin_part(session, message_id, 0, seq, STREAMED_TYPE, streamed=True)
    _write(session, vault, message_id, key_id, seq, data)
    session.flush()


def parts(session: Session, message: Message) -> int:
    """How many parts there are."""
    query = select(func.count()).select_from(AudioPart).where(AudioPart.message_id == message.id)
    return session.scalar(query) or (1 if next_seq(session, message.id) else 0)


def next_seq(session: Session, message_id: str) -> int:
    """The number of the chunk that would come next."""
    query = select(func.max(AudioChunk.seq)).where(AudioChunk.message_id == message_id)
    last = session.scalar(query)
    return 0 if last is None else last + 1


def has_recording(session: Session, message: Message) -> bool:
    """Whether the carrier's recording is here, be there a streamed part before it or not."""
    streamed = AudioPart.message_id == message.id, AudioPart.streamed.is_(True)
    is_streamed = session.scalar(select(AudioPart.part).where(*streamed)) is not None
    return parts(session, message) > (1 if is_streamed else 0)


def load_parts(session: Session, vault: Vault, message: Message) -> list[Part]:
    """The parts as they came from the carrier, in the order they were spoken.

    Empty when nothing is stored. Raises CannotOpen.
    """
    opened = _open(session, vault, message)
    rows = session.scalars(
        select(AudioPart).where(AudioPart.message_id == message.id).order_by(AudioPart.part)
    ).all()
    if not rows:  # stored by a version that knew no parts
        whole = b"".join(data for _, data in opened)
        return [(message.media_type or "", whole)] if opened else []
    ends = [row.first_seq for row in rows[1:]] + [opened[-1][0] + 1 if opened else 0]
    return [
        (row.media_type, b"".join(data for seq, data in opened if row.first_seq <= seq < end))
        for row, end in zip(rows, ends, strict=True)
    ]


def drop(session: Session, message: Message) -> None:
    """Delete the stored audio of a message that was discarded."""
    session.execute(delete(AudioChunk).where(AudioChunk.message_id == message.id))
    session.execute(delete(AudioPart).where(AudioPart.message_id == message.id))
    message.peaks = None
    if message.audio is AudioState.STORED:
        message.audio = AudioState.UNUSABLE
        message.audio_problem = "discarded"


def _open(session: Session, vault: Vault, message: Message) -> list[tuple[int, bytes]]:
    key_id = session.get_one(Report, message.report_id).data_key_id
    query = select(AudioChunk).where(AudioChunk.message_id == message.id).order_by(AudioChunk.seq)
    return [
        (chunk.seq, vault.open_bytes(session, chunk.data_key_id or key_id, where, chunk.data))
        for chunk in session.scalars(query)
        for where in [place_of(message.id, chunk.seq)]
    ]


def _begin_part(
    session: Session, message_id: str, part: int, seq: int, media_type: str, *, streamed: bool
) -> None:
    row = AudioPart(message_id=message_id, part=part, first_seq=seq, media_type=media_type)
    row.streamed = streamed
    session.add(row)


def _write(
    session: Session, vault: Vault, message_id: str, key_id: str, seq: int, data: bytes
) -> None:
    sealed = vault.seal_bytes(session, key_id, place_of(message_id, seq), data)
    session.add(AudioChunk(message_id=message_id, seq=seq, data=sealed))


def unsealed(session: Session, message_id: str) -> None:
    """More has come to the message: it is to be sealed to people again, if it was."""
    session.execute(update(Message).where(Message.id == message_id).values(sealed_at=None))


def place_of(message_id: str, seq: int) -> str:
    """The place of a chunk."""
    return place("audio_chunk", f"{message_id}.{seq}", "data")
