"""A responder's new number, through the real processes: two people, a call to it, a press of 1, and
from then on it is the new phone that rings for callers."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import select

from hotline.demo import cast, outcome, speech
from hotline.demo.cast import ROSA, TOM
from hotline.dispatch import roster as desk_roster
from hotline.oncall import responders, roster
from hotline.oncall.model import Responder, RosterChange
from hotline.people import passwords
from hotline.people.accounts import add_account
from hotline.people.model import Role
from tests.e2e.conftest import Theatre

pytestmark = pytest.mark.e2e
NEW = "+15550100177"
PASSWORD = "seven calm grey herons"
SENTENCES = ("there is a man with a gun behind the school",)
LIMIT_S = 60.0


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + LIMIT_S
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)


def browser(theatre: Theatre, name: str, role: Role) -> Callable[..., requests.Response]:
    """Somebody who is signed in, with an account two days old: sends a form to a path."""
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with theatre.stack.runtime.database.transaction() as session:
        hashed = passwords.hash_password(PASSWORD)
        add_account(session, name, name.capitalize(), role, hashed, long_ago)
    client = requests.Session()
    client.trust_env = False

    def send(path: str, **form: str) -> requests.Response:
        url = theatre.stack.settings.public_url + path
        return client.post(
            url, form, headers={"Sec-Fetch-Site": "same-origin"}, allow_redirects=False, timeout=30
        )

    assert send("/sign-in", name=name, password=PASSWORD).status_code == 303
    return send


def rosa(theatre: Theatre) -> tuple[str, str]:
    """Her id, and the number that is in force."""
    runtime = theatre.stack.runtime
    with runtime.database.transaction() as session:
        query = select(Responder.id).where(Responder.handle == ROSA.handle)
        found = session.scalars(query).one()
        return found, responders.contact(session, runtime.vault, found).number


def rung(theatre: Theatre, number: str) -> int:
    return sum(leg["number"] == number for leg in theatre.switch.legs())


def test_two_people_and_a_press_of_1_change_whose_phone_rings(theatre: Theatre) -> None:
    runtime, switch = theatre.stack.runtime, theatre.switch
    with runtime.database.transaction() as session:
        file = roster.parse(cast.roster([(ROSA, 20), (TOM, 20)]))
        desk_roster.apply(session, runtime.vault, file)
    ada = browser(theatre, "roster-ada", Role.ADMINISTRATOR)
    bo = browser(theatre, "roster-bo", Role.SUPERVISOR)
    who, old = rosa(theatre)
    assert old == ROSA.number

    switch.register(NEW, cast.picks_up({"played": "/change_keys.", "press": "1"}))
    assert ada(f"/on-call/responders/{who}/number", number=NEW).status_code == 303
    with runtime.database.transaction() as session:
        pending = select(RosterChange.id).where(
            RosterChange.responder_id == who, RosterChange.ended_at.is_(None)
        )
        change = session.scalars(pending).one()
    assert ada(f"/on-call/changes/{change}/approved").status_code == 409  # not by herself
    assert rung(theatre, NEW) == 0
    assert bo(f"/on-call/changes/{change}/approved").status_code == 303
    until(lambda: rosa(theatre)[1] == NEW, "the press of 1 has put the number in force")

    switch.register(NEW, cast.takes())
    switch.register(ROSA.number, cast.takes())
    said = speech.caller(SENTENCES, "en", theatre.stack.settings.data_dir)
    switch.register(cast.CALLER, cast.sends_message("en", str(said)))
    before = rung(theatre, ROSA.number), rung(theatre, NEW)
    call = switch.dial(cast.CALLER, theatre.stack.settings.phone_number)

    def taken() -> bool:
        found = outcome.read(runtime, call)
        return found is not None and found.taken_by == ROSA.handle

    until(taken, "Rosa has taken the report")
    assert (rung(theatre, ROSA.number), rung(theatre, NEW)) == (before[0], before[1] + 1)
