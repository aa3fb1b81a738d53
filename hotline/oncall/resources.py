"""Who else can help: what the callers of a district are told of."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from hotline.oncall.model import Resource


def of_district(session: Session, district: str | None) -> Sequence[Resource]:
    """What callers of this district (a handle) hear, in order; without one, what all callers do."""
    query = select(Resource).where(_told(district)).order_by(Resource.position)
    return list(session.scalars(query))


def any_in(session: Session, district: str | None) -> bool:
    """Whether callers of this district can be told of anybody."""
    return bool(session.scalar(select(exists().where(_told(district)))))


def wording(resource: Resource, language: str) -> tuple[str, str]:
    """What is said and the code of its language: this one, else the first it is written in."""
    code = language if language in resource.text else next(iter(resource.text))
    return str(resource.text[code]), code


def _told(district: str | None) -> ColumnElement[bool]:
    return or_(Resource.district.is_(None), Resource.district == district)
