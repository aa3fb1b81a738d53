"""Tables of the people who are rung."""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hotline.database.base import Base, Id
from hotline.database.types import Sealed


class ResponderKind(StrEnum):
    """Who a responder is to the caller."""

    COUNSELOR = "counselor"
    LAW_ENFORCEMENT = "law-enforcement"
    SCHOOL_OFFICIAL = "school-official"


class Responder(Base):
    """Somebody who can be rung. Name and number are sealed; `handle` is their name in files."""

    __tablename__ = "responder"

    id: Mapped[Id]
    handle: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ResponderKind]
    name: Mapped[Sealed]
    number: Mapped[Sealed]
    languages: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=True)
    data_key_id: Mapped[str] = mapped_column(ForeignKey("data_key.id"))
