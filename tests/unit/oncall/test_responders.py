"""Responders: sealed when written, opened one at a time."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import NoResultFound

from hotline.context import Runtime
from hotline.oncall import responders
from hotline.oncall.model import Responder, ResponderKind
from hotline.oncall.responders import Contact


def put(runtime: Runtime, name: str, number: str) -> str:
    with runtime.database.transaction() as session:
        return responders.put(
            session,
            runtime.vault,
            handle="counselor-1",
            kind=ResponderKind.COUNSELOR,
            name=name,
            number=number,
            languages=["en", "ar"],
        ).id


def test_what_was_put_is_opened(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    responder_id = put(runtime, "Ana Álvarez", "+15550100111")
    with runtime.database.transaction() as session:
        assert responders.contact(session, runtime.vault, responder_id) == Contact(
            responder_id,
            "counselor-1",
            ResponderKind.COUNSELOR,
            "Ana Álvarez",
            "+15550100111",
            ("en", "ar"),
        )


def test_putting_again_brings_up_to_date(runtime_on_both: Runtime) -> None:
    runtime = runtime_on_both
    first = put(runtime, "Ana", "+15550100111")
    with runtime.database.transaction() as session:
        session.get_one(Responder, first).active = False
    assert put(runtime, "Bea", "+15550100222") == first
    with runtime.database.transaction() as session:
        contact = responders.contact(session, runtime.vault, first)
        assert (contact.name, contact.number) == ("Bea", "+15550100222")
        assert session.scalars(select(Responder.active)).all() == [True]


def test_name_and_number_are_not_readable_in_the_table(runtime_on_both: Runtime) -> None:
    put(runtime_on_both, "Ana Alvarez", "+15550100111")
    with runtime_on_both.database.transaction() as session:
        name, number = session.execute(text("SELECT name, number FROM responder")).one()
    assert b"Ana" not in bytes(name)
    assert b"0100111" not in bytes(number)


def test_nobody_of_that_id(runtime_on_both: Runtime) -> None:
    with runtime_on_both.database.transaction() as session, pytest.raises(NoResultFound):
        responders.contact(session, runtime_on_both.vault, "nobody")
