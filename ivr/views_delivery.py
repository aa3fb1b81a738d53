"""The webhooks of a recipient's phone: the question, their code if they have one, the report, and
the key that confirms.

Until 1 is pressed (and the code given) nothing of the report is said: a voicemail box hears that
the line has called, and no more. Only the key that confirms is a confirmation; to have listened is
none.
"""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from hotline.dispatch import delivery
from hotline.oncall import recipients
from hotline.oncall.model import Recipient
from hotline.reports import deliveries
from hotline.reports.delivery_model import Delivery, DeliveryCall
from hotline.reports.delivery_words import DeliveryEvent, DeliveryPlace
from hotline.reports.model import Report
from ivr import briefs, names, requests, screening, twiml
from ivr.answers import empty, repeated, spoken
from ivr.line import Line

CONFIRM = "4"
"""None of the keys that a responder knows: whoever passes with 2 must not confirm by that."""


def add_delivery_views(blueprint: Blueprint, line: Line) -> None:
    """Add the routes of deliveries by phone to the blueprint."""

    @blueprint.post("/voice/delivery/<token>")
    def deliver(token: str) -> Response:
        """A recipient's phone was picked up: say who calls, and ask for 1."""
        return _heard(line, token, _ask)

    @blueprint.post("/voice/delivery/<token>/key")
    def deliver_key(token: str) -> Response:
        """1 goes on; anything else is asked once more, and silence hears nothing."""
        return _heard(line, token, _key)

    @blueprint.post("/voice/delivery/<token>/pin")
    def deliver_pin(token: str) -> Response:
        """The recipient's code, where they have one."""
        return _heard(line, token, _pin)

    @blueprint.post("/voice/delivery/<token>/read")
    def deliver_read(token: str) -> Response:
        """The report was read out: 4 confirms it, 3 reads it again."""
        return _heard(line, token, _read)

    @blueprint.post("/voice/delivery/<token>/status")
    def deliver_status(token: str) -> Response:
        """The carrier says what the leg does; only its end matters."""
        repeated(lambda: _status(line, token))
        return empty()


@dataclass(frozen=True)
class Callee:
    """A recipient's leg inside one transaction."""

    line: Line
    session: Session
    row: Delivery
    call: DeliveryCall
    language: str

    def tell(self, event: DeliveryEvent) -> None:
        """Something has happened on this leg."""
        runtime = self.line.runtime
        books, now = self.line.books(self.session), runtime.clock()
        delivery.tell(books, self.row, event, runtime.settings.delivery_tries, now)

    @property
    def is_current(self) -> bool:
        """Whether this ring is the one that goes on; an older one may still be told of."""
        last = deliveries.last_call(self.session, self.row.id)
        return last is not None and last.id == self.call.id

    def url(self, path: str, **query: str | int | None) -> str:
        """An absolute URL of this leg."""
        path = f"/voice/delivery/{self.call.token}{path}"
        return self.line.url(path, language=self.language, **query)

    def sounds(self, prompts: Iterable[str]) -> list[str]:
        """URLs of prompts; what was said and the name of the place are private sounds."""
        private = {
            names.HEARD: self.line.url(f"/voice/delivered/{self.call.token}.wav"),
            names.PLACE: self.line.url(
                f"/voice/delivered/{self.call.token}/place.wav", language=self.language
            ),
        }
        return [private.get(n) or self.line.prompts(self.language, (n,))[0] for n in prompts]

    def gather(self, prompts: Iterable[str], action: str, digits: int = 1) -> str:
        """Play and wait for keys."""
        wait_s = screening.TIMEOUT_S
        return twiml.gather(self.sounds(prompts), action, digits=digits, timeout_s=wait_s)

    def end(self, *prompts: str) -> str:
        """Play and hang up."""
        return twiml.hang_up(self.sounds(prompts))

    def over(self) -> str:
        """What there is to say where nothing is to be delivered any more."""
        done = self.row.place is DeliveryPlace.ACKNOWLEDGED
        return self.end("delivery_confirmed" if done else "delivery_over")

    def pin(self) -> str | None:
        """The recipient's code. Raises CannotOpen."""
        recipient = self.session.get_one(Recipient, self.row.recipient_id)
        return recipients.opened(self.session, self.line.runtime.vault, recipient).pin


