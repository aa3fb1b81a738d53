"""Reports that tell of the same, made as the worker makes them: indexed, compared, dispatched."""

from sqlalchemy import select

from hotline.reports.incident_model import IncidentReport
from hotline.reports.model import Message, Report
from hotline.reports.triage import Rules
from tests.support.console import ENGLISH, World, leave_message
from transcription import committing

GUN = "there is a snapchat of tyler with a gun he brings it to north high on friday"
GUN_TOO = "tyler posted on snapchat that he brings a gun to north high this friday"
GUN_AND_BOMB = "tyler posted on snapchat a gun and a bomb for north high on friday"


def tell(world: World, text: str, district: str | None = None) -> str:
    """A caller leaves a message, and its words become known; gives the report's id."""
    report_id = leave_message(world, text=text, district=district)
    know(world, report_id)
    return report_id


def know(world: World, report_id: str) -> None:
    """The words of a report are sorted and compared (`transcription.committing`)."""
    rules = {code: Rules.parse(one.triage) for code, one in world.runtime.languages.items()}
    with world.database.transaction() as session:
        for message in session.scalars(select(Message).where(Message.report_id == report_id)):
            committing.follow(session, world.vault, rules, message, world.now)


def incident_of(world: World, report_id: str) -> str:
    """The incident of a report, begun now with another one about the same when it has none."""
    know(world, report_id)
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        link = session.get(IncidentReport, report_id)
    if link is None:
        tell(world, ENGLISH, report.district)
        link = link_of(world, report_id)
    if link is None:
        raise LookupError("two reports of the same words are not alike")
    return link.incident_id


def link_of(world: World, report_id: str) -> IncidentReport | None:
    """Its place in an incident."""
    with world.database.transaction() as session:
        return session.get(IncidentReport, report_id)
