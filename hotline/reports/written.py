"""Intake of what is written, at the web door or as a text: a report or more of one, as `intake`
takes in speech.

There is no call and no sound. Each function runs in a transaction of its caller's, in which the
words are written as a transcript and sorted too (`transcription.writing`); only after its commit
may "received" be said.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.database.base import new_id
from hotline.privacy.cipher import Vault
from hotline.reports import codes, intake, timeline
from hotline.reports.intake import Receipt
from hotline.reports.model import (
    AudioState,
    Door,
    Message,
    MessageKind,
    MessageState,
    Report,
)

LONGEST = 4000
"""Characters at one time, which the form calls two pages. Five minutes of fast speech, the most
that the telephone takes, are 6,000 (`casework.corrections`); more can be added afterwards."""


@dataclass(frozen=True)
class Place:
    """Where it happened, as handles of the roster; None: the writer does not say."""

    district: str | None = None
    school: str | None = None


BEGAN = {Door.WEB: "writing_began", Door.TEXT: "texting_began"}
"""What the timeline of a report begins with."""
BY_TEXT = "text-"
"""Begins the token of a message that came as a text, so that its door is known: a report of one
door may be gone on with at another."""


def new_report(
    session: Session,
    vault: Vault,
    language: str,
    place: Place,
    token: str,
    now: datetime,
    door: Door = Door.WEB,
) -> tuple[Report, Message]:
    """A report that is written down now, and its message, sent. Raises IntegrityError when there is
    a message of that token already."""
    report = Report(
        id=new_id(),
        number=intake.free_number(session),
        door=door,
        language=language,
        district=place.district,
        school=place.school,
        data_key_id=vault.new_key(session),
        created_at=now,
    )
    session.add(report)
    session.flush()
    timeline.add(session, report.id, now, BEGAN[door], language=language)
    message = _sent(session, report, MessageKind.MESSAGE, token, now)
    intake.open_report(session, report, now, 0.0)
    return report, message


def more(session: Session, report: Report, token: str, now: datetime) -> Message:
    """More of a report, sent: it goes the way of words that are said on a later call. Whoever
    closes the report at this moment comes before or after."""
    session.refresh(report, with_for_update={"key_share": True})
    return _sent(session, report, MessageKind.ADDITION, token, now)


def door_of(message: Message) -> Door:
    """At which door a written message was written."""
    return Door.TEXT if message.token.startswith(BY_TEXT) else Door.WEB


def known(session: Session, token: str) -> bool:
    """Whether the message of that token is here already: the same form was sent twice."""
    return session.scalar(select(Message.id).where(Message.token == token)) is not None


def receipt(report: Report) -> Receipt:
    """Number and a new PIN, made once: afterwards only its hash is known."""
    pin = codes.new_pin()
    report.pin_hash = codes.hash_pin(pin)
    return Receipt(report.number, pin)


def _sent(
    session: Session, report: Report, kind: MessageKind, token: str, now: datetime
) -> Message:
    message = Message(
        id=new_id(),
        report_id=report.id,
        kind=kind,
        state=MessageState.RECORDED,
        audio=AudioState.WRITTEN,
        token=token,
        created_at=now,
        recorded_at=now,
    )
    session.add(message)
    session.flush()
    intake.mark_sent(session, message, now)
    return message
