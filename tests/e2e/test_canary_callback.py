"""The canary of calling back: a number left in a play of real processes is nowhere afterwards.

The switch, which is the carrier here, must know it to ring it, until it is asked to forget.
"""

import time

import pytest
from sqlalchemy import select

from hotline.demo.cast import OTHER_PHONE
from hotline.demo.scenarios import SCENARIOS
from hotline.people.model import Role
from hotline.reports.callback_model import Callback, CallbackCall, CallbackRing
from tests.e2e import test_canary as play
from tests.e2e.conftest import open_theatre
from tests.e2e.test_canary import Played, Wire
from tests.support import canary, crawl

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
LEFT = canary.forms_of_number(OTHER_PHONE.number)
FORGETS_S = 180.0
"""The carrier is asked a minute after the end; a busy machine may take longer."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> object:
    """The play; all of it still runs."""
    folder = tmp_path_factory.mktemp("canary-callback")
    with open_theatre(folder) as opened:
        with Wire(opened.stack.settings.redis_url) as wire:
            seen, broken = opened.play(SCENARIOS["callback"])
        assert broken == []
        yield Played(opened, folder, seen, wire.commands)


def test_the_number_was_left_and_rung(played: Played) -> None:
    """So the search looks for what was there."""
    assert OTHER_PHONE.number in [leg["number"] for leg in played.seen.legs]
    with played.theatre.stack.runtime.database.reading() as session:
        row = session.scalars(select(Callback)).one()
        assert (row.gone_why, row.number) == ("used", None)
        assert session.scalars(select(CallbackRing)).one().refused is False


def test_it_is_nowhere_in_what_is_stored(played: Played) -> None:
    assert canary.search(play.stored(played), LEFT) == []


def test_it_is_not_sealed_anywhere_either(played: Played) -> None:
    assert canary.search(play.opened_seals(played), LEFT) == []


def test_it_is_on_no_page_and_in_no_export(played: Played) -> None:
    stack = played.theatre.stack
    for role in Role:
        browser = crawl.enter(stack.runtime.database, stack.settings.public_url, role)
        read = crawl.read_all(browser, stack.settings.public_url)
        assert len(read) > 3, role
        assert canary.search(read, LEFT) == [], role


def test_the_carrier_is_asked_to_forget_it(played: Played) -> None:
    switch, until = played.theatre.switch, time.monotonic() + FORGETS_S
    while OTHER_PHONE.number in [leg["number"] for leg in switch.legs()]:
        assert time.monotonic() < until, "the carrier still knows whom it rang"
        time.sleep(0.5)
    with played.theatre.stack.runtime.database.reading() as session:
        assert session.scalars(select(CallbackCall.carrier_deleted_at)).one() is not None
