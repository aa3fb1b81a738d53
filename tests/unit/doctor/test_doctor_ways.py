"""What doctor and Health say of the ways to tell an alarm, and `hotline alarm try`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline.cli import main
from hotline.database.engine import Database
from hotline.dispatch import outside
from hotline.dispatch.model import AlarmWay
from hotline.dispatch.outside import Way
from hotline.doctor import ways
from hotline.doctor.examination import CHECKS, WHILE_RUNNING
from hotline.doctor.finding import Level
from tests.support.ears import open_ears
from tests.support.smtp import open_smtp
from tests.unit.doctor.conftest import CARRIER, MakeSettings

NOW = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
MAIL = {
    "mail_host": "127.0.0.1",
    "mail_tls": "none",
    "mail_from": "hotline@example.org",
    "mail_to": "duty@example.org",
}


def test_a_hotline_whose_alarms_only_ring_phones(make_settings: MakeSettings) -> None:
    assert list(ways.alarm_ways(make_settings())) == []
    [found] = ways.alarm_ways(make_settings(**CARRIER))
    assert (found.level, found.says) == (
        Level.WARN,
        "An alarm only rings phones: it is neither posted nor mailed.",
    )


@pytest.mark.parametrize(
    ("carrier", "error", "level", "says"),
    [
        ({}, "never", Level.OK, "Alarms are mailed to HOTLINE_MAIL_TO; none was yet."),
        (CARRIER, "never", Level.WARN, "Alarms are mailed to HOTLINE_MAIL_TO; none was yet."),
        (CARRIER, None, Level.OK, "An alarm was last mailed 2 h ago."),
        (CARRIER, "answer_535", Level.BAD, "The last alarm could not be mailed (answer_535), 2 h"),
    ],
)
def test_what_is_said_of_a_way(
    make_settings: MakeSettings, carrier: dict[str, str], error: str | None, level: Level, says: str
) -> None:
    row = AlarmWay(way="mail", tried_at=NOW - timedelta(hours=2), error=error)
    settings = make_settings(**MAIL, **carrier)
    found = ways.judged(settings, Way.MAIL, None if error == "never" else row, NOW)
    assert found.level is level
    assert found.says.startswith(says)
    assert bool(found.mend) is (level is not Level.OK)


def test_the_database_is_asked(make_settings: MakeSettings, sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.transaction() as session:
        outside.note(session, Way.POST, "timeout", datetime.now(UTC))
    database.close()
    settings = make_settings(alarm_url="https://alarm.example.org/hook", **MAIL)
    posted, mailed = ways.alarm_ways(settings)
    assert posted.says == "The last alarm could not be posted (timeout), 0 s ago."
    assert mailed.level is Level.OK
    nothing = make_settings(database_url=None, data_dir=Path("nowhere"), **MAIL)
    assert list(ways.alarm_ways(nothing)) == []


def test_doctor_goes_as_far_as_signing_in_and_health_does_not(make_settings: MakeSettings) -> None:
    assert ways.mail_server in CHECKS
    assert ways.mail_server not in WHILE_RUNNING
    assert list(ways.mail_server(make_settings())) == []
    with open_smtp() as server:
        settings = make_settings(mail_port=server.port, **MAIL)
        [found] = ways.mail_server(settings)
        assert (found.level, found.says) == (Level.OK, "The mail server lets us in.")
        assert server.mails == []
    [found] = ways.mail_server(settings)
    assert (found.level, found.says) == (
        Level.BAD,
        "The mail server cannot be used (unreachable).",
    )


def test_a_test_alarm_by_hand(sqlite_url: str, tmp_path: Path) -> None:
    with open_ears() as ears, open_smtp() as server:
        env = {
            "HOTLINE_DATABASE_URL": sqlite_url,
            "HOTLINE_DATA_DIR": str(tmp_path),
            "HOTLINE_LANGUAGES": "en",
            "HOTLINE_ALARM_URL": ears.url,
            "HOTLINE_MAIL_PORT": str(server.port),
            **{f"HOTLINE_{name.upper()}": value for name, value in MAIL.items()},
        }
        result = CliRunner().invoke(main, ["alarm", "try"], env=env)
        assert result.output == "HOTLINE_ALARM_URL  taken\nHOTLINE_MAIL_TO  taken\n"
        assert result.exit_code == 0
        assert ears.heard[0]["reason"] == "test"
        assert len(server.mails) == 1
        server.says["MAIL"] = ["550 5.7.1 not from here"]
        result = CliRunner().invoke(main, ["alarm", "try"], env=env)
        assert "HOTLINE_MAIL_TO  NOT TAKEN: answer_550" in result.output
        assert result.exit_code == 1


def test_without_any_way_there_is_nothing_to_try(sqlite_url: str, tmp_path: Path) -> None:
    env = {"HOTLINE_DATABASE_URL": sqlite_url, "HOTLINE_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(main, ["alarm", "try"], env=env)
    assert result.exit_code == 2
    assert "alarms ring phones only" in result.output
