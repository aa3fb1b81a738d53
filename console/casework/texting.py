"""What goes out as a text when a reply is left for somebody who has written texts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from console import guard
from console.context import runtime
from hotline.reports import texted
from hotline.reports.model import Report
from hotline.reports.text_model import TextConversation
from ivr import text_answers


class Texts(StrEnum):
    """none: nobody has written texts, or they ended · waits: the next text is answered with where
    the reply is · notice, content: as HOTLINE_TEXT_REPLIES says."""

    NONE = "none"
    WAITS = "waits"
    NOTICE = "notice"
    CONTENT = "content"


def of(session: Session, report: Report) -> Texts:
    """What a reply that is left for this report now leads to."""
    settings = runtime().settings
    if not settings.text_door:
        return Texts.NONE
    if settings.text_replies != "off" and texted.of_report(session, report.id) is not None:
        return Texts(settings.text_replies)
    query = select(TextConversation.id).where(TextConversation.report_id == report.id)
    there = session.scalar(query.where(TextConversation.stopped_at.is_(None)).limit(1))
    return Texts.WAITS if there is not None else Texts.NONE


def tell(session: Session, report: Report, words: str | None, now: datetime) -> None:
    """Have a text sent about a reply that was just left, where one may be. words: the reply itself,
    for whoever wants it sent; sent only where HOTLINE_TEXT_REPLIES=content."""
    texts = of(session, report)
    row = texted.of_report(session, report.id)
    if texts not in (Texts.NOTICE, Texts.CONTENT) or row is None:
        return
    language = runtime().languages.get(row.language or "") or runtime().languages[report.language]
    body = text_answers.body(language, runtime().settings, ("text_answer",))
    if words is not None and texts is Texts.CONTENT:
        body = words.strip()
    texted.send(session, runtime().vault, row, report, body, now)
    guard.audited(session, "report.texted", f"report:{report.id}")
