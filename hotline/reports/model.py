"""Tables of the report: call, report, message, audio, transcript, timeline."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id, where
from hotline.database.types import TOKENS, Sealed


class ReportState(StrEnum):
    """draft: being spoken, not yet sent · open: ours to act on · closed: has a disposition.

    synthetic: of a call that the hotline has placed to itself; nobody is rung for it, no list and
    no figure has it, and it is soon deleted (`hotline.dispatch.synthetic`).
    """

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    SYNTHETIC = "synthetic"


UNSENT = (ReportState.DRAFT, ReportState.SYNTHETIC)
"""What nobody has reported."""


class MessageKind(StrEnum):
    """opening: the few words before waiting · message: left · addition: said, or written, later."""

    OPENING = "opening"
    MESSAGE = "message"
    ADDITION = "addition"


class MessageState(StrEnum):
    """recording: under way · recorded: finished, in review · sent: received · discarded."""

    RECORDING = "recording"
    RECORDED = "recorded"
    SENT = "sent"
    DISCARDED = "discarded"


class Door(StrEnum):
    """By which way a report came."""

    PHONE = "phone"
    WEB = "web"
    TEXT = "text"


class AudioState(StrEnum):
    """awaited: still at the carrier · stored: ours, encrypted · unusable: a human must listen ·
    written: there is none and never was; the caller wrote the words, at the web door or as a
    text."""

    AWAITED = "awaited"
    STORED = "stored"
    UNUSABLE = "unusable"
    WRITTEN = "written"


class StreamState(StrEnum):
    """offered: the carrier was asked to open it · open: sound comes in · ended: all of it is here ·
    lost: it broke (or never opened); the caller goes on with a recording at the carrier."""

    OFFERED = "offered"
    OPEN = "open"
    ENDED = "ended"
    LOST = "lost"


class Report(Base):
    """One case. `number` is what the caller was read; the PIN is kept only as a hash."""

    __tablename__ = "report"
    __table_args__ = (
        # Holds all that statistics count by, so that a year is counted without reading its reports.
        Index(
            "ix_report_counted",
            *("created_at", "id", "state", "district", "disposition", "category", "urgency"),
            *("language", "school", "live", "needs_listening", "duplicate_of", "door"),
        ),
        Index("ix_report_unreviewed", "id", **where("reviewed_at IS NULL")),
        # Holds what the list's count of what nobody has asks of each report that is not closed.
        Index(
            "ix_report_not_closed",
            *("id", "state", "district", "assignee", "purged_at"),
            **where("state != 'closed'"),
        ),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    pin_hash: Mapped[str | None]
    state: Mapped[ReportState] = mapped_column(default=ReportState.DRAFT)
    door: Mapped[Door] = mapped_column(default=Door.PHONE, server_default=Door.PHONE)
    """By which way it came; its caller may come back by the other."""
    language: Mapped[str]
    district: Mapped[str | None]
    """Handle of the district whose line was dialed."""
    school: Mapped[str | None]
    """Handle of the school it is about, once somebody knows."""
    live: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(default="unsorted")
    urgency: Mapped[str] = mapped_column(default="urgent")
    reasons: Mapped[Sealed | None]
    """Sealed JSON list of {category, urgency, phrase, first_word, last_word, message_id}."""
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None] = mapped_column(index=True)
    needs_listening: Mapped[bool] = mapped_column(default=False)
    """A message of it has no transcript; a human must listen."""
    reviewed_at: Mapped[datetime | None]
    disposition: Mapped[str | None]
    """How it ended: a code of `hotline.reports.outcomes`; needed to close it."""
    closed_at: Mapped[datetime | None]
    """Still set while it is open again: the caller said more, and a search is about to begin."""
    assignee: Mapped[str | None] = mapped_column(index=True)
    """Id of the account that looks after it."""
    version: Mapped[int] = mapped_column(default=0, server_default="0")
    """Counts what people have changed: a form that was filled in over an older one is told so."""
    duplicate_of: Mapped[str | None] = mapped_column(ForeignKey("report.id"))
    """The report that tells of the same thing and goes on."""
    facts: Mapped[Sealed | None]
    """Sealed JSON {key: text}: the fields that the deployment asks for."""
    held_at: Mapped[datetime | None]
    """Since when a legal hold keeps it, whatever its clock says."""
    purged_at: Mapped[datetime | None]
    """When its content was deleted for good; the row stays for the counts of its year."""


class SyntheticCall(Base):
    """One call that the hotline has placed to itself (`hotline.dispatch.synthetic`): when each
    stage was reached, and what came of it."""

    __tablename__ = "synthetic_call"

    id: Mapped[Id]
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; in the URLs of the leg that plays the caller."""
    carrier_call_id: Mapped[str | None]
    """Of that leg."""
    code: Mapped[str | None]
    """Digest of the digits by which the other leg is known as ours; None: there are none, or they
    were used."""
    call_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    """The other leg's row, and with `report_id` all that it leaves; the rows are deleted."""
    report_id: Mapped[str | None] = mapped_column(String(36), unique=True)
    leg: Mapped[str | None] = mapped_column(index=True)
    """The carrier's id of that other leg, which may be told of once more when the rows are gone."""
    placed_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]
    """When the other leg has given the code."""
    sent_at: Mapped[datetime | None]
    transcribed_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    """When a dispatcher has begun with the report."""
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    """A `hotline.reports.synthetic.Outcome`; None: under way."""


