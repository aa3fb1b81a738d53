"""Between the machine's state and its rows: load, save, and the tasks that effects become."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hotline.database.base import new_id
from hotline.dispatch import alarms, effect_words, policy, words
from hotline.dispatch.books import Books
from hotline.dispatch.candidates import Skipped, candidates, schedules_of
from hotline.dispatch.limits import browser_s
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState, Role, Step
from hotline.oncall.model import Responder
from hotline.reports.model import Report
from hotline.tasks.model import TaskKind

BROWSER = "browser"
"""`where` in the timeline, where a browser was rung and no telephone."""
RING_ASK_S = 8.0
"""So often the carrier is asked whether a phone still rings, or whoever answered is still there."""
TALK_ASK_S = 60.0
"""So long after the press of 1 the carrier is asked whether the responder still talks."""


def load(books: Books, row: Dispatch) -> words.Dispatch:
    """The machine's state as the rows hold it."""
    attempts = tuple(
        words.Attempt(
            *(a.id, a.position, a.state, a.due_at, a.overdue, a.role, a.ring_s, a.turn),
            *(a.phone_s, a.ends_by),
        )
        for a in books.attempts(row.id)
    )
    return words.Dispatch(
        policy.thaw(row.snapshot).plan,
        row.state,
        row.position,
        attempts,
        row.taken_by,
        row.due_at,
        row.turn,
        row.said_more,
    )


def save(books: Books, row: Dispatch, state: words.Dispatch, now: datetime) -> None:
    """Write the machine's state into the rows, with times and timeline for what is new.

    The plan itself is not written: whoever lets another policy take over does that.
    """
    rows = {a.id: a for a in books.attempts(row.id)}
    owner = rows[state.taken_by].responder_id if state.taken_by else None
    for attempt in state.attempts:
        stays = attempt.state is AttemptState.LEFT and rows[attempt.id].responder_id == owner
        _save_attempt(books, row, rows[attempt.id], attempt, now, silent=stays)
    # Taken with another report, without a ring of its own: whoever has it stands in the row alone.
    together = owner is None and row.state is state.state is DispatchState.TAKEN
    if row.state is not state.state:
        _note_state(books, row, state, now)
    row.state, row.position = state.state, state.position
    row.taken_by, row.due_at, row.turn = state.taken_by, state.due_at, state.turn
    row.said_more = state.said_more
    if not together:
        row.responder_id = owner


def _save_attempt(
    books: Books,
    row: Dispatch,
    stored: Attempt,
    attempt: words.Attempt,
    now: datetime,
    *,
    silent: bool,
) -> None:
    """silent: whoever had it before has it once more, by another ring; nobody has left."""
    stored.due_at, stored.overdue, stored.role = attempt.due_at, attempt.overdue, attempt.role
    stored.ring_s, stored.phone_s = attempt.ring_s, attempt.phone_s
    stored.ends_by = attempt.ends_by
    if stored.state is attempt.state:
        return
    stored.state = attempt.state
    if attempt.state in words.HAS_IT:  # busy until their leg ends, and nobody may tell that it has
        due = now + timedelta(seconds=TALK_ASK_S)
        books.add_task(TaskKind.WATCH_TALK, stored.id, now, due_at=due)
    if attempt.state in _AT_THE_CARRIER and stored.placed_at is None:
        stored.placed_at = now  # a callback may be faster than the answer to our request
        due = now + timedelta(seconds=RING_ASK_S)
        books.add_task(TaskKind.WATCH_RING, stored.id, now, due_at=due)
        _note_attempt(books, row, stored, AttemptState.PLACED, now)
    match attempt.state:
        case AttemptState.PLACED:
            return
        case AttemptState.RINGING:
            stored.rang_at = now
        case AttemptState.SCREENING:
            stored.answered_at = now
        case _:
            stored.ended_at = stored.ended_at or now
    if not silent:
        _note_attempt(books, row, stored, attempt.state, now)


_AT_THE_CARRIER = (AttemptState.PLACED, AttemptState.RINGING, AttemptState.SCREENING)


