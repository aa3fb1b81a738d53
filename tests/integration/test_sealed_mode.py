"""Sealed mode from end to end: who hears before, who after, and that nobody is locked out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from hotline.database.types import Sealed
from hotline.dispatch import desk, sealing
from hotline.dispatch.model import Dispatch
from hotline.people import unlocking
from hotline.people.model import Account, Role
from hotline.privacy import boxes, locks
from hotline.privacy.cipher import DataKey, Locked
from hotline.privacy.locks import Reader, SealedKey
from hotline.reports import audio, transcripts
from hotline.reports import sealing as of_reports
from hotline.reports.model import AudioChunk, Message, Report, ReportState, Transcript
from hotline.reports.shredding import shred
from tests.support.console import (
    World,
    add_person,
    browser_of,
    cheap_passwords,
    correct,
    leave_message,
    make_world,
    message_of,
    send,
    sign_in,
    tone,
)
from tests.support.factors import prove_again

SAID = "my name is jonas weber and he has a gun call me at five five five one two three four"
PASSPHRASE = "eleven violet canoes at dawn"
NEW_PASSPHRASE = "nine loud green bicycles"


@pytest.fixture
def world(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    cheap_passwords(monkeypatch)
    made = make_world(tmp_path, database_url)
    settings = made.runtime.settings.model_copy(update={"sealed": True, "sealed_after_s": 600.0})
    made.runtime = replace(made.runtime, settings=settings)
    yield made
    made.database.close()


@pytest.fixture
def paper(world: World) -> tuple[str, str]:
    """The halves of the recovery key, after the ceremony."""
    pair = boxes.new_pair()
    with world.database.transaction() as session:
        locks.add_recovery(session, pair.public, world.now)
    return boxes.split(pair.private)


def supervisor(world: World, name: str = "ana") -> FlaskClient:
    add_person(world, name)
    browser = world.app().test_client()
    assert sign_in(browser, name).status_code == 303
    return browser


def choose(browser: FlaskClient, passphrase: str = PASSPHRASE, **more: str) -> int:
    form = {"passphrase": passphrase, **more}
    return send(browser, "/account/sealed-reports/passphrase", form).status_code


def taken(world: World) -> str:
    """A report that was taken, and heard, long ago."""
    report_id = leave_message(world, text=SAID)
    with world.database.transaction() as session:
        desk.start(world.books(session), session.get_one(Report, report_id), world.now)
        row = session.scalars(select(Dispatch).where(Dispatch.report_id == report_id)).one()
        row.taken_at = world.now
    sorted_out(world)
    return report_id


def sorted_out(world: World) -> None:
    """Triage has read the words."""
    with world.database.transaction() as session:
        session.execute(update(Transcript).values(assessed_at=world.now))


def unlock(browser: FlaskClient, passphrase: str) -> int:
    return send(browser, "/account/sealed-reports", {"passphrase": passphrase}).status_code


def close(world: World, report_id: str) -> None:
    with world.database.transaction() as session:
        session.get_one(Report, report_id).state = ReportState.CLOSED


def sound_of(browser: FlaskClient, world: World, report_id: str) -> bytes | int:
    answer = browser.get(f"/messages/{message_of(world, report_id)}/audio")
    return answer.data if answer.status_code == 200 else answer.status_code


def test_before_it_is_due_whoever_took_it_hears_it(world: World, paper: tuple[str, str]) -> None:
    ana = supervisor(world)
    choose(ana)
    report_id = taken(world)
    world.pass_s(599)
    assert sealing.sweep(world.runtime) == 0
    assert sound_of(browser_of(world, Role.SUPERVISOR), world, report_id) == tone()
    world.pass_s(1)
    assert sealing.sweep(world.runtime) == 1
    assert sealing.sweep(world.runtime) == 0


def test_what_nobody_has_taken_stays_open_to_those_on_duty(
    world: World, paper: tuple[str, str]
) -> None:
    choose(supervisor(world))
    leave_message(world, text=SAID)
    world.pass_s(86400)
    assert sealing.sweep(world.runtime) == 0


def sealed(world: World) -> str:
    report_id = taken(world)
    world.pass_s(600)
    assert sealing.sweep(world.runtime) >= 1
    return report_id


def test_sealed_only_who_has_unlocked_hears_and_reads_all(
    world: World, paper: tuple[str, str]
) -> None:
    ana = supervisor(world)
    assert choose(ana) == 303
    report_id = sealed(world)
    sign_in(ana)  # a new session: locked
    page = ana.get(f"/reports/{report_id}").text
    assert "Where words stand here" in page
    assert "jonas" not in page
    assert "gun" in page  # what responders need stays
    assert sound_of(ana, world, report_id) == 403
    assert unlock(ana, "not mine at all") == 422
    assert unlock(ana, PASSPHRASE) == 303
    assert sound_of(ana, world, report_id) == tone()
    with_words = ana.get(f"/reports/{report_id}").text
    assert "Where words stand here" not in with_words
    send(ana, "/account/sealed-reports/locked")
    assert sound_of(ana, world, report_id) == 403


def test_the_next_request_in_the_same_thread_is_not_unlocked(
    world: World, paper: tuple[str, str]
) -> None:
    ana, ben = supervisor(world), supervisor(world, "ben")
    choose(ana)
    report_id = sealed(world)
    assert sound_of(ana, world, report_id) == tone()
    assert sound_of(ben, world, report_id) == 403
    assert locks.reader() is None


def test_a_new_supervisor_opens_what_a_colleague_shares(
    world: World, paper: tuple[str, str]
) -> None:
    ana, ben = supervisor(world), supervisor(world, "ben")
    choose(ana)
    report_id = sealed(world)
    prove_again(ana)
    prove_again(ben)
    assert choose(ben, NEW_PASSPHRASE) == 303
    assert sound_of(ben, world, report_id) == 403
    with world.database.transaction() as session:
        ids = {a.name: a.id for a in session.scalars(select(Account))}
    shared = f"/account/sealed-reports/shared/{ids['ben']}"
    assert send(ben, f"/account/sealed-reports/shared/{ids['ana']}").status_code == 303
    assert sound_of(ben, world, report_id) == 403  # nobody shares with themselves by this
    assert send(ana, shared).status_code == 303
    assert sound_of(ben, world, report_id) == tone()


def test_another_passphrase_keeps_access(world: World, paper: tuple[str, str]) -> None:
    ana = supervisor(world)
    choose(ana)
    report_id = sealed(world)
    prove_again(ana)
    assert choose(ana, NEW_PASSPHRASE) == 303
    sign_in(ana)
    assert choose(ana, "yet another one, unasked") == 403  # locked: no new key by accident
    assert unlock(ana, PASSPHRASE) == 422
    assert unlock(ana, NEW_PASSPHRASE) == 303
    assert sound_of(ana, world, report_id) == tone()


def test_all_supervisors_lost_their_passphrase_and_the_paper_opens(
    world: World, paper: tuple[str, str]
) -> None:
    ana = supervisor(world)
    choose(ana)
    report_id = sealed(world)
    sign_in(ana)
    assert choose(ana, NEW_PASSPHRASE, begin="1") == 303
    assert sound_of(ana, world, report_id) == 403
    with world.database.transaction() as session:
        kept = locks.recovery(session)
        ana_id = session.scalars(select(Account.id).where(Account.name == "ana")).one()
        holder = unlocking.holder_of(session, ana_id)
        assert kept is not None
        assert holder is not None
        giver = Reader(kept.id, boxes.join(*paper))
        assert locks.share(session, giver, holder, of_reports.keys_seen(None)) == 1
    assert sound_of(ana, world, report_id) == tone()


def test_without_the_ceremony_nothing_is_sealed(world: World) -> None:
    choose(supervisor(world))
    taken(world)
    world.pass_s(86400)
    assert sealing.sweep(world.runtime) == 0


def test_closing_seals_at_once_and_drops_the_masked_words(
    world: World, paper: tuple[str, str]
) -> None:
    choose(supervisor(world))
    report_id = leave_message(world, text=SAID)
    sorted_out(world)
    close(world, report_id)
    assert sealing.sweep(world.runtime) == 1
    with world.database.transaction() as session:
        report = session.get_one(Report, report_id)
        assert [one.text for one in transcripts.read(session, world.vault, report)] == [""]
        assert session.scalars(select(Transcript.masked)).all() == [None]


def test_a_correction_is_sealed_too_and_shows_in_the_masked_words(
    world: World, paper: tuple[str, str]
) -> None:
    choose(supervisor(world))
    report_id = taken(world)
    correct(world, message_of(world, report_id))
    world.pass_s(600)
    assert sealing.sweep(world.runtime) == 1
    with world.database.transaction() as session:
        assert len(of_reports.sealed_keys(session, report_id)) == 1
        message = session.scalars(select(Message).where(Message.report_id == report_id)).one()
        with pytest.raises(Locked):
            audio.load_parts(session, world.vault, message)
        locks.shred(session, of_reports.sealed_keys(session, report_id))


def test_sound_that_comes_late_is_kept_and_sealed_in_the_next_round(
    world: World, paper: tuple[str, str]
) -> None:
    ana = supervisor(world)
    choose(ana)
    report_id = sealed(world)
    message_id = message_of(world, report_id)
    with world.database.transaction() as session:
        audio.store(session, world.vault, session.get_one(Message, message_id), tone(), "audio/wav")
    assert sealing.sweep(world.runtime) == 1
    assert sealing.sweep(world.runtime) == 0
    assert ana.get(f"/messages/{message_id}/audio").status_code == 200
    with world.database.transaction() as session:
        assert len(of_reports.sealed_keys(session, report_id)) == 2
        assert None not in set(session.scalars(select(AudioChunk.data_key_id)))


def test_one_that_cannot_be_sealed_keeps_no_other_waiting(
    world: World, paper: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 1)
    choose(supervisor(world))
    broken, other = taken(world), taken(world)
    with world.database.transaction() as session:
        message_id = message_of(world, broken)
        altered = update(AudioChunk).where(AudioChunk.message_id == message_id)
        session.execute(altered.values(data=Sealed(b"not what it was")))
    world.pass_s(600)
    assert sealing.sweep(world.runtime) == 1
    with world.database.transaction() as session:
        assert of_reports.sealed_keys(session, broken) == []
        assert len(of_reports.sealed_keys(session, other)) == 1


def test_a_supervisor_of_another_district_is_given_no_key(
    world: World, paper: tuple[str, str]
) -> None:
    choose(supervisor(world))
    add_person(world, "ben", Role.SUPERVISOR, district="south")
    ben = world.app().test_client()
    sign_in(ben, "ben")
    choose(ben)
    leave_message(world, text=SAID, district="north")
    sorted_out(world)
    with world.database.transaction() as session:
        report = session.query(Report).one()
        report.state = ReportState.CLOSED
    assert sealing.sweep(world.runtime) == 1
    with world.database.transaction() as session:
        assert session.query(SealedKey).count() == 2  # ana and the recovery key


def test_sharing_gives_a_colleague_what_their_district_may_see(
    world: World, paper: tuple[str, str]
) -> None:
    ana = supervisor(world)
    choose(ana)
    reports = {}
    for district in ("north", "south", None):
        reports[district] = leave_message(world, text=SAID, district=district)
    sorted_out(world)
    with world.database.transaction() as session:
        for report in session.query(Report):
            report.state = ReportState.CLOSED
    assert sealing.sweep(world.runtime) == 3
    add_person(world, "ben", Role.SUPERVISOR, district="south")
    ben = world.app().test_client()
    sign_in(ben, "ben")
    choose(ben)
    with world.database.transaction() as session:
        ben_id = session.scalars(select(Account.id).where(Account.name == "ben")).one()
    send(ana, f"/account/sealed-reports/shared/{ben_id}")
    assert sound_of(ben, world, reports["south"]) == tone()
    assert sound_of(ben, world, reports[None]) == tone()
    with world.database.transaction() as session:
        holder = unlocking.holder_of(session, ben_id)
        assert holder is not None
        given = session.query(SealedKey).filter_by(holder_id=holder.id).count()
    assert given == 2  # the key of the north's report is not among them


def test_who_is_no_supervisor_any_more_reads_nothing_with_their_old_key(
    world: World, paper: tuple[str, str]
) -> None:
    ana = supervisor(world)
    choose(ana)
    report_id = sealed(world)
    assert sound_of(ana, world, report_id) == tone()
    with world.database.transaction() as session:
        account = session.scalars(select(Account).where(Account.name == "ana")).one()
        account.role = Role.COUNSELOR  # by SQL: their sessions go on
        session.get_one(Report, report_id).assignee = account.id
    assert sound_of(ana, world, report_id) == 403


def test_a_purged_report_opens_for_nobody_though_they_unlock(
    world: World, paper: tuple[str, str]
) -> None:
    """Its sealed keys go with it, and no sweep looks at it again."""
    ana = supervisor(world)
    choose(ana)
    report_id = taken(world)
    world.pass_s(601)
    assert sealing.sweep(world.runtime) == 1
    with world.database.transaction() as session:
        assert session.scalars(select(SealedKey)).all() != []
        shred(session, session.get_one(Report, report_id), world.now)
    with world.database.reading() as session:
        assert session.scalars(select(SealedKey)).all() == []
        assert [key.id for key in session.scalars(select(DataKey)) if not any(key.wrapped)]
    assert sealing.sweep(world.runtime) == 0
    assert ana.get(f"/reports/{report_id}").status_code == 404
    assert sound_of(ana, world, report_id) == 404
