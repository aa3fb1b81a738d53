"""What has become of a text, read in the books."""

from sqlalchemy import select

from hotline.reports import timeline, transcripts
from hotline.reports.model import Report
from tests.unit.ivr.house import House


def the_report(house: House) -> Report:
    with house.runtime.database.reading() as session:
        return session.scalars(select(Report)).one()


def words_of(house: House, report: Report) -> list[str]:
    with house.runtime.database.reading() as session:
        return [
            " ".join(word.text for word in spoken.words)
            for spoken in transcripts.read(session, house.runtime.vault, report)
        ]


def kinds_of(house: House, report: Report) -> list[str]:
    with house.runtime.database.reading() as session:
        return [event.kind for event in timeline.read(session, report.id)]
