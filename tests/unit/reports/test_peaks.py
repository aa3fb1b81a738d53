"""The wave of a message: sealed, and only good for the parts it was made of."""

from sqlalchemy import select, text

from hotline.context import Runtime
from hotline.reports import audio, peaks
from hotline.reports.model import Message
from hotline.reports.peaks import Peaks
from tests.support.office import Office

LOUD = Peaks(2.5, (0, 50, 100))


def test_it_is_kept_sealed_until_another_part_comes(runtime_on_both: Runtime) -> None:
    report, vault = Office(runtime_on_both).sent_report(), runtime_on_both.vault
    with runtime_on_both.database.transaction() as session:
        message = session.scalars(select(Message).where(Message.report_id == report.id)).one()
        assert peaks.read(session, vault, message) is None
        audio.store(session, vault, message, b"RIFF", "audio/wav")
        peaks.write(session, vault, message, LOUD, 1)
    with runtime_on_both.database.transaction() as session:
        message = session.get_one(Message, message.id)
        assert peaks.read(session, vault, message) == LOUD
        assert b"peaks" not in bytes(
            session.execute(text("SELECT peaks FROM message")).scalar_one()
        )
        audio.store(session, vault, message, b"RIFF", "audio/wav")
        assert peaks.read(session, vault, message) is None
