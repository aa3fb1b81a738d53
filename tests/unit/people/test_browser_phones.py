"""Browsers that may be rung: while their page, their session and their account are there."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.dispatch.sql import SqlBooks
from hotline.oncall import duty, responders
from hotline.oncall.model import DutyState, ResponderKind
from hotline.people import browser_phones, sessions
from hotline.people.accounts import add_account
from hotline.people.browser_phones import FRESH
from hotline.people.model import Account, ConsoleSession, Role
from tests.fakes.clock import START

SOON = START + timedelta(seconds=1)


class Desk:
    """Rosa, who is signed in, in one transaction."""

    def __init__(self, session: Session, runtime: Runtime) -> None:
        self.session = session
        row = responders.put(
            session,
            runtime.vault,
            handle="rosa",
            kind=ResponderKind.COUNSELOR,
            name="Rosa",
            number="+15550100101",
            languages=["en"],
        )
        self.books, self.responder_id = SqlBooks(session, runtime.vault), row.id
        self.account: Account = add_account(session, "rosa", "Rosa", Role.COUNSELOR, "", START)
        self.account.responder_id = row.id
        self.token = sessions.start(session, self.account.id, START, verified=True)
        self.signed_in = self._session()
        self.phone = browser_phones.turn_on(session, self.account.id, self.signed_in.id, START)

    def _session(self) -> ConsoleSession:
        found = sessions.by_token(self.session, self.token)
        assert found is not None
        return found

    def beats(self, *, ready: bool = True) -> bool:
        row = browser_phones.beat(
            self.session, self.phone.id, self.signed_in.id, START, ready=ready
        )
        self.session.flush()
        return row is not None

    def rung(self) -> str | None:
        self.session.flush()
        return self.books.browser_of(self.responder_id, SOON)


@pytest.fixture
def desk(runtime: Runtime):
    with runtime.database.transaction() as session:
        yield Desk(session, runtime)


def test_it_is_rung_once_its_page_is_ready_and_no_longer(desk: Desk) -> None:
    assert desk.rung() is None
    assert desk.beats()
    assert desk.rung() == desk.phone.address
    assert desk.books.browser_of(desk.responder_id, START + FRESH) is None
    assert desk.beats(ready=False)
    assert desk.rung() is None


def test_it_ends_with_its_session(desk: Desk) -> None:
    assert desk.beats()
    sessions.end(desk.session, desk.token, START)
    assert desk.rung() is None


def test_an_idle_session_is_rung_and_one_that_is_too_old_is_not(desk: Desk) -> None:
    assert desk.beats()
    desk.signed_in.seen_at = START - sessions.IDLE
    assert desk.rung() == desk.phone.address
    desk.signed_in.created_at = START - sessions.ABSOLUTE
    assert desk.rung() is None


@pytest.mark.parametrize("state", [DutyState.BREAK, DutyState.OFF])
def test_it_ends_with_duty(desk: Desk, state: DutyState) -> None:
    assert desk.beats()
    duty.put(desk.session, desk.responder_id, state, START, START + timedelta(minutes=30))
    assert desk.rung() is None


def test_it_ends_with_the_account(desk: Desk) -> None:
    assert desk.beats()
    desk.account.disabled_at = START
    assert desk.rung() is None


def test_another_window_takes_its_place(desk: Desk) -> None:
    assert desk.beats()
    other = browser_phones.turn_on(desk.session, desk.account.id, desk.signed_in.id, START)
    assert not desk.beats()
    assert other.address != desk.phone.address
    assert desk.rung() is None


def test_another_session_cannot_speak_for_it(desk: Desk) -> None:
    row = browser_phones.beat(desk.session, desk.phone.id, "another", START, ready=True)
    assert row is None
    assert desk.rung() is None


def test_it_is_turned_off_once(desk: Desk) -> None:
    assert browser_phones.turn_off(desk.session, desk.account.id)
    assert not browser_phones.turn_off(desk.session, desk.account.id)
