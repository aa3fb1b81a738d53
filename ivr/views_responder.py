"""The responder's webhooks: screening, the code if they have one, the press of 1."""

import hmac
from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, request

from hotline.carrier.port import LegState
from hotline.dispatch import callback as calling_back
from hotline.dispatch import desk, legs, moves, waves, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState, DispatchState, Role
from hotline.oncall import responders
from hotline.reports import callback, callback_calls, membership
from hotline.reports.callback_model import CallbackCall
from hotline.reports.model import Report
from hotline.tasks.model import TaskKind
from ivr import briefs, requests, screening, twiml
from ivr.answers import empty, repeated, spoken
from ivr.line import Line
from ivr.phone import WITH_CALLER, Phone, open_phone
from ivr.screening import Brief
from ivr.views_callback import waits


def add_responder_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of a responder's phone, up to the bridge, to the blueprint."""

    @blueprint.post("/voice/responder/<token>")
    def screen(token: str) -> Response:
        """The phone was picked up: say what it is about and ask for a key."""
        return _heard(line, lambda: _screen(line, token))

    @blueprint.post("/voice/responder/<token>/key")
    def key(token: str) -> Response:
        """1 takes it, 2 passes, 3 reads out; anything else is asked once more."""
        return _heard(line, lambda: _key(line, token))

    @blueprint.post("/voice/responder/<token>/pin")
    def pin(token: str) -> Response:
        """The responder's code, then what the key before it asked for."""
        return _heard(line, lambda: _pin(line, token))

    @blueprint.post("/voice/responder/<token>/five")
    def five(token: str) -> Response:
        """5 calls the caller back, once the report is theirs."""
        return _heard(line, lambda: _five(line, token))

    @blueprint.post("/voice/responder/<token>/status")
    def responder_status(token: str) -> Response:
        """The carrier says what the responder's leg does."""
        repeated(lambda: _status(line, token))
        return empty()


def _heard(line: Line, work: Callable[[], str]) -> Response:
    """What the phone hears. If something of ours fails before a phone is bridged that the caller's
    own leg rings, it must be hung up: an apology that just ends would bridge it."""
    failing = twiml.hang_up() if "chained" in request.args else None
    return spoken(line, requests.language(line), work, failing)


def _screen(line: Line, token: str) -> str:
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None:
            return twiml.hang_up()
        answered = words.Answered(phone.attempt.id)
        moves.tell(phone.books, phone.attempt.id, answered, line.runtime.clock())
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        if phone.attempt.state in WITH_CALLER:
            return _yours(phone, dispatch)
        if over := _over(phone, dispatch):
            return phone.end(over)
        return phone.ask(screening.introduction(_facts(phone, dispatch)), 0)


def _facts(phone: Phone, dispatch: Dispatch) -> Brief:
    now = phone.line.runtime.clock()
    facts = briefs.brief_of(phone.session, dispatch, now, phone.attempt.role)
    more = waves.more(phone.books, dispatch, phone.attempt)
    return replace(
        facts, more=more, together=membership.together(phone.session, dispatch.report_id)
    )


def _over(phone: Phone, dispatch: Dispatch) -> str | None:
    """The prompt that says why there is nothing to take any more. Who is asked to join or to take
    over, is asked while somebody has it."""
    if dispatch.state is DispatchState.WITHDRAWN:
        return "withdrawn"
    if dispatch.state is not DispatchState.TAKEN or phone.attempt.state in WITH_CALLER:
        return None
    if phone.attempt.role is Role.SEEK:
        return "late"
    return None if phone.attempt.state in words.LIVE else "call_over"


def _key(line: Line, token: str) -> str:
    tries = request.args.get("tries", 0, type=int)
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None:
            return twiml.hang_up()
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        chosen = screening.choice(requests.digits(), tries)
        if chosen == "pass":
            return _passes(phone)
        if chosen == "give_up":
            return _give_up(phone)
        locked = not phone.known and _pin_of(phone) is not None
        if chosen == "take" and not locked:
            return _take(phone, dispatch)
        if over := _over(phone, dispatch):
            return phone.end(over)
        if chosen in ("take", "hear"):
            ask = _ask_pin if locked else _go_on
            return ask(phone, dispatch, chosen, tries)
        facts = _facts(phone, dispatch)
        return phone.ask(screening.once_more(facts, requests.digits()), tries + 1)


def _go_on(phone: Phone, dispatch: Dispatch, chosen: str, tries: int) -> str:
    if chosen == "take":
        return _take(phone, dispatch)
    now = phone.line.runtime.clock()
    phone.books.note(dispatch.report_id, now, "heard_words", attempt=phone.attempt.id)
    return phone.ask(screening.read_out(_facts(phone, dispatch)), tries)


def _passes(phone: Phone) -> str:
    desk.decline(phone.books, phone.attempt, phone.line.runtime.clock())
    return phone.end("passed")


def _give_up(phone: Phone) -> str:
    if requests.digits():  # somebody is there, and did not take it
        return _passes(phone)
    desk.nobody_there(phone.books, phone.attempt, phone.line.runtime.clock())
    return phone.end("responder_no_key")


# --- the code -------------------------------------------------------------------------------


