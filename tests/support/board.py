"""What stands on the board: callers on the line at the points of their way; and the board, read."""

import re

from flask.testing import FlaskClient

from hotline.dispatch import bridge, desk
from hotline.dispatch.model import Attempt, Dispatch
from hotline.reports import intake
from hotline.reports.model import Call, Report
from tests.support.console import World

MARKUP = re.compile(r"<[^>]+>")


def caller_in_menu(
    world: World, state: str, language: str | None = "en", district: str | None = None
) -> str:
    """A caller who stands somewhere in the voice menu; gives the call's id."""
    world.calls += 1
    with world.database.transaction() as session:
        call = intake.open_call(session, f"CA{world.calls:032x}", world.now)
        call.language, call.district, call.menu = language, district, {"state": state}
        return call.id


def caller_waits(world: World, language: str = "en", district: str | None = None) -> str:
    """A caller who waits for a person while somebody is sought; gives the report's id."""
    call_id = caller_in_menu(world, "parked", language, district)
    with world.database.transaction() as session:
        call = session.get_one(Call, call_id)
        report = intake.go_live(session, world.vault, call, world.now)
        bridge.waiting_began(call, world.now)
        desk.start(world.books(session), report, world.now, call)
        return report.id


def bridged(world: World, report_id: str) -> None:
    """Caller and taker are in the bridge now."""
    with world.database.transaction() as session:
        books = world.books(session)
        row = books.dispatch_of(report_id)
        assert row is not None
        assert row.call_id is not None
        bridge.name(books, row)
        bridge.waiting_ended(session.get_one(Call, row.call_id))


def on_hold(world: World, report_id: str) -> None:
    """The taker pressed `*`: the caller waits for them to come back."""
    with world.database.transaction() as session:
        row = session.query(Dispatch).filter(Dispatch.report_id == report_id).one()
        taker = session.get_one(Attempt, row.taken_by)
        assert bridge.hold(world.books(session), taker, world.now)


def calls_end(world: World) -> None:
    """Every caller hangs up."""
    with world.database.transaction() as session:
        for call in session.query(Call).filter(Call.ended_at.is_(None)):
            call.ended_at = world.now


def set_apart(world: World, report_id: str, category: str, urgency: str) -> None:
    """What triage found a report to be about."""
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.category, report.urgency = category, urgency


def words_of(client: FlaskClient, path: str = "/board/now") -> str:
    """The board's words, without markup."""
    return " ".join(MARKUP.sub(" ", client.get(path).text).split())


def number_of(world: World, report_id: str) -> str:
    """The number of a report as people say it."""
    with world.database.transaction() as session:
        return session.get_one(Report, report_id).number
