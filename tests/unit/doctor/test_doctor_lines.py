"""Own telephone lines: what the switch tells of them becomes a sentence and what mends it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, cast

import pytest

from hotline.carrier import own_switch
from hotline.doctor import lines
from hotline.doctor.finding import Level
from hotline.settings import Settings
from tests.unit.doctor.conftest import MakeSettings
from tests.unit.doctor.test_doctor_machine import one

SIP = {"sip_listen": "192.0.2.10:5060", "sip_trunk": "sip:hotline@192.0.2.1"}
PBX = {
    "asterisk_url": "https://pbx.example:8089",
    "asterisk_password": "secret 1",
    "asterisk_endpoint": "PJSIP/{number}@trunk",
}


class _Switch(BaseHTTPRequestHandler):
    """Answers `GET /control/lines` as the switch does, to whoever has the token."""

    def do_GET(self) -> None:
        server = cast("Any", self.server)
        right = self.headers.get("Authorization") == "Bearer token-1"
        found = self.path == "/control/lines" and right
        self.send_response(200 if found else 401)
        self.end_headers()
        self.wfile.write(json.dumps(server.told).encode() if found else b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def switch() -> Iterator[Any]:
    """A switch whose lines a test describes by `told`."""
    server = HTTPServer(("127.0.0.1", 0), _Switch)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def url(switch: Any) -> str:
    return f"http://127.0.0.1:{switch.server_address[1]}"


def beside(make: MakeSettings, switch: Any, **more: object) -> Settings:
    """Settings whose data directory says where the switch is, as `hotline up` leaves it."""
    settings = make(**more)
    (settings.data_dir / "run").mkdir(exist_ok=True)
    (settings.data_dir / own_switch.SWITCH_FILE).write_text(url(switch))
    (settings.data_dir / own_switch.TOKEN_FILE).write_text("token-1\n")
    return settings


def test_nothing_is_said_where_there_are_none(make_settings: MakeSettings) -> None:
    assert list(lines.own_lines(make_settings())) == []


@pytest.mark.parametrize("given", [SIP, PBX])
def test_a_switch_that_does_not_answer(make_settings: MakeSettings, given: Any) -> None:
    found = one(lines.own_lines(make_settings(**given)))
    assert (found.level, "no call comes in" in found.says) == (Level.BAD, True)


def test_a_part_of_hotline_up_asks_where_its_settings_say(
    make_settings: MakeSettings, switch: Any
) -> None:
    switch.told = {"kind": "sip", "state": "up", "code": 0, "since_s": 300.0}
    given = {**SIP, "twilio_api_url": url(switch), "twilio_auth_token": "token-1"}
    found = one(lines.own_lines(make_settings(**given)))
    assert (found.level, found.says) == (
        Level.OK,
        "We have been registered at the trunk for 5 min.",
    )


@pytest.mark.parametrize(
    ("state", "code", "level", "words"),
    [
        ("unregistered", 0, Level.OK, "no registration is wanted"),
        ("up", 0, Level.OK, "registered at the trunk for 60 s"),
        ("waiting", 0, Level.WARN, "not answered our registration yet"),
        ("refused", 403, Level.BAD, "refuses our registration (403)"),
        ("refused", 503, Level.BAD, "not taken our registration for 60 s (503)"),
        ("lost", 408, Level.BAD, "not taken our registration for 60 s (408)"),
        ("stopped", 0, Level.BAD, "has ended"),
    ],
)
def test_the_registration_at_the_trunk(
    make_settings: MakeSettings, switch: Any, state: str, code: int, level: Level, words: str
) -> None:
    switch.told = {"kind": "sip", "state": state, "code": code, "since_s": 60}
    found = one(lines.own_lines(beside(make_settings, switch, **SIP)))
    assert found.level is level
    assert words in found.says
    assert bool(found.mend) is (level is not Level.OK)


@pytest.mark.parametrize(
    ("state", "code", "lacks", "level", "words"),
    [
        ("up", 0, [], Level.OK, "connected to Asterisk for 60 s"),
        ("up", 0, ["sound"], Level.BAD, "no chan_websocket"),
        ("up", 0, ["endpoint"], Level.BAD, "does not know the endpoint"),
        ("up", 0, ["endpoint_offline"], Level.BAD, "does not answer Asterisk"),
        ("waiting", 0, [], Level.BAD, "has not answered for 60 s"),
        ("lost", 0, [], Level.BAD, "has not answered for 60 s"),
        ("refused", 401, [], Level.BAD, "does not let us in (401)"),
        ("refused", 404, [], Level.BAD, "without its REST interface (404)"),
        ("replaced", 0, [], Level.BAD, "Another program"),
    ],
)
def test_the_connection_to_an_asterisk(
    make_settings: MakeSettings,
    switch: Any,
    state: str,
    code: int,
    lacks: list[str],
    level: Level,
    words: str,
) -> None:
    switch.told = {
        "kind": "asterisk",
        "state": state,
        "code": code,
        "since_s": 60,
        "lacks": lacks,
    }
    found = one(lines.own_lines(beside(make_settings, switch, **PBX)))
    assert found.level is level
    assert words in found.says
    assert bool(found.mend) is (level is not Level.OK)


def test_an_asterisk_without_encryption_is_told_of(
    make_settings: MakeSettings, switch: Any
) -> None:
    switch.told = {"kind": "asterisk", "state": "up", "code": 0, "since_s": 60, "lacks": []}
    plain = PBX | {"asterisk_url": "http://192.0.2.20:8088"}
    found = list(lines.own_lines(beside(make_settings, switch, **plain)))
    assert [each.level for each in found] == [Level.BAD, Level.OK]
    here = PBX | {"asterisk_url": "http://127.0.0.1:8088"}
    assert one(lines.own_lines(beside(make_settings, switch, **here))).level is Level.OK


@pytest.mark.parametrize("told", [[], {}, {"state": None, "code": "x", "since_s": "y"}])
def test_what_a_switch_should_not_say_is_bad_and_no_failure(
    make_settings: MakeSettings, switch: Any, told: Any
) -> None:
    switch.told = told
    for given in (SIP, PBX):
        assert one(lines.own_lines(beside(make_settings, switch, **given))).level is Level.BAD
