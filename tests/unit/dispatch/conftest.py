"""An office and its engine, which does everything at once and in this thread."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from hotline.context import Runtime
from hotline.dispatch.engine import Engine
from hotline.dispatch.wiring import ports_of
from hotline.oncall.model import Responder
from hotline.people import browser_phones, sessions
from hotline.people.accounts import add_account
from hotline.people.model import Role
from tests.fakes.clock import VirtualClock
from tests.support.inline import Inline
from tests.support.office import Office


@pytest.fixture
def desk_office(runtime: Runtime) -> Office:
    """An office on SQLite."""
    return Office(runtime)


@pytest.fixture
def engine(runtime: Runtime, clock: VirtualClock) -> Engine:
    """The dispatcher of that office."""
    return Engine(ports_of(runtime), lambda _: None, pool=Inline(), elapsed=clock.seconds)


@pytest.fixture
def browser(desk_office: Office) -> Callable[[str], str]:
    """Lets somebody of the office be rung in the browser from now on; gives its address."""

    def turn_on(handle: str) -> str:
        runtime = desk_office.runtime
        now = runtime.clock()
        with runtime.database.transaction() as session:
            account = add_account(session, handle, handle, Role.COUNSELOR, "", now)
            query = select(Responder.id).where(Responder.handle == handle)
            account.responder_id = session.scalars(query).one()
            token = sessions.start(session, account.id, now, verified=True)
            signed_in = sessions.by_token(session, token)
            assert signed_in is not None
            row = browser_phones.turn_on(session, account.id, signed_in.id, now)
            browser_phones.beat(session, row.id, signed_in.id, now, ready=True)
            return row.address

    return turn_on
