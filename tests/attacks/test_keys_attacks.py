"""Attacks on what is sealed: the stolen database, the stolen ring, values moved and cut."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text, update

from hotline.database.types import Sealed
from hotline.people import sessions, unlocking
from hotline.people.model import Account
from hotline.privacy import boxes, cipher, keys, locks
from hotline.privacy.cipher import CannotOpen, Vault
from hotline.privacy.locks import Reader
from hotline.reports import audio, sealing, transcripts
from hotline.reports.model import Message, Report, ReportState, Transcript
from tests.support.console import (
    ENGLISH,
    World,
    add_person,
    cheap_passwords,
    leave_message,
    make_world,
    message_of,
    sign_in,
    tone,
)


@pytest.fixture
def world(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, database_url)
    yield made
    made.database.close()


@pytest.fixture
def client(world: World) -> FlaskClient:
    add_person(world)
    browser = world.app().test_client()
    assert sign_in(browser).status_code == 303
    return browser


def opens(world: World, vault: Vault, report_id: str) -> list[str]:
    """What a thief gets out of a report with that vault: "words", "sound"."""
    found = []
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        message = session.query(Message).filter_by(report_id=report_id).one()
        for name, read in (
            ("words", lambda: transcripts.read(session, vault, report)[0].text),
            ("sound", lambda: audio.load_parts(session, vault, message)[0][1]),
        ):
            try:
                if read():
                    found.append(name)
            except CannotOpen:
                continue
    return found


def run_sql(world: World, statement: str, **values: object) -> None:
    with world.database.transaction() as session:
        assert session.execute(text(statement), values).rowcount > 0  # type: ignore[attr-defined]


def everything_in(world: World) -> bytes:
    """Every value of every row, as whoever has the database reads it."""
    found = []
    with world.database.transaction() as session:
        for table in Report.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    return b"\n".join(found)


def test_a_stolen_database_without_the_ring_opens_nothing(world: World) -> None:
    report_id = leave_message(world)
    stolen = everything_in(world)
    for secret in (ENGLISH, "picture", "lunch"):
        assert secret.encode() not in stolen
    assert tone()[44:140] not in stolen
    assert base64.b64encode(tone()[44:140]) not in stolen
    assert opens(world, world.vault, report_id) == ["words", "sound"]
    assert opens(world, Vault(keys.generate("1")), report_id) == []


def test_a_stolen_ring_holds_nothing_of_a_report(world: World, tmp_path: Path) -> None:
    leave_message(world)
    ring = (tmp_path / "keys").read_text()
    for secret in (*ENGLISH.split(), world.runtime.settings.phone_number):
        assert len(secret) < 4 or secret not in ring
    stored = everything_in(world)  # nor does the database hold the ring
    _, key = keys.parse(ring).current
    assert key not in stored
    assert base64.b64encode(key) not in stored


SWAPS = {
    "transcript of another report": (
        "UPDATE transcript SET text = (SELECT text FROM transcript WHERE message_id = :other),"
        " words = (SELECT words FROM transcript WHERE message_id = :other)"
        " WHERE message_id = :mine"
    ),
    "words in the column of the text": (
        "UPDATE transcript SET text = words WHERE message_id = :mine"
    ),
    "transcript moved to another message": (
        "UPDATE transcript SET id = 'moved' WHERE message_id = :mine"
    ),
}


@pytest.mark.parametrize("name", SWAPS)
def test_a_transcript_that_was_swapped_is_told_on_the_page(
    world: World, client: FlaskClient, name: str
) -> None:
    mine, other = leave_message(world), leave_message(world, text="nothing of that is true")
    values = {"mine": message_of(world, mine), "other": message_of(world, other)}
    statement = SWAPS[name]
    run_sql(world, statement, **{k: v for k, v in values.items() if f":{k}" in statement})
    assert "words" not in opens(world, world.vault, mine)
    page = client.get(f"/reports/{mine}")
    assert page.status_code == 200
    assert "does not open: it was altered" in page.text
    assert "nothing of that is true" not in page.text
    assert "It does not open: it was altered" in client.get("/reports").text
    assert "does not open" not in client.get(f"/reports/{other}").text


def test_without_the_place_in_it_a_moved_value_opens(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The swap moves a value that can be read: only the place it is bound to tells of it."""
    seal, unseal = cipher.seal, cipher.unseal
    monkeypatch.setattr(cipher, "seal", lambda key, _place, plain: seal(key, "", plain))
    monkeypatch.setattr(cipher, "unseal", lambda key, _place, sealed: unseal(key, "", sealed))
    mine = leave_message(world)
    moved = SWAPS["transcript moved to another message"]
    run_sql(world, moved, mine=message_of(world, mine))
    assert "words" in opens(world, world.vault, mine)
    assert "does not open" not in client.get(f"/reports/{mine}").text


