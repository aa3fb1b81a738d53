"""One contract for every carrier: its webhooks, as its own pages have them, go through the real
application, and every answer is in words that it knows.

No carrier but our own switch has been tried live (docs/carriers.md).
"""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hotline.app import create_app
from hotline.carrier import choice
from hotline.carrier.kinds import KINDS
from hotline.context import Runtime
from hotline.reports.model import AudioState, Call, Message, Report, ReportState
from hotline.settings import SettingsError
from hotline.tasks import heartbeat
from ivr.views import create_blueprint
from tests.conftest import MakeRuntime
from tests.fakes.carrier import FakeCarrier
from tests.fakes.clock import VirtualClock
from tests.support.dialects import FORM_TYPE, Played, forms, ring, settings_of, waiting
from tests.unit.ivr import house as house_module
from transcription.media import messages

FITTING = [kind for kind in KINDS if KINDS[kind].conference]


@pytest.fixture(params=list(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    """Each carrier once."""
    return str(request.param)


@pytest.fixture
def carrier(clock: VirtualClock) -> FakeCarrier:
    """A scripted carrier: what is asked of the real ones is in the tests of their adapters."""
    return FakeCarrier(clock)


@pytest.fixture
def runtime(
    kind: str, make_runtime: MakeRuntime, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> Runtime:
    """A hotline at that carrier; its media process lives."""
    monkeypatch.setattr(FakeCarrier, "capabilities", KINDS[kind])
    made = make_runtime(sqlite_url, **settings_of(kind), degraded_after_s=15.0)
    with made.database.transaction() as session:
        heartbeat.beat(session, heartbeat.MEDIA, made.clock())
    return made


@pytest.fixture
def client(runtime: Runtime) -> FlaskClient:
    return create_app(runtime, [create_blueprint(runtime)]).test_client()


@pytest.fixture
def leg(client: FlaskClient, runtime: Runtime, kind: str) -> Played:
    return Played(client, runtime, kind)


def message_of(runtime: Runtime) -> Message:
    with runtime.database.transaction() as session:
        return session.scalars(select(Message)).one()


def speaking(leg: Played) -> Played:
    """A caller who is asked to speak after the tone."""
    leg.arrive().press("1", "2")
    while not (leg.has("Record") or leg.has("Connect")):
        leg.redirected()
    return leg


def test_every_form_has_its_source(kind: str) -> None:
    told = [value for value in forms(kind).values() if isinstance(value, dict)]
    assert len(told) >= 5
    assert all(value["source"].startswith(("https://", "docs/")) for value in told)


def test_a_call_comes_in_and_a_key_is_pressed(leg: Played) -> None:
    leg.arrive()
    assert "offer_language" in leg.says
    assert leg.press("1").says[0] == "danger"
    assert leg.one("Gather").attrib.get("method", "POST") == "POST"


def test_a_message_is_recorded_as_the_carrier_can(leg: Played, runtime: Runtime) -> None:
    speaking(leg)
    assert leg.has("Connect") == leg.can.stream
    if leg.can.stream:
        assert leg.one("Stream").attrib["url"].endswith("/voice/stream")
        return
    record = leg.one("Record").attrib
    assert ("timeout" in record) == leg.can.silence_ends
    leg.record(7)
    assert leg.says[0] == "review_send"
    leg.tell("recording", record["recordingStatusCallback"])
    assert message_of(runtime).carrier_recording_id == leg.forms["recording_id"]
    assert message_of(runtime).audio is AudioState.AWAITED
    leg.press("1")
    leg.tell("status", "/voice/status")
    with runtime.database.transaction() as session:
        assert session.scalars(select(Call)).one().ended_at is not None
        assert session.scalars(select(Report)).one().state is not ReportState.DRAFT


def test_where_a_stream_is_lost_every_carrier_records(leg: Played, runtime: Runtime) -> None:
    speaking(leg)
    if leg.has("Connect"):
        leg.redirected()  # the stream could not be opened
        assert leg.one("Record").attrib["recordingStatusCallback"].endswith("rp=4xx,5xx,ct,rt")
        leg.tell("recording", leg.one("Record").attrib["recordingStatusCallback"])
        assert message_of(runtime).carrier_recording_id == leg.forms["recording_id"]


def test_what_a_stream_says_first_is_understood(kind: str) -> None:
    recorded = forms(kind).get("stream")
    if recorded is None:
        assert not KINDS[kind].stream
        return
    assert ("customParameters" in recorded["message"]) == (KINDS[kind].parameters_at == "beside")
    start = messages.parse(json.dumps(recorded["message"]))
    assert isinstance(start, messages.Start)
    assert start.call_id == forms(kind)["call_id"]
    assert start.parameters == {"message": "m-1", "token": "t-1"}


@pytest.mark.parametrize("kind", FITTING, indirect=True)
def test_whoever_presses_1_meets_the_caller_in_a_conference(
    runtime: Runtime, carrier: FakeCarrier, kind: str, clock: VirtualClock
) -> None:
    house = house_module.on_duty(runtime, carrier, clock.seconds)
    caller = waiting(house, kind)
    responder = Played(house.client, runtime, kind, ring(house))
    responder.post(carrier.calls[responder.call_id].url)
    responder.press("1")
    room = responder.one("Conference").text
    house.engine.tick()
    caller.post(carrier.calls[caller.call_id].redirects[-1])
    assert caller.one("Conference").text == room
    responder.tell("status", carrier.calls[responder.call_id].status_url)
    caller.tell("status", "/voice/status")


@pytest.mark.parametrize("kind", FITTING, indirect=True)
def test_without_a_dispatcher_phones_are_rung_only_where_they_can_be_asked_for_a_key(
    runtime: Runtime, carrier: FakeCarrier, kind: str, clock: VirtualClock
) -> None:
    house = house_module.on_duty(runtime, carrier, clock.seconds)
    caller = waiting(house, kind, tick=False)
    house.runtime.clock.advance(20.0)  # type: ignore[attr-defined]
    caller.silence()
    assert caller.has("Dial") == KINDS[kind].whisper
    if KINDS[kind].whisper:
        phone = Played(house.client, runtime, kind, "CA" + "9" * 32)
        phone.post(caller.one("Number").attrib["url"])
        phone.press("1")
        assert not phone.has("Hangup")
    else:
        assert caller.has("Gather")


def test_what_another_carrier_would_have_signed_is_refused(
    client: FlaskClient, runtime: Runtime, leg: Played, kind: str
) -> None:
    leg.arrive()
    target, body, right = leg.sent[-1]
    for other in KINDS:
        if KINDS[other].signature == KINDS[kind].signature:
            continue
        stranger = Played(client, runtime, other, leg.call_id)
        assert stranger.arrive().documents == []
    for headers in ({}, dict.fromkeys(right, "AAAA")):
        answer = client.post(target, data=body, headers=headers, content_type=FORM_TYPE)
        assert answer.status_code == 403


def test_a_carrier_on_which_nobody_could_be_helped_is_refused(kind: str, runtime: Runtime) -> None:
    if kind in FITTING:
        choice.open_carrier(runtime.settings).close()  # type: ignore[attr-defined]
        return
    with pytest.raises(SettingsError, match="no conferences"):
        choice.open_carrier(runtime.settings)
