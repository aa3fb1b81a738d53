"""Attacks on break-glass: one who would be two, an account made for it, another's district, a
number that stays."""

from collections.abc import Callable

import pytest
from sqlalchemy import true

from console import guard, scope
from hotline.dispatch import break_glass
from hotline.dispatch.break_glass import SETTLED, NotAllowed
from hotline.people import sessions
from hotline.people.model import Account, Role
from hotline.people.permissions import ALLOWED, Action
from hotline.reports.model import Call, Report
from tests.attacks.attack import Attack, each
from tests.attacks.conftest import NORTH, SOUTH
from tests.fakes.carrier import FakeCarrier
from tests.support.console import (
    World,
    add_person,
    call_of,
    leave_message,
    send,
    sign_in,
    turn_on_break_glass,
)

NUMBER = "+15550142857"
SHOWN = "+1 555-014-2857"


@pytest.fixture
def glass(world: World) -> World:
    """The console of attacks with break-glass turned on, a week later."""
    turn_on_break_glass(world)
    add_person(world, "nora", Role.ADMINISTRATOR, NORTH)
    world.pass_s(SETTLED.total_seconds() + 1)
    return world


def live_call(world: World, district: str) -> tuple[str, str]:
    """Id of a live call, and the number of its report."""
    report_id = leave_message(world, district=district)
    call_id = call_of(world, report_id)
    with world.database.reading() as session:
        call, report = session.get_one(Call, call_id), session.get_one(Report, report_id)
        assert isinstance(world.runtime.carrier, FakeCarrier)
        world.runtime.carrier.callers[call.carrier_call_id] = NUMBER
        return call_id, report.number


def asks(world: World, name: str, district: str = NORTH) -> tuple[str, str]:
    """Somebody asks; gives what to agree to and what to type."""
    call_id, number = live_call(world, district)
    with world.database.transaction() as session:
        by = session.query(Account).filter(Account.name == name).one()
        call = session.get_one(Call, call_id)
        asking = break_glass.ask(session, by, call, "caller_may_die", world.now)
        return asking.id, number


def page_of(world: World, name: str, asking: str, number: str) -> str:
    """What somebody sees who agrees."""
    client = world.app().test_client()
    assert sign_in(client, name).status_code == 303
    return send(client, f"/break-glass/{asking}/agreed", {"sure": number}).text


def alone(world: World) -> bool:
    """An administrator agrees to what they asked themselves."""
    return SHOWN in page_of(world, "ada", *asks(world, "ada"))


def a_second_self(world: World) -> bool:
    """An administrator makes a second account, and agrees with it."""
    asked = asks(world, "ada")
    add_person(world, "eve", Role.ADMINISTRATOR)
    return SHOWN in page_of(world, "eve", *asked)


def not_theirs(world: World) -> bool:
    """An administrator of another district is shown who called."""
    return SHOWN in page_of(world, "nora", *asks(world, "ada", SOUTH))


def by_a_supervisor(world: World) -> bool:
    """A supervisor, who reads what was said, learns who said it."""
    return SHOWN in page_of(world, "ana", *asks(world, "ada"))


def screen_left_open(world: World) -> bool:
    """Somebody passes the screen of an administrator who signed in a while ago, and agrees."""
    client = world.app().test_client()
    sign_in(client, "nora")
    world.pass_s(sessions.FRESH.total_seconds() + 1)
    asking, number = asks(world, "ada")
    return SHOWN in send(client, f"/break-glass/{asking}/agreed", {"sure": number}).text


def from_the_cache(world: World) -> bool:
    """The next user of the computer goes back to the page with the number."""
    asking, number = asks(world, "ada")
    client = world.app().test_client()
    sign_in(client, "nora")
    answer = send(client, f"/break-glass/{asking}/agreed", {"sure": number})
    assert SHOWN in answer.text
    return "no-store" not in answer.headers.get("Cache-Control", "")


def shown_again(world: World) -> bool:
    """Whoever agreed sends the same form once more, later, with nobody beside them."""
    asked = asks(world, "ada")
    assert SHOWN in page_of(world, "nora", *asked)
    return SHOWN in page_of(world, "nora", *asked)


def unseen(world: World) -> bool:
    """The number is shown although nothing could be written into the audit."""
    asking, number = asks(world, "ada")

    client = world.app().test_client()
    sign_in(client, "nora")

    def full(*args: object, **kwargs: object) -> int:
        raise OSError("no space left")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(break_glass.audit, "record", full)
        return SHOWN in send(client, f"/break-glass/{asking}/agreed", {"sure": number}).text


def one_is_two(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(break_glass, "_check_two", lambda row, by: None)


def any_account(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(break_glass, "_check_settled", lambda session, by, now: None)


def every_call(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scope, "call_in_district", lambda account: true())


def supervisors_too(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(ALLOWED, Role.SUPERVISOR, ALLOWED[Role.SUPERVISOR] | {Action.BREAK_GLASS})


def no_proof(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_proved_again", lambda view: None)


def cacheable(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "_keep_out_of_caches", lambda response: response)


def never_done(patch: pytest.MonkeyPatch) -> None:
    real: Callable[..., None] = break_glass._check

    def check(*args: object) -> None:
        try:
            real(*args)
        except NotAllowed as refused:
            if refused.why is not break_glass.No.DONE:
                raise

    patch.setattr(break_glass, "_check", check)


def unwritten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(break_glass, "_write", lambda *args: None)


ATTACKS = [
    Attack("alone", alone, one_is_two),
    Attack("a_second_self", a_second_self, any_account),
    Attack("not_theirs", not_theirs, every_call),
    Attack("by_a_supervisor", by_a_supervisor, supervisors_too),
    Attack("screen_left_open", screen_left_open, no_proof),
    Attack("from_the_cache", from_the_cache, cacheable),
    Attack("shown_again", shown_again, never_done),
    Attack("unseen", unseen, unwritten),
]


@each(ATTACKS)
def test_it_fails(glass: World, attack: Attack[World]) -> None:
    assert not attack.does(glass)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    glass: World, monkeypatch: pytest.MonkeyPatch, attack: Attack[World]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(glass)
