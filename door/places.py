"""The districts and schools of the roster, to choose from: a caller's line says the district, and
whoever writes says it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.oncall.model import District, School
from hotline.reports.written import Place

SCHOOL, DISTRICT = "school:", "district:"


@dataclass(frozen=True)
class Group:
    """A district and its schools, as value and name of what can be chosen."""

    value: str
    name: str
    schools: Sequence[tuple[str, str]]


def offered(session: Session) -> list[Group]:
    """All there is to choose from, by name; empty where the roster has no district."""
    schools = session.scalars(select(School).order_by(School.name)).all()
    return [
        Group(DISTRICT + district.handle, district.name, _of(schools, district.handle))
        for district in session.scalars(select(District).order_by(District.name))
    ]


def _of(schools: Sequence[School], district: str) -> list[tuple[str, str]]:
    return [(SCHOOL + one.handle, one.name) for one in schools if one.district == district]


def chosen(session: Session, value: str) -> Place:
    """The place of that value; of one that is not there (any more), none."""
    if value.startswith(SCHOOL):
        query = select(School).where(School.handle == value.removeprefix(SCHOOL))
        if (school := session.scalar(query)) is not None:
            return Place(school.district, school.handle)
    if value.startswith(DISTRICT):
        handle = value.removeprefix(DISTRICT)
        return Place(session.scalar(select(District.handle).where(District.handle == handle)))
    return Place()