def _pin_of(phone: Phone) -> str | None:
    vault = phone.line.runtime.vault
    return responders.pin(phone.session, vault, phone.attempt.responder_id)


def _ask_pin(phone: Phone, _: Dispatch, chosen: str, tries: int, wrong: int = 0) -> str:
    prompts = ("screening_pin_wrong", "screening_pin") if wrong else ("screening_pin",)
    action = phone.url("/pin", then=chosen, tries=tries, wrong=wrong)
    return phone.gather(prompts, action, screening.PIN_DIGITS)


def _pin(line: Line, token: str) -> str:
    tries, wrong = (request.args.get(name, 0, type=int) for name in ("tries", "wrong"))
    chosen = "hear" if request.args.get("then") == "hear" else "take"
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None:
            return twiml.hang_up()
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        if over := _over(phone, dispatch):
            return phone.end(over)
        given, pin = requests.digits(), _pin_of(phone)
        if pin is None or hmac.compare_digest(given.encode(), pin.encode()):
            known = Phone(line, session, phone.books, phone.attempt, phone.language, known=True)
            return _go_on(known, dispatch, chosen, tries)
        if requests.retry() and not given:  # our own redirect after a failure; it carries no code
            return _ask_pin(phone, dispatch, chosen, tries, wrong)
        phone.books.note(
            dispatch.report_id, line.runtime.clock(), "wrong_code", attempt=phone.attempt.id
        )
        if wrong + 1 >= screening.PIN_TRIES:
            return _passes(phone)
        return _ask_pin(phone, dispatch, chosen, tries, wrong + 1)


# --- the press of 1 -------------------------------------------------------------------------


def _take(phone: Phone, dispatch: Dispatch) -> str:
    """The press of 1: one compare-and-set decides; only after its commit is it said."""
    taken = desk.accept(phone.books, phone.attempt, phone.line.runtime.clock())
    phone.session.flush()  # reading it anew would forget what is not written yet
    phone.session.refresh(dispatch)
    if taken:
        return _yours(phone, dispatch)
    return phone.end(_over(phone, dispatch) or "late")


def _yours(phone: Phone, dispatch: Dispatch) -> str:
    """It is theirs: to the caller who waits or talks, or else the words, and the line is free."""
    joined = phone.attempt.state is AttemptState.JOINED
    caller = phone.caller(dispatch)
    meeting = phone.joins(dispatch, "joined_live" if joined else "taken_live")
    if meeting is not None and caller is not None:
        if caller.parked_at is not None and phone.attempt.role is not Role.SEEK:
            now = phone.line.runtime.clock()  # out of the menu of `*`: the caller need not wait
            phone.books.add_task(TaskKind.CONNECT_CALLER, caller.id, now, again=phone.attempt.id)
        return meeting
    if joined:
        return phone.end("call_over") if caller is None else phone.waits("responder_waiting")
    report = phone.session.get_one(Report, dispatch.report_id)
    told = phone.attempt.role is Role.TELL  # of another call, which is over in any case
    left = caller is None and not told and briefs.caller_left(phone.session, report)
    said = screening.taken(_facts(phone, dispatch), left=left)
    if phone.attempt.chained or _unable(phone, report):
        return phone.end(*said)
    return phone.gather((*said, "callback_five"), phone.url("/five"), 1)


def _five(line: Line, token: str) -> str:
    """5: call the caller back now, at the number they have left; anything else: later."""
    with line.runtime.database.transaction() as session:
        phone = open_phone(line, session, token)
        if phone is None or requests.hung_up():
            return twiml.hang_up()
        dispatch = moves.of_attempt(phone.books, phone.attempt)
        if dispatch.taken_by != phone.attempt.id:
            return phone.end("late")
        going = callback.under_way(session, CallbackCall.own_leg == requests.call_id())
        if going is not None:  # told once more
            return waits(line, going, phone.language)
        if requests.digits()[:1] != "5":
            return phone.end("callback_later")
        report = session.get_one(Report, dispatch.report_id, with_for_update=True)
        if _unable(phone, report):
            return phone.end("callback_not_rung")
        now = line.runtime.clock()
        call = callback_calls.begin(
            session, report, phone.attempt.responder_id, now, own_leg=requests.call_id()
        )
        calling_back.begun(phone.books, call, now)
        return waits(line, call, phone.language)


def _unable(phone: Phone, report: Report) -> callback_calls.Unable | None:
    runtime, who = phone.line.runtime, phone.attempt.responder_id
    limits = callback.limits_of(runtime.settings)
    return callback_calls.unable(phone.session, runtime.vault, report, who, limits, runtime.clock())


def _status(line: Line, token: str) -> None:
    state = requests.leg_state()
    if state is None:
        return
    with line.runtime.database.transaction() as session:
        books = line.books(session)
        attempt = books.attempt_by_token(token)
        if attempt is not None:
            legs.recognize(books, attempt, requests.call_id())
            if state is LegState.CANCELLED and _goes_on(books, attempt):
                return  # silenced because another phone was picked up: its turn comes again
            legs.leg_is(books, attempt.id, state, line.runtime.clock())


def _goes_on(books: Books, attempt: Attempt) -> bool:
    """Whether the caller's own leg has rung it and is still there to ring it again."""
    return attempt.chained and moves.of_attempt(books, attempt).call_id is not None
