"""What may be told to a responder or an alarm phone about a report, read from the core."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import Role
from hotline.oncall.model import District, Responder, School
from hotline.privacy import redaction
from hotline.privacy.cipher import Vault
from hotline.reports import audio, callback, masks
from hotline.reports.callback_model import Callback
from hotline.reports.casework import heard, replies
from hotline.reports.casework.model import Reply, ReplyKind
from hotline.reports.model import AudioState, Call, Message, MessageState, Report
from hotline.spelling import written_words
from ivr import names
from ivr.line import Line
from ivr.loudness import Samples, from_wav, joined, telephone, to_wav
from ivr.screening import Brief
from ivr.voice import speak, speech
from transcription.audio import playable

WORDS_MAX = 150
"""About a minute of speech: the rest is read on the screen (the screening ends after 120 s)."""
AUDIO_MAX_S = 60
_WORDS = (AudioState.STORED, AudioState.WRITTEN)
"""Of messages that can be read out."""


def brief(
    session: Session, report: Report, *, live: bool, now: datetime, role: Role = Role.SEEK
) -> Brief:
    """The facts of the screening."""
    since = report.sent_at or report.created_at
    messages = list(_messages(session, report))
    if role is Role.TELL:
        since = max((m.sent_at or since for m in messages), default=since)
    return Brief(
        category=report.category,
        urgency=report.urgency,
        language=report.language,
        age_s=(now - since).total_seconds(),
        live=live,
        heard=any(message.audio in _WORDS for message in messages),
        role=role,
        place=place_name(session, report) is not None,
        written=bool(messages) and messages[-1].audio is AudioState.WRITTEN,
    )


def brief_of(session: Session, dispatch: Dispatch, now: datetime, role: Role = Role.SEEK) -> Brief:
    """The facts of a dispatch; live while the caller waits on the line, or talks to whoever asks
    for somebody more."""
    report = session.get_one(Report, dispatch.report_id)
    call = session.get(Call, dispatch.call_id) if dispatch.call_id else None
    there = call is not None and call.ended_at is None
    asked = role in (Role.ADD, Role.RELIEVE)
    live = call is not None and there and (call.parked_at is not None or asked)
    return brief(session, report, live=live, now=now, role=role)


def place_name(session: Session, report: Report) -> str | None:
    """The name of the school it is about, else of the district whose line was dialed."""
    for table, handle in ((School, report.school), (District, report.district)):
        name = session.scalar(select(table.name).where(table.handle == handle))
        if handle is not None and name is not None:
            return str(name)
    return None


def caller_left(session: Session, report: Report) -> bool:
    """Whether the caller wanted to speak to a person and has hung up."""
    query = select(Call.ended_at).where(Call.report_id == report.id)
    last = session.execute(query.order_by(Call.started_at.desc()).limit(1)).first()
    return report.live and last is not None and last.ended_at is not None


def language_of(line: Line, session: Session, responder_id: str) -> str:
    """The language a responder is spoken to: the first of theirs that we speak."""
    return line.language(session.get_one(Responder, responder_id).languages)


def attempt_language(line: Line, session: Session, attempt: Attempt) -> str:
    """The language of an attempt's call."""
    return language_of(line, session, attempt.responder_id)


def said_aloud(
    line: Line,
    session: Session,
    report: Report,
    *,
    whole: bool = False,
    newest_first: bool = False,
    own_voice: bool = True,
) -> bytes:
    """What was said, as a WAV made in memory: the words in the local voice of their language.

    newest_first: for whoever has heard the rest before. Personal data is masked, its label spoken
    in its place, unless it is to be heard `whole`. A message that has no transcript (yet) is heard
    in the caller's own voice instead, and whole; not at all without `own_voice`. Raises CannotOpen,
    SpeechError.
    """
    written = {s.message_id: s for s in heard.read_spoken(session, line.runtime.vault, report)}
    pieces: list[Samples] = []
    messages = list(_messages(session, report))
    for message in reversed(messages) if newest_first else messages:
        spoken = written.get(message.id)
        if spoken is not None and spoken.text.strip():
            voice = line.catalogue.voice(line.language((spoken.language,)))
            masker = None if whole else masks.of(line.masks, spoken.language)
            pieces.append(speech(to_speak(written_words(spoken.text), masker), voice))
        elif message.audio is AudioState.STORED and own_voice:
            pieces.append(_own_voice(session, line.runtime.vault, message))
    return to_wav(joined(pieces))


def has_words(line: Line, session: Session, report: Report) -> bool:
    """Whether there are words to be spoken without the caller's own voice. Raises CannotOpen."""
    return any(
        spoken.text.strip() for spoken in heard.read_spoken(session, line.runtime.vault, report)
    )


def to_speak(words: Sequence[str], masker: masks.Masker | None) -> str:
    """The first WORDS_MAX words as a responder may hear them: a mask is one. None: all of them."""
    if masker is None:
        return " ".join(words[:WORDS_MAX])
    pieces = redaction.pieces(words, masker.find(words))
    said = [p if isinstance(p, str) else masker.label(p) for p in pieces]
    return " ".join(said[:WORDS_MAX])


def place_aloud(line: Line, session: Session, report: Report, language: str) -> bytes:
    """The name of the place as a WAV, in the voice of that language. Raises SpeechError."""
    return speak(place_name(session, report) or "", line.catalogue.voice(language))


def reply_aloud(line: Line, session: Session, row: Reply) -> bytes:
    """A reply as a WAV: as it was recorded, or its text in the voice of the caller's language.
    Raises CannotOpen, SpeechError."""
    vault, report = line.runtime.vault, session.get_one(Report, row.report_id)
    if row.kind is ReplyKind.VOICE:
        sound = replies.opened_sound(session, vault, report, row)
        return to_wav(telephone(*from_wav(sound)))
    text = replies.opened_text(session, vault, report, row)
    return speak(text, line.catalogue.voice(line.language((row.language,))))


def number_aloud(line: Line, session: Session, row: Callback, language: str) -> bytes:
    """The digits of a number to be called back at as a WAV, made in memory. Raises CannotOpen."""
    read = names.digits(callback.read_aloud(session, line.runtime.vault, row))
    sounds = (from_wav(line.catalogue.file(language, name).read_bytes()) for name in read)
    return to_wav(joined([telephone(*sound) for sound in sounds]))


def own_recording(line: Line, session: Session, message: Message) -> bytes:
    """The caller's recording as a telephone WAV. Raises CannotOpen."""
    data, _ = playable(audio.load_parts(session, line.runtime.vault, message))
    return to_wav(telephone(*from_wav(data)))


def _own_voice(session: Session, vault: Vault, message: Message) -> Samples:
    data, _ = playable(audio.load_parts(session, vault, message))
    samples = telephone(*from_wav(data))
    return samples[: AUDIO_MAX_S * 8000]


def _messages(session: Session, report: Report) -> Iterator[Message]:
    query = select(Message).where(Message.report_id == report.id)
    sent = query.where(Message.state == MessageState.SENT)
    return iter(session.scalars(sent.order_by(Message.created_at)))
