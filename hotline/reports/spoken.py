"""What a caller says in place of keys: from the question to the keys it stands for.

The sound is recorded by the carrier, fetched into a worker's memory, understood there with a
grammar of the few words that count, and deleted at the carrier; it is never written down here. What
was understood is sealed under a key of its own until the menu asks for it, once. Each function runs
in one transaction.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import DataKey, Vault, place
from hotline.reports.model import Call, Message, MessageState
from hotline.reports.spoken_model import AnswerKind, Hearing, SpokenAnswer
from hotline.tasks import queue
from hotline.tasks.model import TaskKind

MOST_S = 12
"""The longest recording of one (`ivr.scenes.ANSWER_MAX_S`)."""
KEPT = timedelta(days=1)


def begin(session: Session, call: Call, kind: AnswerKind, now: datetime) -> SpokenAnswer:
    """The caller is about to answer; in the language of the call."""
    language = call.language or "en"
    row = SpokenAnswer(id=new_id(), call_id=call.id, kind=kind, language=language, created_at=now)
    session.add(row)
    session.flush()
    return row


def arrived(session: Session, answer_id: str, recording_id: str, now: datetime) -> str | None:
    """The carrier has the sound: the id of the task that waits for a worker. However often told."""
    row = session.get(SpokenAnswer, answer_id, with_for_update=True)
    if row is None or row.carrier_recording_id not in (None, recording_id):
        return None
    row.carrier_recording_id = recording_id
    return queue.add(session, TaskKind.UNDERSTAND, row.id, now).id


def nothing_recorded(session: Session, answer_id: str, now: datetime) -> None:
    """The carrier says that there is no sound."""
    row = session.get(SpokenAnswer, answer_id, with_for_update=True)
    if row is not None and row.carrier_recording_id is None:
        row.known_at = row.known_at or now


def is_ours(session: Session, recording_id: str) -> bool:
    """Whether a recording at the carrier is such an answer, and no message."""
    query = select(SpokenAnswer.id).where(SpokenAnswer.carrier_recording_id == recording_id)
    return session.scalar(query) is not None


def takes(
    session: Session, call: Call, recording_id: str, duration_s: float | None, now: datetime
) -> bool:
    """Whether a recording of which no callback has told us is an answer, and if so take it for one.

    Only when no message of the call waits for its own: rather an answer is kept as a message than
    that a message is lost.
    """
    if is_ours(session, recording_id):
        return True
    waiting = select(func.count()).select_from(Message).where(Message.call_id == call.id)
    waiting = waiting.where(Message.carrier_recording_id.is_(None))
    waiting = waiting.where(Message.state != MessageState.DISCARDED)
    short = duration_s is not None and duration_s <= MOST_S + 1
    if not short or session.scalar(waiting):
        return False
    query = select(SpokenAnswer.id).where(SpokenAnswer.call_id == call.id)
    query = query.where(SpokenAnswer.carrier_recording_id.is_(None))
    answer_id = session.scalar(query.order_by(SpokenAnswer.id))
    return answer_id is not None and arrived(session, answer_id, recording_id, now) is not None


def is_awaited(session: Session, answer: SpokenAnswer) -> bool:
    """Whether its caller is still there to hear what comes of it."""
    call = session.get(Call, answer.call_id)
    return answer.known_at is None and call is not None and call.ended_at is None


def understood(
    session: Session, vault: Vault, answer: SpokenAnswer, keys: str, now: datetime
) -> None:
    """Hold the keys it stands for, if anybody waits for them. keys: empty when none were heard."""
    if not is_awaited(session, answer):
        return
    answer.known_at = now
    if keys:
        answer.data_key_id = vault.new_key(session)
        where = place("spoken_answer", answer.id, "heard")
        answer.heard = vault.seal_json(session, answer.data_key_id, where, keys)


def take(session: Session, vault: Vault, call: Call, answer_id: str) -> str | None:
    """The keys that an answer stands for, once; empty: none. None while it is not known yet."""
    row = session.get(SpokenAnswer, answer_id)
    if row is None or row.call_id != call.id:
        return ""
    if row.known_at is None:
        return None
    if row.data_key_id is None or row.heard is None:
        return ""
    where = place("spoken_answer", row.id, "heard")
    keys: str = vault.open_json(session, row.data_key_id, where, row.heard)
    _wipe(session, row)
    return keys


def drop(session: Session, call: Call) -> None:
    """The call is over: nothing that was understood in it is kept."""
    query = select(SpokenAnswer).where(SpokenAnswer.call_id == call.id)
    for row in session.scalars(query).all():
        _wipe(session, row)


def expire(session: Session, now: datetime) -> None:
    """Delete the answers of more than a day ago, unless the carrier has a copy still."""
    none, gone = SpokenAnswer.carrier_recording_id, SpokenAnswer.carrier_deleted_at
    query = select(SpokenAnswer).where(SpokenAnswer.created_at <= now - KEPT)
    query = query.where(none.is_(None) | gone.is_not(None))
    for row in session.scalars(query).all():
        _wipe(session, row)
        session.delete(row)


def _wipe(session: Session, row: SpokenAnswer) -> None:
    key_id, row.heard, row.data_key_id = row.data_key_id, None, None
    session.flush()
    if key_id is not None:
        session.execute(delete(DataKey).where(DataKey.id == key_id))


# --- what can be heard ----------------------------------------------------------------------


def note_hearing(
    session: Session, language: str, now: datetime, *, word: bool, digits: bool
) -> None:
    """A worker says what its model of the language can hear."""
    session.merge(Hearing(language=language, word=word, digits=digits, noted_at=now))


def hearing(session: Session, language: str) -> tuple[bool, bool]:
    """Whether the word, and whether digits can be spoken in this language."""
    row = session.get(Hearing, language)
    return (row.word, row.digits) if row is not None else (False, False)
