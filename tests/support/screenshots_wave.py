"""Pictures of a wave: an incident, its review, a notice before the menu, a number to call back at.

They come after all others: what they need would stand on the board and in the lists of those.
"""

from datetime import timedelta

from sqlalchemy import select

from hotline import notices
from hotline.dispatch import waves
from hotline.oncall.model import Responder
from hotline.people.model import Account
from hotline.reports import callback
from hotline.reports.incident_model import Incident
from hotline.reports.model import Call, Report
from tests.support.console import start_dispatch, take
from tests.support.incidents import GUN, GUN_AND_BOMB, GUN_TOO, incident_of, tell
from tests.support.sample import NORTH, Night

NAMES = ("incident", "incident-review", "board-wave", "menu-notice", "call-back", "year-entries")
SAID = (
    "a boy named tyler showed a gun on snapchat he will bring it to north high on friday",
    "my daughter got a snap of tyler with a gun he said he brings it to north high friday",
    GUN_AND_BOMB,
)
"""What others tell of it."""
NOTICE = "We know about the picture of a gun at North High. The police are there."


def paths(made: Night) -> dict[str, str]:
    """Make the wave; the path of each picture."""
    first = tell(made.world, GUN, NORTH)
    start_dispatch(made.world, first)
    take(made.world, first)
    others = [tell(made.world, text, NORTH) for text in (GUN_TOO, *SAID)]
    incident = incident_of(made.world, others[0])
    with made.world.database.transaction() as session:
        responder = session.scalars(select(Responder).filter_by(handle="counselor-1")).one()
        session.get_one(Incident, incident).responder_id = responder.id
        for report_id in others[:2]:
            report = session.get_one(Report, report_id)
            books, now = made.world.books(session), made.world.now
            waves._taken_with(books, report, first, responder.id, now)
        ana = session.scalars(select(Account).filter_by(name="ana")).one()
        ends_at = made.world.now + timedelta(hours=1)
        said = {"en": NOTICE}
        notices.put(session, notices.EVERYBODY, said, ana.id, made.world.now, ends_at)
    _leave_number(made, made.weapon)
    return {
        "incident": f"/incidents/{incident}",
        "incident-review": f"/incidents/{incident}/review",
        "board-wave": "/board#together",
        "menu-notice": "/voice-menu/notice",
        "call-back": f"/reports/{made.weapon}#callback",
        "year-entries": f"/statistics/year/{made.world.now.year}#entered",
    }


def _leave_number(made: Night, report_id: str) -> None:
    """A number of the range that is kept for examples."""
    with made.world.database.transaction() as session:
        call = session.scalars(select(Call).where(Call.report_id == report_id)).one()
        limits = callback.limits_of(made.world.runtime.settings)
        callback.enter(session, made.world.vault, call, "2175550142", limits, made.world.now)
        callback.keep(session, call, made.world.now)