class Call(Base):
    """A caller's leg. Knows the carrier's id of the call and never the caller's number."""

    __tablename__ = "call"

    id: Mapped[Id]
    carrier_call_id: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str | None]
    district: Mapped[str | None]
    """Handle of the district whose line was dialed."""
    menu: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Where the caller stands in the voice menu (`ivr.menu.Session`)."""
    report_id: Mapped[str | None] = mapped_column(ForeignKey("report.id"))
    conference: Mapped[str | None]
    """Random name of the bridge the caller is sent to."""
    receipt: Mapped[Sealed | None]
    """Number and PIN to be read out again; dropped when the call ends."""
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """Last webhook of this leg: the caller's heartbeat."""
    parked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    carrier_deleted_at: Mapped[datetime | None]
    """Proof that the carrier's record of it, which holds the caller's number, is gone."""


class Message(Base):
    """One recording of a caller, or what they wrote at one time."""

    __tablename__ = "message"

    id: Mapped[Id]
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), index=True)
    call_id: Mapped[str | None] = mapped_column(ForeignKey("call.id"), index=True)
    kind: Mapped[MessageKind]
    state: Mapped[MessageState] = mapped_column(default=MessageState.RECORDING)
    audio: Mapped[AudioState] = mapped_column(default=AudioState.AWAITED)
    audio_problem: Mapped[str | None]
    """Why the audio is unusable: a code, never content."""
    carrier_recording_id: Mapped[str | None] = mapped_column(unique=True)
    carrier_deleted_at: Mapped[datetime | None]
    """Proof that the carrier's copy is gone."""
    media_type: Mapped[str | None]
    token: Mapped[str] = mapped_column(unique=True)
    """Unguessable; lets the carrier fetch the audio for listening back. Of a written message: the
    digest by which the same form, or text, is known when it comes twice (`reports.written`)."""
    duration_s: Mapped[float | None]
    peaks: Mapped[Sealed | None]
    """Sealed JSON {parts, duration_s, peaks} of how loud it is (`hotline.reports.peaks`)."""
    created_at: Mapped[datetime]
    recorded_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    urgency: Mapped[str | None]
    """What triage says of its own words; None while they are not known."""
    sealed_at: Mapped[datetime | None]
    """When its sound and words were sealed to people; None again when more of it has come."""


class AudioStream(Base):
    """The sound of a message that comes to us while it is spoken; at most one for each message."""

    __tablename__ = "audio_stream"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), primary_key=True)
    state: Mapped[StreamState] = mapped_column(default=StreamState.OFFERED)
    max_s: Mapped[float]
    """It ends after so many seconds of sound, …"""
    silence_s: Mapped[float]
    """… or after so many seconds of silence."""
    ended_by: Mapped[str | None]
    """A code: key, silence, length, stopped (the carrier ended it), or why it was lost."""
    received: Mapped[int] = mapped_column(default=0)
    """Bytes of sound written so far; 8000 are a second."""
    heard_s: Mapped[float | None]
    """Seconds of it that were not silence."""
    offered_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When sound was last written: the heartbeat of the process that takes it in."""
    ended_at: Mapped[datetime | None]


class AudioPart(Base):
    """A stretch of a message's audio: what was streamed, or a recording of the carrier's."""

    __tablename__ = "audio_part"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    """0, 1 … in the order they were spoken."""
    first_seq: Mapped[int]
    """Its chunks begin here and end where those of the next part begin."""
    media_type: Mapped[str]
    streamed: Mapped[bool]


class AudioChunk(Base):
    """A piece of a message's audio as it came from the carrier, sealed."""

    __tablename__ = "audio_chunk"

    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """Its sealed data key (`hotline.reports.sealing`); None: it is under the report's."""
    data: Mapped[Sealed]


class Transcript(Base):
    """What Vosk understood of a message; one per message."""

    __tablename__ = "transcript"

    id: Mapped[Id]
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), unique=True)
    parts: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many parts of the message's audio it was made of; more may have come since."""
    language: Mapped[str]
    """What was spoken; not always what the caller had chosen."""
    model: Mapped[str]
    text: Mapped[Sealed]
    words: Mapped[Sealed]
    """Sealed JSON list of [text, start s, end s, confidence 0–1]."""
    data_key_id: Mapped[str | None] = mapped_column(String(36))
    """The sealed data key of text and words, as in `AudioChunk`."""
    masked: Mapped[Sealed | None]
    """Once they are sealed: `words` without what is personal, under the report's data key."""
    average_confidence: Mapped[float | None]
    duration_s: Mapped[float]
    created_at: Mapped[datetime]
    assessed_at: Mapped[datetime | None]
    """When its words were sorted; None while the message is not sent."""


class TimelineEvent(Base):
    """One thing that happened to a report. `detail` holds ids and closed words only."""

    __tablename__ = "timeline_event"
    __table_args__ = (Index("ix_timeline_event_report_id_at", "report_id", "at"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


class WrongPair(Base):
    """A wrong number or PIN that somebody has entered, by telephone or at the web door
    (`hotline.reports.guesses`); forgotten after a day."""

    __tablename__ = "wrong_pair"
    __table_args__ = (Index("ix_wrong_pair_number_at", "number", "at"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(6))
    """The report number that was tried, whether there is such a report or not; empty for what is no
    report number at all."""
    at: Mapped[datetime] = mapped_column(index=True)


class SearchEntry(Base):
    """By which blind names a report is found (`hotline.reports.search`).

    SQLite: triggers keep the full-text table `search_index` as this one is.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    tokens: Mapped[str] = mapped_column(TOKENS)


class SearchSecret(Base):
    """What the names of the search index are derived from; one row."""

    __tablename__ = "search_secret"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
    secret: Mapped[Sealed]