def test_without_a_key_of_its_own_the_database_tells(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is searched for in the stolen database is there when nothing is encrypted."""
    monkeypatch.setattr(cipher, "seal", lambda key, place, plain: Sealed(plain))
    monkeypatch.setattr(cipher, "unseal", lambda key, place, sealed: bytes(sealed))
    leave_message(world)
    stolen = everything_in(world)
    assert ENGLISH.encode() in stolen
    assert tone()[44:140] in stolen


SOUND_SWAPS = {
    "sound of another report": (
        "UPDATE audio_chunk SET data = (SELECT c.data FROM audio_chunk c WHERE c.message_id ="
        " :other AND c.seq = audio_chunk.seq) WHERE message_id = :mine"
    ),
    "cut short": "UPDATE audio_chunk SET data = substr(data, 1, 20) WHERE message_id = :mine",
    "emptied": "UPDATE audio_chunk SET data = substr(data, 1, 0) WHERE message_id = :mine",
}


@pytest.mark.parametrize("name", SOUND_SWAPS)
def test_sound_that_was_swapped_or_cut_is_told_and_not_played(
    world: World, client: FlaskClient, name: str
) -> None:
    mine, other = leave_message(world), leave_message(world)
    values = {"mine": message_of(world, mine), "other": message_of(world, other)}
    statement = SOUND_SWAPS[name]
    run_sql(world, statement, **{k: v for k, v in values.items() if f":{k}" in statement})
    assert "sound" not in opens(world, world.vault, mine)
    for path in ("audio", "peaks"):
        answer = client.get(f"/messages/{values['mine']}/{path}")
        assert answer.status_code == 500
        assert "This does not open" in answer.text
    assert client.get(f"/messages/{values['other']}/audio").data == tone()


def test_the_data_key_of_another_report_does_not_open(world: World, client: FlaskClient) -> None:
    mine, other = leave_message(world), leave_message(world)
    with world.database.transaction() as session:
        key = {r: session.get_one(Report, r).data_key_id for r in (mine, other)}
    swap = (
        "UPDATE data_key SET wrapped = (SELECT wrapped FROM data_key WHERE id = :o) WHERE id = :m"
    )
    run_sql(world, swap, m=key[mine], o=key[other])
    assert opens(world, world.vault, mine) == []
    assert "does not open: it was altered" in client.get(f"/reports/{mine}").text
    point = "UPDATE report SET data_key_id = :o WHERE id = :m"
    run_sql(world, point, m=mine, o=key[other])
    assert opens(world, world.vault, mine) == []


def test_a_lost_key_is_told_and_is_no_blank(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    world.runtime.vault._ring = keys.generate("2")
    page = client.get(f"/reports/{report_id}")
    assert page.status_code == 200
    assert "its master key is missing" in page.text
    assert "its master key is missing" in client.get("/reports").text
    assert "were deleted" not in page.text
    answer = client.get(f"/messages/{message_id}/audio")
    assert (answer.status_code, "This does not open" in answer.text) == (500, True)
    assert client.get("/").status_code in (200, 303)


def test_a_sealed_report_does_not_open_with_database_and_ring(world: World) -> None:
    """The thief has everything that the server has: database, key ring, every stored key pair."""
    report_id = leave_message(world)
    anas = boxes.new_pair()
    paper = boxes.new_pair()
    add_person(world)
    with world.database.transaction() as session:
        ana = session.scalars(select(Account)).one()
    reader = unlocking.make(world.database, ana.id, "eleven violet canoes", world.now)
    with world.database.transaction() as session:
        locks.add_recovery(session, paper.public, world.now)
        session.execute(update(Transcript).values(assessed_at=world.now))
        report = session.get_one(Report, report_id)
        holders = unlocking.recipients(session)
        assert len(holders) == 2
        assert sealing.seal_report(session, world.vault, report, holders, world.now) == 1
    assert opens(world, world.vault, report_id) == ["words"]  # the masked ones, until it is closed
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        report.state = ReportState.CLOSED
        sealing.seal_report(session, world.vault, report, holders, world.now)
    assert opens(world, world.vault, report_id) == []
    with locks.unlocked(Reader(reader.holder_id, anas.private)), pytest.raises(CannotOpen):
        open_sound(world, report_id)
    with locks.unlocked(reader):
        assert open_sound(world, report_id) == tone()
        assert opens(world, world.vault, report_id) == ["words", "sound"]
    stored = everything_in(world)
    for secret in (reader.private, paper.private, ENGLISH.encode(), tone()[44:140]):
        assert secret not in stored


def test_what_was_unlocked_does_not_open_with_the_database(world: World) -> None:
    """Only the browser has the token under whose key the private key is kept for a session."""
    add_person(world)
    with world.database.transaction() as session:
        ana = session.scalars(select(Account)).one()
        token = sessions.start(session, ana.id, world.now, verified=True)
        session.flush()
        row = sessions.by_token(session, token)
        assert row is not None
    reader = unlocking.make(world.database, ana.id, "eleven violet canoes", world.now)
    with world.database.transaction() as session:
        unlocking.keep(session, row.id, token, reader)
        assert unlocking.kept(session, row.id, row.token_hash) is None
        assert unlocking.kept(session, row.id, token) == reader
    assert reader.private not in everything_in(world)
    assert token.encode() not in everything_in(world)
    with world.database.transaction() as session:
        sessions.end(session, token, world.now)
        unlocking.sweep(session, world.now)
        assert unlocking.kept(session, row.id, token) is None


def open_sound(world: World, report_id: str) -> bytes:
    with world.database.transaction() as session:
        message = session.query(Message).filter_by(report_id=report_id).one()
        return audio.load_parts(session, world.vault, message)[0][1]
