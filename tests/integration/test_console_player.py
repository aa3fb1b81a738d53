"""The wave, downloads and the speed of the player; and who sees and hears nothing of it."""

import io

import numpy as np
import pytest
import soundfile
from flask.testing import FlaskClient

from hotline.audit import AuditEntry
from hotline.people.model import Account, Role
from hotline.privacy.cipher import DataKey
from hotline.reports import audio
from hotline.reports.model import Message, Report
from tests.support.console import (
    ARABIC,
    World,
    browser_of,
    correct,
    give_reason,
    leave_message,
    message_of,
    send,
    tone,
)


def acts(world: World) -> list[tuple[str, str]]:
    with world.database.transaction() as session:
        return [(e.action, e.subject) for e in session.query(AuditEntry).order_by(AuditEntry.seq)]


def number_of(world: World, report_id: str) -> str:
    with world.database.transaction() as session:
        return session.get_one(Report, report_id).number


def test_the_wave_is_made_once_and_kept(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/messages/{message_of(world, leave_message(world))}/peaks"
    first = client.get(path).get_json()
    assert first["duration_s"] == 2.0
    assert len(first["peaks"]) == 400
    assert all(40 < peak < 46 for peak in first["peaks"])  # √(6000 / 32768)
    monkeypatch.setattr(audio, "load_parts", lambda *_: pytest.fail("it was kept"))
    assert client.get(path).get_json() == first


def test_to_see_the_wave_is_not_to_listen(world: World, client: FlaskClient) -> None:
    client.get(f"/messages/{message_of(world, leave_message(world))}/peaks")
    assert "message.played" not in {action for action, _ in acts(world)}


def test_what_needs_a_decoder_has_no_wave_here(world: World, client: FlaskClient) -> None:
    message_id = message_of(world, leave_message(world))
    file = io.BytesIO()
    soundfile.write(file, np.zeros(8000, np.int16), 8000, format="FLAC")
    with world.database.transaction() as session:
        message = session.get_one(Message, message_id)
        audio.drop(session, message)
        audio.store(session, world.vault, message, file.getvalue(), "audio/flac")
    found = client.get(f"/messages/{message_id}/peaks").get_json()
    assert found == {"duration_s": 48.0, "peaks": []}


def test_the_sound_of_a_shredded_report_has_no_wave(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    with world.database.transaction() as session:
        key = session.get_one(DataKey, session.get_one(Report, report_id).data_key_id)
        key.wrapped = type(key.wrapped)(b"\0" * 60)
    message_id = message_of(world, report_id)
    assert client.get(f"/messages/{message_id}/peaks").status_code == 404
    assert client.get(f"/messages/{message_id}/download").status_code == 404


def test_a_download_is_a_file_called_by_the_reports_number(
    world: World, client: FlaskClient
) -> None:
    report_id = leave_message(world)
    message_id = message_of(world, report_id)
    answer = client.get(f"/messages/{message_id}/download")
    assert answer.data == tone()
    number = number_of(world, report_id)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.wav"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert acts(world)[-1] == ("message.downloaded", f"message:{message_id}")
    assert f"/messages/{message_id}/download" in client.get(f"/reports/{report_id}").text


def test_a_counselor_hears_and_takes_nothing_along(world: World) -> None:
    report_id = leave_message(world)
    counselor = browser_of(world, Role.COUNSELOR)
    with world.database.transaction() as session:
        session.get_one(Report, report_id).assignee = session.query(Account).one().id
    message_id = message_of(world, report_id)
    page = counselor.get(f"/reports/{report_id}").text
    assert "data-player" in page
    assert "/download" not in page
    assert "data-correct-form" not in page
    assert counselor.get(f"/messages/{message_id}/download").status_code == 403
    assert counselor.get(f"/messages/{message_id}/peaks").status_code == 200


def test_a_counselor_reads_who_corrected_what(world: World) -> None:
    report_id = leave_message(world)
    correct(world, message_of(world, report_id), 2, 2, "she")
    counselor = browser_of(world, Role.COUNSELOR)
    with world.database.transaction() as session:
        session.get_one(Report, report_id).assignee = session.query(Account).one().id
    page = counselor.get(f"/reports/{report_id}").text
    assert "The machine wrote “" in page
    assert "Corrected" in page
    assert ">Undo<" not in page


def test_the_speed_is_kept_with_the_account(world: World, client: FlaskClient) -> None:
    report_id = leave_message(world)
    assert '<option value="1" selected>' in client.get(f"/reports/{report_id}").text
    send(client, "/account", {"locale": "en", "theme": "dark", "shortcuts": "y"})
    assert send(client, "/account/speed", {"speed": "1.5"}).status_code == 204
    assert '<option value="1.5" selected>' in client.get(f"/reports/{report_id}").text
    for wrong in ({}, {"speed": "3"}, {"speed": "fast"}):
        assert send(client, "/account/speed", wrong).status_code == 422
    with world.database.transaction() as session:
        preferences = session.query(Account).one().preferences or {}
    assert (preferences["speed"], preferences["theme"]) == ("1.5", "dark")


def test_whoever_reads_no_words_finds_none(world: World) -> None:
    report_id = leave_message(world)
    give_reason(world, report_id, "picture of a gun", "weapons", "life-safety")
    correct(world, message_of(world, report_id), 9, 9, "dinner")
    page = browser_of(world, Role.AUDITOR).get(f"/reports/{report_id}").text
    told = page.split("<main", 1)[1]
    assert "how long it is and what was done" in told
    assert "48 s" in told
    assert "Weapons, danger to life" in told
    said = ("picture", "gun", "lunch", "thursday", "dinner", "The machine wrote")
    for never in (*said, "<audio", "data-player", "data-w", "<q "):
        assert never not in told, never


def test_an_arabic_message_keeps_its_player_left_to_right(
    world: World, client: FlaskClient
) -> None:
    page = client.get(f"/reports/{leave_message(world, 'ar', ARABIC)}").text
    assert '<div class="transcript" lang="ar" dir="rtl">' in page
    assert '<details class="correct" data-correct lang="en" dir="ltr">' in page


def test_the_players_style_may_be_made_and_no_other(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/reports/{leave_message(world)}")
    policy = answer.headers["Content-Security-Policy"]
    nonce = answer.text.split('data-nonce="')[1].split('"')[0]
    assert f"style-src 'self' 'nonce-{nonce}'" in policy
    assert "unsafe" not in policy
