"""The desk: start a dispatch, accept, pass, hand over, withdraw. One transaction each."""

from dataclasses import replace
from datetime import datetime

from hotline.dispatch import bridge, moves, policy, said_more, waves, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.reports.model import Call, Report, ReportState

# An urgency that is not known counts as the middle one.
_URGENCIES = ("routine", "urgent", "life-safety")


def start(books: Books, report: Report, now: datetime, call: Call | None = None) -> Dispatch:
    """Start looking for somebody, with the policy frozen now. A second call changes nothing.

    `call`: the caller's leg when the caller waits on the line. Raises nothing for a missing
    policy: an empty plan goes straight to the alarm.
    """
    row = waves.opened(books, report, now)
    if call is not None:
        moves.apply(books, row.id, _on_the_line(books, row, call, now), now)
    elif _is_open_again(report):
        said_more.ask(books, report, row, books.frozen_policy(report, now), now, tell=False)
    else:
        moves.apply(books, row.id, words.CallerBack(), now)
    books.share(report, now)
    return row


def _is_open_again(report: Report) -> bool:
    """After it was closed nobody has it any more: words that come then need somebody anew."""
    anew = report.state is ReportState.OPEN and report.closed_at is not None
    if anew:
        report.closed_at = None
    return anew


def _on_the_line(books: Books, row: Dispatch, call: Call, now: datetime) -> words.Event:
    """The caller waits with this call. Whoever took it while an earlier one lasted may still be in
    the bridge to that; if nobody knows of any, the search goes on with the next person."""
    taker = books.get(Attempt, row.taken_by) if row.taken_by else None
    before = books.get(Call, row.call_id) if row.call_id else None
    row.call_id = call.id
    if taker is None:  # whoever took it at the desk has no voice for them
        return words.CallerBack(anew=row.state is DispatchState.TAKEN)
    if before is not None and before.id == call.id:
        return words.CallerBack()
    if before is None or before.conference is None or taker.leg_ended_at is not None:
        return words.Dropped(taker.id)
    call.conference = before.conference
    bridge.check(books, taker, now)
    return words.CallerBack()


def reconsider(books: Books, report: Report, now: datetime) -> bool:
    """The words are known now. If they raise the urgency and another policy is for that, it takes
    over: phones that ring go on, and nobody is rung twice for it. True if one took over."""
    row = books.dispatch_of(report.id)
    row = books.dispatch(row.id) if row is not None else None
    if row is not None:
        books.share(report, now)
    if row is None or not _higher(report.urgency, row.urgency):
        return False
    row.urgency = report.urgency
    if row.state not in words.SEEKING:
        return False
    frozen = books.frozen_policy(report, now)
    if not frozen.plan or frozen.name == row.policy:
        return False
    new = tuple(replace(step, unasked=True) for step in frozen.plan)
    before = policy.thaw(row.snapshot).plan[: row.position + 1]
    row.snapshot = policy.to_snapshot(replace(frozen, plan=before + new))
    books.note(report.id, now, "policy_raised", policy=frozen.name, instead_of=row.policy)
    row.policy = frozen.name
    moves.apply(books, row.id, words.TakeOver(new), now, before=before)
    return True


def _higher(urgency: str, than: str) -> bool:
    return _URGENCIES.index(urgency) > _URGENCIES.index(than)


# --- the console ----------------------------------------------------------------------------


def is_sought(books: Books, report: Report) -> bool:
    """Whether nobody has taken the report: somebody is looked for, is about to be, or everybody
    was asked in vain. A search that was withdrawn is over."""
    row = books.dispatch_of(report.id)
    return row is None or row.state not in (DispatchState.TAKEN, DispatchState.WITHDRAWN)


def is_on_the_line(books: Books, report: Report) -> bool:
    """Whether the caller of the search is still on the line: only a phone can take it then."""
    row = books.dispatch_of(report.id)
    call = books.get(Call, row.call_id) if row is not None and row.call_id else None
    return call is not None and call.ended_at is None


def take_at_desk(books: Books, report: Report, by: str, now: datetime) -> bool:
    """Somebody takes it in the console (`by`: account id): its phones and its alarm stop.

    False when somebody was first, or while the caller is on the line and waits for a voice. The
    dispatch is locked first, so a press of 1 at the same moment comes before or after it.
    """
    row = waves.opened(books, report, now)
    if row.state is DispatchState.TAKEN or is_on_the_line(books, report):
        return False
    books.note(report.id, now, "taken_at_desk", by=by)
    moves.apply(books, row.id, words.TakenAtDesk(), now)
    said_more.heard(books, row, by, now)
    waves.taken_at_desk(books, report, by)
    return True


# --- the responder's keys -------------------------------------------------------------------


def accept(books: Books, attempt: Attempt, now: datetime) -> bool:
    """Somebody pressed 1. True for whoever has it now, or has joined; a repeat is true again.

    The dispatch row is locked first, so the test and the set are one step for everybody else.
    """
    row = moves.of_attempt(books, attempt)
    late, again = attempt.state not in words.LIVE, attempt.state in words.TOOK_IT
    moves.apply(books, row.id, words.Accepted(attempt.id), now)
    if row.taken_by == attempt.id or attempt.state is AttemptState.JOINED:
        if not again and attempt.role in (Role.SEEK, Role.TELL):
            said_more.heard(books, row, attempt.responder_id, now)
        if not again and attempt.role is not Role.ADD:
            waves.taken(books, row, attempt, now)
        if late:  # the carrier may have said before that the leg is over
            bridge.name(books, row)
            bridge.check(books, attempt, now)
        return True
    books.note(row.report_id, now, "late_acceptance", attempt=attempt.id)
    return False


def decline(books: Books, attempt: Attempt, now: datetime) -> None:
    """Somebody pressed 2, or hung up without taking it."""
    moves.tell(books, attempt.id, words.Ended(attempt.id, AttemptState.DECLINED), now)


def nobody_there(books: Books, attempt: Attempt, now: datetime) -> None:
    """Picked up, but no key came to the end of the screening: a machine, or nobody listening."""
    moves.tell(books, attempt.id, words.Ended(attempt.id, AttemptState.MACHINE), now)


def invite(books: Books, attempt: Attempt, role: Role, now: datetime) -> bool:
    """Whoever has it asks for law enforcement (add) or for a colleague (relieve). False when they
    do not have it any more, or when there is nobody to ring."""
    row = moves.of_attempt(books, attempt)
    if row.taken_by != attempt.id or row.state is not DispatchState.TAKEN:
        return False
    books.note(row.report_id, now, "invited", role=role.value, attempt=attempt.id)
    moves.apply(books, row.id, words.Invite(role), now)
    return any(a.state in words.LIVE for a in books.attempts(row.id))


def withdraw(books: Books, dispatch_id: str, by: str, now: datetime) -> bool:
    """An administrator ends the search (`by`: account id). False when nobody is sought."""
    row = books.dispatch(dispatch_id)
    if row is None or row.state not in words.SEEKING:
        return False
    books.note(row.report_id, now, "search_withdrawn", by=by)
    moves.apply(books, row.id, words.Withdraw(), now)
    return True