def _note_attempt(
    books: Books, row: Dispatch, stored: Attempt, state: AttemptState, now: datetime
) -> None:
    ids = {"attempt": stored.id, "responder": stored.responder_id}
    if stored.role is not Role.SEEK:
        ids["role"] = stored.role.value
    if stored.browser is not None:
        ids["where"] = BROWSER
    books.note(row.report_id, now, f"attempt_{state.value}", **ids)


def _note_state(books: Books, row: Dispatch, state: words.Dispatch, now: datetime) -> None:
    if state.state is DispatchState.TAKEN:
        row.taken_at = now
    if not state.seeking:
        row.ended_at = now
        books.note(row.report_id, now, f"dispatch_{state.state.value}")
    elif row.ended_at is not None:  # taken or withdrawn before, and looking again
        row.taken_at = row.ended_at = None
        books.note(row.report_id, now, "dispatch_reopened")


def may_talk(attempt: Attempt, now: datetime) -> bool:
    """Whether whoever took it, or joined, may still be on the phone."""
    if attempt.state not in words.HAS_IT or attempt.leg_ended_at is not None:
        return False
    return attempt.answered_at is not None and attempt.answered_at > now - words.TALKS_AT_MOST


def resolve(
    books: Books, row: Dispatch, begun: effect_words.Resolve, now: datetime
) -> tuple[str, ...]:
    """Whom the step rings now: writes their attempts (intended) and gives their ids.

    A step that rings in order gives one person at a time, and none once all have had their turn.
    """
    step = policy.thaw(row.snapshot).plan[begun.position]
    own = list(books.attempts(row.id))
    here = [a for a in own if a.turn == begun.turn]
    if here and not step.in_order:
        return ()  # all of them rang together
    rung, skipped = _candidates(books, row, step, own, here, now)
    for each in skipped if not here else ():
        books.note(row.report_id, now, "target_skipped", who=each.handle, why=each.why.value)
    chosen = rung[:1] if step.in_order else rung
    ring = words.Attempt("", begun.position, AttemptState.INTENDED, None, 0, Role.SEEK, step.ring_s)
    ring = replace(ring, turn=begun.turn)
    return tuple(_intend(books, row, handle, ring, now) for handle in chosen)


def _candidates(
    books: Books,
    row: Dispatch,
    step: Step,
    own: list[Attempt],
    here: list[Attempt],
    now: datetime,
) -> tuple[list[str], list[Skipped]]:
    report = books.get(Report, row.report_id)
    on_call = {name: books.on_call(name, now) for name in sorted(schedules_of(step))}
    named = {h for people in (step.targets, *on_call.values()) for h in people}
    return candidates(
        step,
        report.language if report is not None else "en",
        books.people(sorted(named)),
        on_call,
        busy=books.busy(row.id, now),
        away=books.away(now),
        live=_handles(books, [a for a in own if a.state in words.LIVE]),
        asked=_handles(books, own),
        asked_here=_handles(books, here),
    )


def _handles(books: Books, attempts: list[Attempt]) -> set[str]:
    responders = (books.get(Responder, a.responder_id) for a in attempts)
    return {r.handle for r in responders if r is not None}


def resolve_invited(
    books: Books, row: Dispatch, role: Role, now: datetime
) -> tuple[tuple[str, ...], float]:
    """Who may join, or take over: their attempts (intended), and for how many s each rings.

    add: the policy's agency. relieve: the people of the step after the present one, and so on until
    one has somebody who is not in it already. tell: whoever has it.
    """
    frozen = policy.thaw(row.snapshot)
    if role is Role.TELL:
        return _resolve_owner(books, row, now), INVITED_RING_S
    own = list(books.attempts(row.id))
    has_it = [a for a in own if a.state in (AttemptState.TAKEN, AttemptState.JOINED)]
    for step in _invitable(frozen, role, row.position):
        rung, _ = _candidates(books, row, step, own, has_it, now)
        if rung:
            at = min(row.position, len(frozen.plan) - 1)
            ring = words.Attempt(
                "", at, AttemptState.INTENDED, None, 0, role, step.ring_s, row.turn
            )
            return tuple(_intend(books, row, h, ring, now) for h in rung), step.ring_s
    books.note(row.report_id, now, "nobody_to_invite", role=role.value)
    return (), 0.0