def report_of(session: Session, token: str) -> Report | None:
    """The report that whoever is on this leg may hear now: 1 was pressed there."""
    found = deliveries.by_token(session, token)
    if found is None or found[0].place is not DeliveryPlace.HEARING:
        return None
    last = deliveries.last_call(session, found[0].id)
    current = last is not None and last.id == found[1].id
    return session.get(Report, found[0].report_id) if current else None


def _heard(line: Line, token: str, answer: Callable[[Callee], str]) -> Response:
    def work() -> str:
        with line.runtime.database.transaction() as session:
            found = deliveries.by_token(session, token)
            if found is None or requests.hung_up():
                return twiml.hang_up()
            row, call = found
            call.leg = call.leg or requests.call_id()
            recipient = session.get_one(Recipient, row.recipient_id)
            callee = Callee(line, session, row, call, line.language(recipient.languages))
            return answer(callee) if callee.is_current else callee.over()

    return spoken(line, requests.language(line), work)


def _ask(callee: Callee, tries: int = 0) -> str:
    if callee.row.place is DeliveryPlace.HEARING:  # told once more
        return _tell(callee)
    if callee.row.place is not DeliveryPlace.RINGING:
        return callee.over()
    return callee.gather(("delivery_intro", "delivery_open"), callee.url("/key", tries=tries))


def _key(callee: Callee) -> str:
    if callee.row.place is not DeliveryPlace.RINGING:
        return _ask(callee)
    if requests.digits()[:1] == "1":
        return _ask_pin(callee) if callee.pin() is not None else _open(callee)
    tries = request.args.get("tries", 0, type=int) + 1
    if tries < screening.TRIES:
        return _ask(callee, tries)
    callee.tell(DeliveryEvent.LEG_OVER)
    return callee.end()


def _ask_pin(callee: Callee, wrong: int = 0) -> str:
    prompts = ("screening_pin_wrong", "screening_pin") if wrong else ("screening_pin",)
    return callee.gather(prompts, callee.url("/pin", wrong=wrong), screening.PIN_DIGITS)


def _pin(callee: Callee) -> str:
    if callee.row.place is not DeliveryPlace.RINGING:
        return _ask(callee)
    wrong, given, pin = request.args.get("wrong", 0, type=int), requests.digits(), callee.pin()
    if pin is None or hmac.compare_digest(given.encode(), pin.encode()):
        return _open(callee)
    if requests.retry() and not given:  # our own redirect after a failure; it carries no code
        return _ask_pin(callee, wrong)
    if wrong + 1 < screening.PIN_TRIES:
        return _ask_pin(callee, wrong + 1)
    callee.tell(DeliveryEvent.LEG_OVER)
    return callee.end()


def _open(callee: Callee) -> str:
    callee.call.opened_at = callee.line.runtime.clock()
    callee.tell(DeliveryEvent.OPENED)
    return _tell(callee)


def _tell(callee: Callee, tries: int = 0) -> str:
    """The report as a responder hears it, what is personal masked, and then the keys."""
    session, now = callee.session, callee.line.runtime.clock()
    report = session.get_one(Report, callee.row.report_id)
    facts = briefs.brief(session, report, live=False, now=now)
    said = screening.heard(facts.heard and briefs.has_words(callee.line, session, report))
    prompts = (*screening.about(facts), *said, "delivery_keys")
    return callee.gather(prompts, callee.url("/read", tries=tries))


def _read(callee: Callee) -> str:
    if callee.row.place is not DeliveryPlace.HEARING:
        return callee.over()
    pressed = requests.digits()[:1]
    if pressed == CONFIRM:
        callee.tell(DeliveryEvent.CONFIRMED)
        return callee.over()
    tries = request.args.get("tries", 0, type=int)
    if pressed == "3":
        return _tell(callee, tries)
    if tries + 1 < screening.TRIES:
        return callee.gather(("delivery_keys",), callee.url("/read", tries=tries + 1))
    callee.tell(DeliveryEvent.LEG_OVER)
    return callee.end("delivery_not_confirmed")


def _status(line: Line, token: str) -> None:
    if not requests.hung_up():
        return
    with line.runtime.database.transaction() as session:
        found = deliveries.by_token(session, token)
        if found is None:
            return
        row, call = found
        call.leg = call.leg or requests.call_id()
        call.ended_at = call.ended_at or line.runtime.clock()
        callee = Callee(line, session, row, call, "")
        if callee.is_current:
            callee.tell(DeliveryEvent.LEG_OVER)
