"""The synthetic call: the hotline calls itself, says a sentence, and looks how far it came.

Done by the auditor, every HOTLINE_SYNTHETIC_CALL_MIN. Nobody is rung: the search for a person ends
where a dispatcher begins with it (people's phones are tried by drills and check-ins). What the call
leaves is deleted, its stages and their times are kept. That it fails, twice in a row or for three
periods, is an alarm: perhaps nobody can reach the line.

Words that are not the sentence are never deleted: they become a report, with an alarm of its own.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from difflib import SequenceMatcher

import structlog
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from hotline.carrier.port import CarrierError, Refused
from hotline.context import Runtime
from hotline.dispatch import watch
from hotline.dispatch.findings import FOUND
from hotline.dispatch.model import Alarm
from hotline.reports import transcripts
from hotline.reports.model import (
    AudioStream,
    Call,
    Message,
    MessageState,
    Report,
    ReportState,
    SyntheticCall,
    TimelineEvent,
    Transcript,
)
from hotline.reports.shredding import shred
from hotline.reports.synthetic import Outcome, begin
from hotline.tasks.model import Task, TaskKind, TaskState

log = structlog.get_logger()

UNREACHABLE = "line_unreachable"
"""Reason of the alarm."""
PROMPT = "synthetic_words"
RING_S = 30.0
LIMIT_S = 240.0
"""A call that has not reached its end after so long has failed: some 35 s on the line (measured on
our own switch), the wait for words at most 120 s by its setting, and room for a slow carrier."""
UNDERSTOOD, OURS = 1 / 2, 2 / 3
"""The share of the sentence's words that must be heard, in their order; and of what is heard, the
share that must be words of the sentence. Measured with the bundled models: all of it is heard in
English and Spanish; in Arabic seven of nine words, and seven of eight heard ones are of it."""
STAGES = ("answered", "proven", "sent", "transcribed", "dispatched")
"""Each has a column, `<stage>_at`."""
FAILURES, PERIODS = 2, 3
KEEP_DAYS = 30
OVER_S = 600.0
"""A leg whose end nobody told is over so long after its call."""


def look(runtime: Runtime, *, only_look: bool = False) -> None:
    """Judge the call that is under way, delete what others have left, raise the alarm, and place
    the next call when it is time. only_look: place none; all may have been started just now."""
    if runtime.settings.synthetic_call_min == 0:
        with runtime.database.reading() as session:
            if newest(session) is None:
                return
    now = runtime.clock()
    with runtime.database.transaction() as session:
        watch.one_at_a_time(session)
        over = [leg for row in _under_way(session) if (leg := _judge(session, runtime, row, now))]
        every_s = 60.0 * runtime.settings.synthetic_call_min
        placed = None
        if every_s > 0 and not only_look and not is_paused(session):
            _alarm(session, every_s, now)
            placed = _due(session, every_s, now)
    if placed is not None:
        _place(runtime, *placed)
    for leg in over:
        _hang_up(runtime, leg)
    with runtime.database.transaction() as session:
        watch.one_at_a_time(session)
        _clean(session, now)


def newest(session: Session, *which: ColumnElement[bool]) -> SyntheticCall | None:
    """The last call, of those that meet the conditions."""
    query = select(SyntheticCall).where(*which).order_by(SyntheticCall.placed_at.desc())
    return session.scalar(query.limit(1))


def last_success(session: Session) -> SyntheticCall | None:
    """The last call that reached its end."""
    return newest(session, SyntheticCall.outcome == Outcome.OK)


def failures(session: Session) -> list[Outcome]:
    """What came of the calls since the last that reached its end, the newest first."""
    query = select(SyntheticCall.outcome).where(SyntheticCall.outcome.is_not(None))
    found: list[Outcome] = []
    for outcome in session.scalars(query.order_by(SyntheticCall.placed_at.desc()).limit(100)):
        if outcome == Outcome.OK:
            break
        found.append(Outcome(str(outcome)))
    return found


def is_paused(session: Session) -> bool:
    """Whether words that are not the sentence wait for a person, who shall not be flooded."""
    row = newest(session, SyntheticCall.outcome.is_not(None))
    if row is None or row.outcome != Outcome.WRONG_WORDS:
        return False
    waits = select(Alarm.id).where(Alarm.report_id == row.report_id)
    return session.scalar(waits.where(Alarm.acknowledged_at.is_(None)).limit(1)) is not None


def is_the_sentence(said: str, heard: Sequence[str]) -> bool:
    """Whether what was heard is the text that was said, as well as a machine understands: once or
    several times, and nothing much besides."""
    wanted, got = _words(said), _words(" ".join(heard))
    matcher = SequenceMatcher(a=wanted, b=got, autojunk=False)
    found = sum(block.size for block in matcher.get_matching_blocks())
    ours = sum(word in wanted for word in got)
    return found >= UNDERSTOOD * len(wanted) and ours >= OURS * len(got)


def _words(text: str) -> list[str]:
    kept = "".join(c if c.isalnum() or c == "'" else " " for c in text.casefold())
    return kept.split()


# --- how far it came ------------------------------------------------------------------------


def _under_way(session: Session) -> list[SyntheticCall]:
    query = select(SyntheticCall).where(SyntheticCall.outcome.is_(None))
    return list(session.scalars(query.order_by(SyntheticCall.placed_at).with_for_update()))


def _judge(session: Session, runtime: Runtime, row: SyntheticCall, now: datetime) -> str | None:
    """Write down how far it has come; the leg that is to be hung up where it is over."""
    report = session.get(Report, row.report_id) if row.report_id is not None else None
    if report is not None:
        _stages(session, row, report)
    outcome = _outcome(session, runtime, row, report, now)
    if outcome is None:
        return None
    row.outcome, row.ended_at, row.code = outcome.value, now, None
    level = log.info if outcome is Outcome.OK else log.error
    level("synthetic_call", call=row.id, outcome=outcome.value)
    if outcome is Outcome.WRONG_WORDS and report is not None:
        _hand_over(session, row, report, now)
    return row.carrier_call_id


def _stages(session: Session, row: SyntheticCall, report: Report) -> None:
    row.sent_at = report.sent_at
    wrote = select(Transcript.created_at).join(Message, Message.id == Transcript.message_id)
    wrote = wrote.where(Message.report_id == report.id, Message.state == MessageState.SENT)
    row.transcribed_at = session.scalar(wrote.order_by(Transcript.created_at).limit(1))
    began = select(Task.done_at).where(Task.subject_id == report.id, Task.state == TaskState.DONE)
    began = began.where(Task.kind == TaskKind.START_DISPATCH)
    row.dispatched_at = session.scalar(began.order_by(Task.done_at).limit(1))


def _outcome(
    session: Session,
    runtime: Runtime,
    row: SyntheticCall,
    report: Report | None,
    now: datetime,
) -> Outcome | None:
    if report is not None and row.transcribed_at is not None:
        heard = _heard(session, runtime, report)
        said = next(iter(runtime.languages.values())).prompts[PROMPT]
        if not heard:
            return Outcome.NOTHING_HEARD
        if not is_the_sentence(said, heard):
            return Outcome.WRONG_WORDS
        if row.dispatched_at is not None:
            return Outcome.OK
    if now - row.placed_at < timedelta(seconds=LIMIT_S):
        return None
    stages = (
        (row.answered_at, Outcome.NOT_ANSWERED),
        (row.proven_at, Outcome.NOT_PROVEN),
        (row.sent_at, Outcome.NOT_SENT),
        (row.transcribed_at, Outcome.NOT_TRANSCRIBED),
    )
    return next((code for at, code in stages if at is None), Outcome.NOT_DISPATCHED)


def _heard(session: Session, runtime: Runtime, report: Report) -> list[str]:
    """The words of all that was heard; what was no word stands there in brackets."""
    spoken = transcripts.read(session, runtime.vault, report)
    words = [word.text for one in spoken for word in one.words]
    return [word for word in words if not word.startswith("[")]


def _hand_over(session: Session, row: SyntheticCall, report: Report, now: datetime) -> None:
    """These may be somebody's words: from now on it is a report like any other, and a person is
    called to listen to it. Its call is no longer ours either."""
    report.state, report.needs_listening, row.call_id = ReportState.OPEN, True, None
    watch.raise_alarm(session, report.id, FOUND, now, what="words_not_ours")


# --- what it leaves -------------------------------------------------------------------------


def _clean(session: Session, now: datetime) -> None:
    """Delete the reports and legs of calls that are over, and rows that are old."""
    left = or_(SyntheticCall.report_id.is_not(None), SyntheticCall.call_id.is_not(None))
    query = select(SyntheticCall).where(SyntheticCall.outcome.is_not(None), left)
    query = query.where(SyntheticCall.outcome != Outcome.WRONG_WORDS)
    for row in session.scalars(query).all():
        _clean_one(session, row, now)
    old = SyntheticCall.placed_at < now - timedelta(days=KEEP_DAYS)
    session.execute(delete(SyntheticCall).where(old, SyntheticCall.outcome.is_not(None)))


def _clean_one(session: Session, row: SyntheticCall, now: datetime) -> None:
    call_id = row.call_id
    call = session.get(Call, call_id) if call_id is not None else None
    over_at = (row.ended_at or now) + timedelta(seconds=OVER_S)
    if call is not None and call.ended_at is None and now < over_at:
        return  # its last webhooks are still to come
    report = session.get(Report, row.report_id) if row.report_id is not None else None
    if report is not None and report.state is ReportState.SYNTHETIC:
        if _has_copy_at_carrier(session, report):
            return  # the task that deletes it needs the row
        _delete(session, report, now)
    session.execute(delete(Task).where(Task.subject_id == call_id))
    session.execute(delete(Call).where(Call.id == call_id))
    row.report_id = row.call_id = None


def _has_copy_at_carrier(session: Session, report: Report) -> bool:
    copy = select(Message.id).where(Message.report_id == report.id)
    copy = copy.where(Message.carrier_recording_id.is_not(None))
    return session.scalar(copy.where(Message.carrier_deleted_at.is_(None)).limit(1)) is not None


def _delete(session: Session, report: Report, now: datetime) -> None:
    """Everything of it, its rows too. Whoever is still at one of its tasks loses the lease."""
    report_id = report.id
    messages = list(session.scalars(select(Message.id).where(Message.report_id == report_id)))
    shred(session, report, now)
    session.execute(delete(Task).where(Task.subject_id.in_([*messages, report_id])))
    for part in (Transcript, AudioStream):
        session.execute(delete(part).where(part.message_id.in_(messages)))
    session.execute(delete(Message).where(Message.report_id == report_id))
    session.execute(delete(TimelineEvent).where(TimelineEvent.report_id == report_id))
    session.execute(delete(Call).where(Call.report_id == report_id))
    session.execute(delete(Report).where(Report.id == report_id))


# --- the alarm, and the next call -----------------------------------------------------------


def is_failing(session: Session, every_s: float, now: datetime) -> bool:
    """Whether the last calls failed, or none has reached its end for PERIODS periods."""
    if len(failures(session)) >= FAILURES:
        return True
    best, patience = last_success(session), timedelta(seconds=PERIODS * every_s + LIMIT_S)
    if best is not None:
        return now - best.placed_at > patience
    first = select(SyntheticCall.placed_at).order_by(SyntheticCall.placed_at).limit(1)
    began = session.scalar(first)
    return began is not None and now - began > patience


def _alarm(session: Session, every_s: float, now: datetime) -> None:
    """Raise it; whoever has acknowledged it is reminded while it goes on."""
    if not is_failing(session, every_s, now):
        return
    best, remind = last_success(session), now - timedelta(seconds=watch.REMIND_S)
    since = max(best.placed_at, remind) if best is not None else remind
    if not watch.alarmed(session, None, (UNREACHABLE,), since):
        watch.raise_alarm(session, None, UNREACHABLE, now)
        log.error(UNREACHABLE, code=next(iter(failures(session)), "none_placed"))


def _due(session: Session, every_s: float, now: datetime) -> tuple[str, str] | None:
    """Id and token of a call to be placed now."""
    last = newest(session)
    if last is not None and last.outcome is None:
        return None
    since_s = (now - last.placed_at).total_seconds() if last is not None else math.inf
    if since_s < every_s:
        return None
    row = begin(session, now)
    return row.id, row.token


def _place(runtime: Runtime, row_id: str, token: str) -> None:
    url, settings = runtime.url(f"/voice/synthetic/{token}"), runtime.settings
    call_id, refused = None, False
    try:
        call_id = runtime.carrier.place_call(
            to=settings.synthetic_call_to or settings.phone_number,
            url=url,
            status_url=f"{url}/status",
            ring_s=RING_S,
        )
    except CarrierError as error:  # where nobody knows, its webhooks will tell
        log.warning("synthetic_not_placed", call=row_id, code=error.code)
        refused = isinstance(error, Refused)
    with runtime.database.transaction() as session:
        row = session.get_one(SyntheticCall, row_id, with_for_update=True)
        row.carrier_call_id = call_id
        if refused and row.outcome is None:
            row.outcome, row.ended_at = Outcome.NOT_PLACED.value, runtime.clock()


def _hang_up(runtime: Runtime, leg: str) -> None:
    try:
        runtime.carrier.end_call(leg)
    except CarrierError as error:
        log.warning("synthetic_not_hung_up", code=error.code)