INVITED_RING_S = 30.0


def owner_of(books: Books, row: Dispatch) -> Responder | None:
    """Whoever has the report, as the person whose phone can be rung; None where nobody has it, or
    who took it at the desk has no phone here."""
    if row.state is not DispatchState.TAKEN:
        return None
    if row.responder_id is not None:
        return books.get(Responder, row.responder_id)
    report = books.get(Report, row.report_id)
    return books.responder_of(report.assignee) if report is not None and report.assignee else None


def _resolve_owner(books: Books, row: Dispatch, now: datetime) -> tuple[str, ...]:
    owner = owner_of(books, row)
    if owner is None or not owner.active:
        return ()
    at = min(row.position, len(policy.thaw(row.snapshot).plan) - 1)
    ring = words.Attempt("", at, AttemptState.INTENDED, None, 0, Role.TELL, INVITED_RING_S)
    return (_intend(books, row, owner.handle, replace(ring, turn=row.turn), now),)


def _invitable(frozen: policy.Frozen, role: Role, position: int) -> list[Step]:
    if role is Role.ADD:
        return [Step(frozen.agency, INVITED_RING_S)] if frozen.agency else []
    order = (*frozen.plan[position + 1 :], *frozen.plan[: position + 1])
    return [Step(step.targets, step.ring_s) for step in order]


def _intend(books: Books, row: Dispatch, handle: str, ring: words.Attempt, now: datetime) -> str:
    """Journal that this person is to be rung, before anything is asked of the carrier."""
    responder = books.responder(handle)
    if responder is None:
        raise LookupError("a candidate who is not in the roster")
    attempt = Attempt(
        id=new_id(),
        dispatch_id=row.id,
        responder_id=responder.id,
        position=ring.position,
        turn=ring.turn,
        role=ring.role,
        ring_s=ring.ring_s,
        state=ring.state,
        token=secrets.token_urlsafe(24),
        overdue=0,
        intended_at=now,
        browser=books.browser_of(responder.id, now) if browser_s(ring.ring_s) else None,
    )
    books.add(attempt)
    return attempt.id


def browsers(books: Books, attempt_ids: Sequence[str]) -> tuple[str, ...]:
    """Those of the attempts that ring in a browser."""
    rows = (books.get(Attempt, attempt_id) for attempt_id in attempt_ids)
    return tuple(row.id for row in rows if row is not None and row.browser is not None)


def intend_phone(books: Books, attempt_id: str, ring_s: float, now: datetime) -> str:
    """Journal that the ordinary phone of whoever was rung in the browser is rung next."""
    before = books.get(Attempt, attempt_id)
    if before is None:
        raise LookupError("a phone that follows nothing")
    attempt = Attempt(
        id=new_id(),
        dispatch_id=before.dispatch_id,
        responder_id=before.responder_id,
        position=before.position,
        turn=before.turn,
        role=before.role,
        ring_s=ring_s,
        state=AttemptState.INTENDED,
        token=secrets.token_urlsafe(24),
        overdue=0,
        intended_at=now,
        follows=before.id,
    )
    books.add(attempt)
    return attempt.id


def write_effect(books: Books, row: Dispatch, effect: effect_words.Effect, now: datetime) -> None:
    """Turn an effect into the task the engine performs after the commit."""
    match effect:
        case effect_words.PlaceCall(attempt_id):
            books.add_task(TaskKind.PLACE_CALL, attempt_id, now)
        case effect_words.CancelCall(attempt_id):
            books.add_task(TaskKind.CANCEL_CALL, attempt_id, now, again=new_id())
        case effect_words.LookUp(attempt_id):
            books.add_task(TaskKind.LOOK_UP, attempt_id, now, again=new_id())
        case effect_words.ConnectCaller():
            if row.call_id is not None:
                books.add_task(TaskKind.CONNECT_CALLER, row.call_id, now, again=new_id())
        case effect_words.RaiseAlarm():
            alarms.raise_alarm(books, row.report_id, alarms.NOBODY_TOOK_IT, now)
        case effect_words.Resolve() | effect_words.ResolveInvited() | effect_words.ResolvePhone():
            raise AssertionError("the desk answers these itself")
