"""What goes out from a report: replies to the caller, disclosures to others."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hotline.people.model import Role
from hotline.reports.casework import replies
from tests.support.console import (
    World,
    leave_message,
    tone,
)
from tests.support.desk import SHARED, do, kinds, other_browser, taken_report


@pytest.fixture
def report_id(world: World) -> str:
    """A report that Counselor 1 took by phone."""
    return taken_report(world)


def test_a_reply_waits_for_the_caller(world: World, client: FlaskClient, report_id: str) -> None:
    assert do(client, report_id, "replies", {"reply": " "}).status_code == 422
    too_long = do(client, report_id, "replies", {"reply": "x" * (replies.LONGEST + 1)})
    assert too_long.status_code == 422
    assert do(client, report_id, "replies", {"reply": "You did right."}).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert '<bdi lang="en">You did right.</bdi>' in page
    assert "The caller has not heard it yet." in page


def voice(client: FlaskClient, report_id: str, data: bytes) -> TestResponse:
    head = b'Content-Disposition: form-data; name="sound"; filename="reply.wav"'
    body = b"--edge\r\n" + head + b"\r\n\r\n" + data + b"\r\n--edge--\r\n"
    return client.post(
        f"/reports/{report_id}/replies/voice",
        data=body,
        headers={"Sec-Fetch-Site": "same-origin"},
        content_type="multipart/form-data; boundary=edge",
    )


def test_a_reply_by_voice_is_checked_and_kept(
    world: World, client: FlaskClient, report_id: str
) -> None:
    assert voice(client, report_id, tone(119.0)).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    found = re.search(rf"/reports/{report_id}/replies/[^/]+/audio", page)
    assert found is not None
    sound = client.get(found[0])
    assert (sound.data[:4], sound.mimetype) == (b"RIFF", "audio/wav")
    assert len(sound.data) == len(tone(119.0))
    assert client.get(f"/reports/{report_id}/replies/none/audio").status_code == 404
    elsewhere = found[0].replace(report_id, leave_message(world))
    assert client.get(elsewhere).status_code == 404


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no recording yet"),
        (b"<html>", "no recording yet"),
        (tone(121.0), "two minutes at most"),
        (bytes(3_000_000), "two minutes at most"),
    ],
    ids=["nothing", "page", "long", "huge"],
)
def test_what_is_no_short_recording_is_refused(
    world: World, client: FlaskClient, report_id: str, data: bytes, says: str
) -> None:
    answer = voice(client, report_id, data)
    assert answer.status_code == 422
    assert says in answer.text
    assert "reply_left" not in kinds(world, report_id)


def test_only_those_who_may_reply_are_asked_for_the_microphone(
    world: World, client: FlaskClient, report_id: str
) -> None:
    mine = client.get(f"/reports/{report_id}").headers["Permissions-Policy"]
    auditor = other_browser(world, "cy", Role.AUDITOR)
    theirs = auditor.get(f"/reports/{report_id}").headers["Permissions-Policy"]
    assert "microphone=(self)" in mine
    assert "microphone=()" in theirs
    assert "microphone=()" in client.get("/reports").headers["Permissions-Policy"]


def test_the_record_of_a_disclosure(world: World, client: FlaskClient, report_id: str) -> None:
    assert do(client, report_id, "disclosures", SHARED).status_code == 303
    page = client.get(f"/reports/{report_id}").text
    assert "<b><bdi>Officer Diaz</bdi></b>, law enforcement: the words." in page
    for missing in SHARED:
        answer = do(client, report_id, "disclosures", {**SHARED, missing: ""})
        assert answer.status_code == 422, missing
    assert "Officer Diaz" in do(client, report_id, "disclosures", {**SHARED, "basis": ""}).text
