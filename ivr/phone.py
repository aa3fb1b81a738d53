"""A responder's phone as its webhooks see it: its attempt, its URLs, its sounds, its answers."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask import request
from sqlalchemy.orm import Session

from hotline.dispatch import bridge, degraded, legs, words
from hotline.dispatch.books import Books
from hotline.dispatch.model import Attempt, Dispatch
from hotline.dispatch.words import AttemptState
from hotline.reports.model import Call
from ivr import names, requests, screening, steps, twiml
from ivr.briefs import attempt_language
from ivr.line import Line
from ivr.steps import State

WITH_CALLER = (AttemptState.TAKEN, AttemptState.JOINED)
"""States of an attempt whose responder has the caller, or is with them beside whoever has."""


def sounds(line: Line, language: str, token: str, prompts: Iterable[str]) -> list[str]:
    """URLs of prompts; what was said and the name of the place are private sounds among them."""
    private = {
        names.HEARD: line.url(f"/voice/heard/{token}.wav"),
        names.PLACE: line.url(f"/voice/place/{token}.wav", language=language),
    }
    return [private.get(name) or line.prompts(language, (name,))[0] for name in prompts]


@dataclass(frozen=True)
class Phone:
    """One attempt's call inside one transaction.

    known: its PIN has been entered. It travels in our URLs, which the carrier signs.
    """

    line: Line
    session: Session
    books: Books
    attempt: Attempt
    language: str
    known: bool

    def url(self, path: str = "", **query: str | int | None) -> str:
        """An absolute URL of this attempt."""
        path = f"/voice/responder/{self.attempt.token}{path}"
        chained = 1 if self.attempt.chained else None
        return self.line.url(path, language=self.language, chained=chained, **query)

    def sounds(self, prompts: Iterable[str]) -> list[str]:
        """URLs of prompts in the responder's language."""
        return sounds(self.line, self.language, self.attempt.token, prompts)

    def ask(self, prompts: Iterable[str], tries: int) -> str:
        """Play and wait for a key of the screening."""
        action = self.url("/key", tries=tries, known=1 if self.known else None)
        return self.gather(prompts, action, 1)

    def gather(self, prompts: Iterable[str], action: str, digits: int) -> str:
        """Play and wait for keys. A phone that the caller's own leg rings is whispered to."""
        return twiml.gather(
            self.sounds(prompts),
            action,
            digits=digits,
            timeout_s=screening.TIMEOUT_S,
            whisper=self.attempt.chained,
        )

    def end(self, *prompts: str) -> str:
        """Play and hang up."""
        return twiml.hang_up(self.sounds(prompts))

    def caller(self, dispatch: Dispatch) -> Call | None:
        """The caller who is on the line for this dispatch."""
        call = self.session.get(Call, dispatch.call_id) if dispatch.call_id else None
        return call if call is not None and call.ended_at is None else None

    def joins(self, dispatch: Dispatch, *prompts: str) -> str | None:
        """Into the bridge with the caller; None when there is none.

        Who has the caller alone ends the bridge by leaving it, so that the caller's own leg asks at
        once what comes next. While somebody else is there, or is being rung to come, whoever leaves
        leaves alone; then the end of that leg makes the engine look after the caller.
        """
        if self.attempt.chained:
            return self._bridged(dispatch, *prompts)
        room = bridge.name(self.books, dispatch)
        if room is None:
            return None
        ends = self.attempt.state is AttemptState.TAKEN and not self._others(dispatch)
        return twiml.conference(
            self.sounds(prompts),
            self.url("/bridge", stays=None if ends else 1),
            name=room,
            caller_id=self.line.runtime.settings.phone_number,
            wait_url=self.line.url("/voice/hold", language=self.language),
            ends=ends,
            star=True,
        )

    def _bridged(self, dispatch: Dispatch, *prompts: str) -> str | None:
        """The whisper ends, and with that the caller's own leg is bridged with this phone."""
        call = self.caller(dispatch)
        if call is None:
            return None
        place = steps.Session.from_dict(call.menu)
        if place.state is State.PARKED:
            degraded.connected(self.books, dispatch, call, self.line.runtime.clock())
            place = replace(place, state=State.CONNECTED, lead=(), turn=place.turn + 1)
            call.menu = place.to_dict()
        return twiml.bridge(self.sounds(prompts))

    def waits(self, *prompts: str) -> str:
        """Wait for the bridge: whoever has the caller is in the menu of `*`."""
        return twiml.redirect(self.sounds(prompts), self.url("/bridge", again=1, stays=1))

    def joined(self, dispatch: Dispatch) -> bool:
        """Whether somebody is with the caller beside whoever has it."""
        rows = self.books.attempts(dispatch.id)
        return any(a.state is AttemptState.JOINED and a.leg_ended_at is None for a in rows)

    def _others(self, dispatch: Dispatch) -> bool:
        rows = self.books.attempts(dispatch.id)
        coming = any(a.state in words.LIVE for a in rows)
        return coming or self.joined(dispatch)


def open_phone(line: Line, session: Session, token: str) -> Phone | None:
    """The phone whose call carries the token; its carrier id is kept. None for an unknown one."""
    books = line.books(session)
    attempt = books.attempt_by_token(token)
    if attempt is None:
        return None
    legs.recognize(books, attempt, requests.call_id())
    known = request.args.get("known") == "1"
    return Phone(line, session, books, attempt, attempt_language(line, session, attempt), known)
