"""`hotline setup twilio` against a server that answers as Twilio does: shown, then changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from tests.support.twilio import ACCOUNT, OURS, ROOT, TOKEN, FakeTwilio, Reply, refusal

NUMBER = "PN" + "4e" * 16
PUBLIC = "https://hotline.example.org"
NUMBERS = f"{ROOT}/IncomingPhoneNumbers"
RIGHT = {
    "voice_url": f"{PUBLIC}/voice",
    "voice_method": "POST",
    "voice_fallback_url": "https://handler.twilio.com/twiml/EH1",
    "voice_fallback_method": "POST",
    "status_callback": f"{PUBLIC}/voice/status",
    "status_callback_method": "POST",
}
FRESH = {**RIGHT, "voice_url": "https://demo.twilio.com/welcome/voice/", "status_callback": ""}


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    made = FakeTwilio()
    yield made
    made.close()


def row(**changes: Any) -> dict[str, Any]:
    return {"sid": NUMBER, "phone_number": OURS, **RIGHT, **changes}


def rows(*found: dict[str, Any]) -> Reply:
    page = {"page": 0, "page_size": 20, "next_page_uri": None}
    return Reply(body={"incoming_phone_numbers": list(found), **page})


def run(twilio: FakeTwilio | None, *arguments: str, **environment: str) -> Result:
    settings = {
        "HOTLINE_PUBLIC_URL": PUBLIC,
        "HOTLINE_PHONE_NUMBER": OURS,
        "HOTLINE_TWILIO_ACCOUNT_SID": ACCOUNT,
        "HOTLINE_TWILIO_AUTH_TOKEN": TOKEN,
        **({"HOTLINE_TWILIO_API_URL": twilio.url} if twilio else {}),
        **environment,
    }
    return CliRunner().invoke(main, ["setup", "twilio", *arguments], env=settings)


def test_what_is_right_is_left_alone(twilio: FakeTwilio) -> None:
    twilio.answer(rows(row()))
    done = run(twilio, "--apply")
    assert done.exit_code == 0, done.output
    assert "Nothing is to be changed." in done.output
    assert [(seen.method, seen.path) for seen in twilio.seen] == [("GET", f"{NUMBERS}.json")]
    assert ("PhoneNumber", OURS) in twilio.seen[0].query


def test_a_fresh_number_is_shown_and_not_touched(twilio: FakeTwilio) -> None:
    twilio.answer(rows(row(**FRESH)))
    done = run(twilio)
    assert done.exit_code == 1
    assert f"* voice_url               {FRESH['voice_url']}  →  {PUBLIC}/voice" in done.output
    assert f"* status_callback         (none)  →  {PUBLIC}/voice/status" in done.output
    assert "Run it again with --apply." in done.output
    assert len(twilio.seen) == 1


def test_with_apply_it_is_changed_and_its_fallback_kept(twilio: FakeTwilio) -> None:
    twilio.answer(rows(row(**FRESH)), Reply(body=row()))
    done = run(twilio, "--apply")
    assert done.exit_code == 0, done.output
    change = twilio.seen[1]
    assert (change.method, change.path) == ("POST", f"{NUMBERS}/{NUMBER}.json")
    assert dict(change.form) == {
        "VoiceUrl": f"{PUBLIC}/voice",
        "VoiceMethod": "POST",
        "VoiceFallbackUrl": RIGHT["voice_fallback_url"],
        "VoiceFallbackMethod": "POST",
        "StatusCallback": f"{PUBLIC}/voice/status",
        "StatusCallbackMethod": "POST",
    }
    assert "Changed." in done.output


def test_without_a_fallback_the_hotline_is_asked_once_more(twilio: FakeTwilio) -> None:
    twilio.answer(rows(row(voice_fallback_url="")))
    assert f"* voice_fallback_url      (none)  →  {PUBLIC}/voice" in run(twilio).output


def test_another_fallback_is_asked_for(twilio: FakeTwilio) -> None:
    bin_ = "https://handler.twilio.com/twiml/EH2"
    twilio.answer(rows(row()), Reply(body=row(voice_fallback_url=bin_)))
    assert run(twilio, "--apply", "--fallback-url", bin_).exit_code == 0
    assert dict(twilio.seen[1].form)["VoiceFallbackUrl"] == bin_


def test_an_answer_that_changed_nothing_is_no_success(twilio: FakeTwilio) -> None:
    twilio.answer(rows(row(**FRESH)), Reply(body=row(**FRESH)))
    done = run(twilio, "--apply")
    assert done.exit_code == 2
    assert "did not do it (not_set)" in done.output


@pytest.mark.parametrize("leads", [{"voice_application_sid": "AP1"}, {"trunk_sid": "TK1"}])
def test_a_number_that_something_else_leads_is_refused(
    twilio: FakeTwilio, leads: dict[str, str]
) -> None:
    twilio.answer(rows(row(**FRESH, **leads)))
    done = run(twilio, "--apply")
    assert done.exit_code == 2
    assert "A TwiML app or a SIP trunk" in done.output
    assert len(twilio.seen) == 1


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (rows(), "This account has no such number"),
        (rows({**RIGHT, "sid": NUMBER, "phone_number": OURS + "0"}), "has no such number"),
        (refusal(401, 20003), "refuses the account's id or token"),
        (refusal(500), "did not do it"),
        (Reply(200, b"<html>", {}), "did not do it"),
    ],
)
def test_what_goes_wrong_is_one_sentence(twilio: FakeTwilio, reply: Reply, says: str) -> None:
    twilio.answer(reply)
    done = run(twilio)
    assert done.exit_code == 2
    assert says in done.output
    assert "Traceback" not in done.output
    assert TOKEN not in done.output


@pytest.mark.parametrize(
    ("environment", "arguments", "says"),
    [
        ({"HOTLINE_PUBLIC_URL": "http://hotline.example.org"}, [], "HOTLINE_PUBLIC_URL must begin"),
        ({}, ["--fallback-url", "http://x.example.org"], "--fallback-url must begin"),
    ],
)
def test_addresses_are_https(
    twilio: FakeTwilio, environment: dict[str, str], arguments: list[str], says: str
) -> None:
    done = run(twilio, *arguments, **environment)
    assert done.exit_code == 2
    assert says in done.output
    assert twilio.seen == []


def test_without_an_account_it_says_what_to_set() -> None:
    none = {"HOTLINE_TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "HOTLINE_TWILIO_AUTH_TOKEN": ""}
    done = run(None, **none)
    assert done.exit_code == 2
    assert "Set HOTLINE_TWILIO_ACCOUNT_SID" in done.output
