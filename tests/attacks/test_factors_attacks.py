"""Attacks by somebody who has a colleague's password, or found their screen: the second factor."""

import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from console.reports import sentences
from hotline.audit import AuditEntry
from hotline.people import authenticator, factors, passkeys, recovery, second_step, sessions, totp
from hotline.people.model import Account, Authenticator, ConsoleSession, RecoveryCode
from hotline.people.passkeys import Site
from tests.attacks.attack import Attack, each
from tests.attacks.conftest import NORTH
from tests.attacks.test_console_attacks import thief
from tests.support.console import (
    PASSWORD,
    World,
    add_person,
    cheap_passwords,
    leave_message,
    make_world,
    send,
)
from tests.support.factors import app_of, half_in, set_up, token_of
from tests.support.factors import second_step as send_step
from tests.support.soft_passkey import SoftPasskey

HERE = Site("line.example.org", "https://line.example.org")
EVIL = Site("evil.example", "https://evil.example")
OPTIONS = re.compile(r'data-options="([^"]*)"')


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    """A console where everybody needs a second factor, with one supervisor."""
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, sqlite_url, second_factor="required")
    settings = made.runtime.settings.model_copy(update={"public_url": HERE.origin})
    made.runtime = replace(made.runtime, settings=settings)
    add_person(made, "ana", district=NORTH)
    return made


def password_alone(world: World) -> bool:
    """Whoever has the password opens a page without going on to the second step."""
    return half_in(world).get("/reports").status_code == 200


def password_as_second_step(world: World) -> bool:
    """The password is sent again where a code is asked, before its owner has set anything up."""
    client = half_in(world)
    send(client, "/sign-in/second", {"proof_password": PASSWORD})
    return client.get("/reports").status_code == 200


def replayed_code(world: World) -> bool:
    """A code is read over somebody's shoulder and used right after them."""
    _, app, _ = set_up(world)
    victim, other = half_in(world), half_in(world)
    code = app.code()
    assert send_step(victim, code).status_code == 303
    return send_step(other, code).status_code == 303


def used_recovery_code(world: World) -> bool:
    """A crossed-out recovery code is found in the wastepaper."""
    _, _, codes = set_up(world)
    assert send_step(half_in(world), codes[0]).status_code == 303
    return send_step(half_in(world), codes[0]).status_code == 303


def token_of_before(world: World) -> bool:
    """A token that was planted or copied before the second step is used after it."""
    _, app, _ = set_up(world)
    victim = half_in(world)
    copied = token_of(victim, world)
    assert send_step(victim, app.code()).status_code == 303
    return thief(world, copied).get("/reports").status_code == 200


def factor_of_the_thief(world: World) -> bool:
    """Whoever has the password goes to the page for a first factor, though the owner has one."""
    set_up(world)
    other = half_in(world)
    page = other.get("/sign-in/enroll")
    if page.status_code != 200:
        return False
    app = app_of(world, page)
    send(other, "/sign-in/enroll/app", {"code": app.code()})
    return other.get("/reports").status_code == 200


def guessed_code(world: World) -> bool:
    """Two hundred codes are tried within a minute."""
    set_up(world)
    client = half_in(world)
    return sum(send_step(client, f"{n:06}").status_code == 401 for n in range(200)) >= 199


def open_screen(world: World) -> bool:
    """A screen that was left open ten minutes ago is used to reveal what is masked."""
    client, _, _ = set_up(world)
    report = leave_message(world, district=NORTH)
    world.pass_s(601)
    send(client, f"/reports/{report}/reveal", {"reason": next(iter(sentences.REVEAL))})
    with world.database.transaction() as session:
        return session.query(AuditEntry).filter_by(action="report.revealed").count() == 1


def step_up_by_password(world: World) -> bool:
    """Whoever knows the password as well proves with it what asks for the second factor."""
    client, _, _ = set_up(world)
    answer = send(client, "/step-up", {"proof_password": PASSWORD, "proof_path": "/reports"})
    return answer.status_code == 303


def phished_passkey(world: World) -> bool:
    """A page that looks like ours passes our question on, and the victim's passkey answers it."""
    set_up(world)
    with world.database.transaction() as session:
        me = session.query(Account).one()
        here = session.query(ConsoleSession).one().id
        device = SoftPasskey(HERE.origin, HERE.id)
        asked = passkeys.registration(session, here, me, HERE)
        passkeys.register(session, here, me.id, HERE, device.made(asked), "Phone", world.now)
    thiefs = half_in(world)
    question = OPTIONS.search(thiefs.get("/sign-in/second").text)
    assert question is not None
    device.origin, device.rp_id = EVIL.origin, EVIL.id
    answer = device.signed(html.unescape(question[1]))
    send(thiefs, "/sign-in/second", {"proof_passkey": answer})
    return thiefs.get("/reports").status_code == 200


# --- what takes a mitigation away ------------------------------------------------------------


def halves_count(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "is_whole", lambda row: True)


def password_counts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_step, "_password_counts", lambda session, who: True)


def steps_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    def use(session, vault, row: Authenticator, typed, now) -> bool:  # type: ignore[no-untyped-def]
        return (
            totp.fitting_step(authenticator._opened(session, vault, row), typed, now, 0) is not None
        )

    patch.setattr(authenticator, "_use", use)


def codes_stay(patch: pytest.MonkeyPatch) -> None:
    def accept(session, account_id: str, code: str, now) -> bool:  # type: ignore[no-untyped-def]
        digest = recovery.codes.code_hash(code)
        return session.query(RecoveryCode).filter_by(code_hash=digest).count() == 1

    patch.setattr(recovery, "accept", accept)


def token_is_kept(patch: pytest.MonkeyPatch) -> None:
    def rotate(session, token: str, now) -> str:  # type: ignore[no-untyped-def]
        row = sessions.by_token(session, token)
        assert row is not None
        row.verified_at = now
        return token

    patch.setattr(sessions, "rotate", rotate)


def nobody_has_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(factors, "has", lambda session, account_id: False)


def site_of_anybody(patch: pytest.MonkeyPatch) -> None:
    """The site is whatever the page says that asks."""
    patch.setattr(passkeys, "site_of", lambda public_url: EVIL)


def always_fresh(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sessions, "is_fresh", lambda row, now: True)


def no_delay(patch: pytest.MonkeyPatch) -> None:
    from hotline.people import delays

    patch.setattr(delays, "delay_s", lambda failures, key: 0.0)


ATTACKS = [
    Attack("password_alone", password_alone, halves_count),
    Attack("password_as_second_step", password_as_second_step, password_counts),
    Attack("replayed_code", replayed_code, steps_are_forgotten),
    Attack("used_recovery_code", used_recovery_code, codes_stay),
    Attack("token_of_before", token_of_before, token_is_kept),
    Attack("factor_of_the_thief", factor_of_the_thief, nobody_has_one),
    Attack("phished_passkey", phished_passkey, site_of_anybody),
    Attack("open_screen", open_screen, always_fresh),
    Attack("step_up_by_password", step_up_by_password, password_counts),
    Attack("guessed_code", guessed_code, no_delay),
]


@each(ATTACKS)
def test_it_fails(world: World, attack: Attack[World]) -> None:
    assert not attack.does(world)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    world: World, monkeypatch: pytest.MonkeyPatch, attack: Attack[World]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(world)
