"""Words that come to a report when it has been taken: they are brought to whoever has it.

Life-safety, and what nobody has understood, rings the phone of whoever has it; if they do not take
it, the policy begins with its first step. Other words wait in the console, unless whoever has it is
off duty: then the policy begins too.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from hotline.dispatch import alarms, bridge, moves, policy, store, words
from hotline.dispatch.books import Books, Ports
from hotline.dispatch.candidates import schedule_of
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.policy import Frozen
from hotline.dispatch.words import DispatchState, Role
from hotline.oncall.model import Responder
from hotline.reports.model import Call, Message, Report, ReportState
from hotline.tasks.model import TaskKind
from hotline.tasks.queue import Lease

WAITS_S = 120.0
"""Words wait no longer than this for the end of a talk of whoever has the report, as no caller
waits longer for a person; then the alarm is raised."""
AGAIN_S = 2.0
"""So often it is looked at again until then."""
_GRAVE = (None, "life-safety")
"""Urgencies of words that ring a phone. None: nobody knows what was said."""
_SOUGHT = (*words.SEEKING, DispatchState.EXHAUSTED)


def bring(ports: Ports, lease: Lease) -> None:
    """Bring one message to whoever has its report, once its words have had their time."""
    now = ports.clock()
    with ports.transaction() as books:
        message = books.get(Message, lease.subject_id)
        if message is None:
            return books.finish(lease, now)
        known_by = lease.created_at + timedelta(seconds=ports.transcript_wait_s)
        later = _noticed(books, message, now) and message.urgency is None and now < known_by
        if later or not _brought(books, message, lease, now):
            return books.postpone(lease, now + timedelta(seconds=AGAIN_S))
        return books.finish(lease, now)


def _noticed(books: Books, message: Message, now: datetime) -> bool:
    """Write that the report has words nobody has read; whether there is anybody to read them."""
    row = _locked(books, message.report_id)
    if row is None or row.state is not DispatchState.TAKEN:
        return row is not None
    if row.unread_at is None:
        row.unread_at = now
        books.note(row.report_id, now, "said_more", message=message.id)
    return True


def _brought(books: Books, message: Message, lease: Lease, now: datetime) -> bool:
    """False: not yet."""
    report, row = books.get(Report, message.report_id), _locked(books, message.report_id)
    if report is None or row is None:  # the whole search is still to come
        return True
    if report.state is ReportState.CLOSED:  # meanwhile
        books.open_again(report, now)
        return True
    frozen, owner = books.frozen_policy(report, now), store.owner_of(books, row)
    on_duty = owner is not None and is_on_duty(books, owner, frozen, now)
    if message.urgency not in _GRAVE and _waits_in_console(row, owner, on_duty):
        return True
    if _talks(books, row, now):
        if now - lease.created_at < timedelta(seconds=WAITS_S):
            return False
        alarms.raise_alarm(books, report.id, alarms.WORDS_WAIT, now)
        return True
    free = owner is not None and owner.handle not in books.busy(row.id, now)
    ask(books, report, row, frozen, now, tell=on_duty and free)
    return True


def _locked(books: Books, report_id: str) -> Dispatch | None:
    row = books.dispatch_of(report_id)
    return books.dispatch(row.id) if row is not None else None


def _waits_in_console(row: Dispatch, owner: Responder | None, on_duty: bool) -> bool:
    """Whether words that are not grave are left to be read: by whoever has it and is on duty, or
    took it at the desk; whoever is sought hears them anyway."""
    if row.state is DispatchState.TAKEN:
        return on_duty or (owner is None and row.taken_by is None)
    return row.state in words.SEEKING


def is_on_duty(books: Books, owner: Responder, frozen: Frozen, now: datetime) -> bool:
    """Whether a search for this report would ring them now, were they free."""
    if not owner.active or owner.handle in books.away(now):
        return False
    named = {target for step in frozen.plan for target in step.targets}
    schedules = (name for target in named if (name := schedule_of(target)) is not None)
    return owner.handle in named or any(owner.handle in books.on_call(s, now) for s in schedules)


def _talks(books: Books, row: Dispatch, now: datetime) -> bool:
    """Whether whoever has it is still on the phone for it, or somebody is rung to join them, or the
    caller is in the bridge to them: if they have left it, that search is about to go on."""
    if row.state is not DispatchState.TAKEN:
        return False
    if any(a.state in words.LIVE and a.role is not Role.TELL for a in books.attempts(row.id)):
        return True
    taker = books.get(Attempt, row.taken_by) if row.taken_by else None
    if taker is None:
        return False
    if store.may_talk(taker, now):
        return True
    caller = bridge.alone_with(books, taker)
    if caller is not None:  # or has hung up, and nobody has told us
        books.pull_forward(TaskKind.SETTLE_CALL, caller.id, now)
    return caller is not None


def ask(
    books: Books, report: Report, row: Dispatch, frozen: Frozen, now: datetime, *, tell: bool
) -> None:
    """Ring whoever has it (tell), or everybody from the first step of the policy as it is now."""
    if row.state in words.SEEKING:
        return moves.apply(books, row.id, words.SaidMore((), tell), now)
    before = policy.thaw(row.snapshot).plan
    begun = before[: row.position + 1]
    row.snapshot = policy.to_snapshot(replace(frozen, plan=begun + frozen.plan))
    row.policy, row.urgency = frozen.name, report.urgency
    return moves.apply(books, row.id, words.SaidMore(frozen.plan, tell), now, before=before)


def read(books: Books, report: Report, by: str, now: datetime) -> bool:
    """Somebody has read in the console what was said since it was taken (`by`: account id): nobody
    is rung for it any more. False when there is nothing unread, or while somebody is sought: then
    it is to be taken."""
    row = _locked(books, report.id)
    if row is None or row.unread_at is None or row.state in _SOUGHT:
        return False
    heard(books, row, by, now)
    books.note(report.id, now, "words_read", by=by)
    if row.state is DispatchState.TAKEN:
        moves.apply(books, row.id, words.TakenAtDesk(), now)
    return True


def heard(books: Books, row: Dispatch, by: str, now: datetime) -> None:
    """Whoever has it now (`by`: responder or account id) hears or reads what was said so far. With
    a caller on the line there is nobody who reads it out: it stays unread."""
    call = books.get(Call, row.call_id) if row.call_id else None
    if call is None or call.ended_at is not None:
        row.unread_at = None
    alarms.acknowledge_for(books, row.report_id, by, now)


def is_unread(books: Books, report: Report) -> bool:
    """Whether words that came after it was taken have not been heard or read; who takes what is
    sought, hears or reads them by that."""
    row = books.dispatch_of(report.id)
    return row is not None and row.unread_at is not None and row.state not in _SOUGHT
