"""Columns refuse naive times and plain bytes, and give back what was put in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from hotline.database.engine import Database
from hotline.database.types import Sealed, SealedBytes, UtcDateTime
from hotline.privacy.cipher import DataKey
from hotline.tasks.model import Heartbeat

MOMENT = datetime(2026, 3, 8, 2, 30, tzinfo=UTC)
DIALECTS: tuple[Dialect, ...] = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]


def test_a_naive_moment_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.transaction() as session:
        session.add(Heartbeat(process="p", beat_at=MOMENT.replace(tzinfo=None)))


def test_a_moment_of_another_zone_comes_back_in_utc(database: Database) -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=-7)))
    with database.transaction() as session:
        session.add(Heartbeat(process="p", beat_at=there))
    with database.transaction() as session:
        found = session.scalar(select(Heartbeat.beat_at))
    assert found == MOMENT
    assert found is not None
    assert found.tzinfo is UTC


def test_moments_compare_in_the_database(database: Database) -> None:
    with database.transaction() as session:
        session.add(Heartbeat(process="early", beat_at=MOMENT - timedelta(microseconds=1)))
        session.add(Heartbeat(process="late", beat_at=MOMENT))
    with database.transaction() as session:
        early = select(Heartbeat.process).where(Heartbeat.beat_at < MOMENT)
        assert session.scalars(early).all() == ["early"]


@given(st.datetimes(timezones=st.timezones()))
def test_bind_and_result_are_inverse(moment: datetime) -> None:
    column = UtcDateTime()
    try:
        wanted = moment.astimezone(UTC)
    except OverflowError:
        return  # year 1 or 9999 shifted over the edge of what Python can say
    for dialect in DIALECTS:
        stored = column.process_bind_param(moment, dialect)
        assert column.process_result_value(stored, dialect) == wanted


@pytest.mark.parametrize("column", [UtcDateTime(), SealedBytes()])
def test_null_stays_null(column: UtcDateTime | SealedBytes) -> None:
    for dialect in DIALECTS:
        assert column.process_bind_param(None, dialect) is None
        assert column.process_result_value(None, dialect) is None


def test_plain_bytes_are_refused(database: Database) -> None:
    def store(session: Session) -> None:
        session.add(DataKey(id="k", version="1", wrapped=b"plain"))

    with pytest.raises(StatementError, match="sealed"), database.transaction() as session:
        store(session)


def test_sealed_bytes_come_back_as_they_are(database: Database) -> None:
    with database.transaction() as session:
        session.add(DataKey(id="k", version="1", wrapped=Sealed(b"\x00\xff cipher")))
    with database.transaction() as session:
        found = session.scalar(select(DataKey.wrapped))
    assert found == b"\x00\xff cipher"
    assert isinstance(found, Sealed)
