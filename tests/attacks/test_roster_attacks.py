"""Attacks on who is rung: whoever has one session, or one telephone, sends the calls to themselves.

They want a number of theirs in force for Counselor 1.
"""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from console.oncall import change_cards
from hotline.oncall import changes, responders
from hotline.oncall.model import RosterChange
from hotline.people import accounts
from hotline.people.model import Account, Role
from tests.attacks.attack import Attack, each
from tests.support.console import World, add_person, send, sign_in
from tests.support.roster import responder_of, with_roster

THEIRS = "+15550100666"
DAYS_S = 2 * 86400.0


def enter(world: World, name: str) -> FlaskClient:
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return client


def rung(world: World) -> str:
    """The number at which Counselor 1 is rung for callers."""
    whose = responder_of(world)
    with world.database.transaction() as session:
        return responders.contact(session, world.vault, whose).number


def proposed(world: World, client: FlaskClient, number: str = THEIRS) -> str:
    """Propose it with the session they have; gives the change's id, or nothing."""
    send(client, f"/on-call/responders/{responder_of(world)}/number", {"number": number})
    with world.database.transaction() as session:
        query = select(RosterChange.id).where(RosterChange.ended_at.is_(None))
        return session.scalar(query) or ""


def answered(world: World, change_id: str) -> None:
    """Press 1 on the telephone, as if it had been rung."""
    with world.database.transaction() as session:
        if change_id:
            changes.confirm(session, world.vault, change_id, world.now)


def alone(world: World) -> bool:
    """With the session of one administrator."""
    answered(world, proposed(world, enter(world, "ada")))
    return rung(world) == THEIRS


def approves_their_own(world: World) -> bool:
    """They propose it and approve it with the same session."""
    ada = enter(world, "ada")
    change = proposed(world, ada)
    send(ada, f"/on-call/changes/{change}/approved")
    answered(world, change)
    return rung(world) == THEIRS


def makes_a_second_person(world: World) -> bool:
    """An administrator's session makes an account, and that one approves."""
    change = proposed(world, enter(world, "ada"))
    add_person(world, "puppet", Role.SUPERVISOR)
    send(enter(world, "puppet"), f"/on-call/changes/{change}/approved")
    answered(world, change)
    return rung(world) == THEIRS


def takes_a_colleagues_account(world: World) -> bool:
    """An administrator's session gives a colleague a new code, and chooses the password with it."""
    ada = enter(world, "ada")
    change = proposed(world, ada)
    with world.database.transaction() as session:
        ana = session.query(Account).filter(Account.name == "ana").one().id
    code = re.search(r"[A-Z2-9]{6}(-[A-Z2-9]{6}){3}", send(ada, f"/people/{ana}/code").text)
    assert code is not None
    thief = world.app().test_client()
    chosen = {"name": "ana", "code": code[0], "password": "chosen by the thief"}
    assert send(thief, "/welcome", chosen).status_code == 303
    send(thief, f"/on-call/changes/{change}/approved")
    answered(world, change)
    return rung(world) == THEIRS


def one_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(change_cards, "needs_two", lambda session: False)


def whoever_approves(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks who it was that proposed it."""
    approve = changes.approve

    def by_anybody(session: Session, change: RosterChange, **known: Any) -> None:
        known["by"] = session.scalars(select(Account.id).where(Account.id != known["by"])).first()
        approve(session, change, **known)

    patch.setattr(changes, "approve", by_anybody)


def any_account(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(accounts, "is_settled", lambda *_: True)


ATTACKS = [
    Attack("alone", alone, one_is_enough),
    Attack("approves_their_own", approves_their_own, whoever_approves),
    Attack("makes_a_second_person", makes_a_second_person, any_account),
    Attack("takes_a_colleagues_account", takes_a_colleagues_account, any_account),
]


@pytest.fixture
def settled(world: World) -> World:
    """The hotline two days after its accounts were made."""
    with_roster(world)
    world.pass_s(DAYS_S)
    return world


@each(ATTACKS)
def test_it_fails(settled: World, attack: Attack[World]) -> None:
    assert not attack.does(settled)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    settled: World, attack: Attack[World], monkeypatch: pytest.MonkeyPatch
) -> None:
    attack.without(monkeypatch)
    assert attack.does(settled)
