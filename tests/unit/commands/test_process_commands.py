"""`hotline worker` and `hotline media`: what cannot be started says in one sentence why."""

import base64

import pytest
from click.testing import CliRunner

from hotline.cli import main

REDIS = {"HOTLINE_REDIS_URL": "redis://127.0.0.1:9", "HOTLINE_LANGUAGES": "en,es,ar"}

TELNYX = {
    "HOTLINE_CARRIER": "telnyx",
    "HOTLINE_CARRIER_KEY": base64.b64encode(bytes(32)).decode(),
    "HOTLINE_CARRIER_APPLICATION": "17",
    "HOTLINE_TWILIO_ACCOUNT_SID": "an-account",
    "HOTLINE_TWILIO_AUTH_TOKEN": "its-key",
    "HOTLINE_PUBLIC_URL": "https://hotline.example",
}


@pytest.mark.parametrize(
    ("command", "environment", "sentence"),
    [
        (["media"], {"HOTLINE_RECORD": "verb"}, "Callers are recorded by the carrier"),
        (["media"], {"HOTLINE_PUBLIC_URL": "http://example.org"}, "HOTLINE_PUBLIC_URL with TLS"),
        (["media"], {"HOTLINE_MEDIA_BIND": "8081"}, "HOTLINE_MEDIA_BIND"),
        (["media"], {"HOTLINE_MEDIA_BIND": "127.0.0.1:99999"}, "must be host:port"),
        (["media"], TELNYX, "needs a carrier that streams"),
        (["media"], TELNYX | {"HOTLINE_RECORD": "stream"}, "needs a carrier that streams"),
        (["dispatcher"], TELNYX | {"HOTLINE_RECORD": "stream"}, "HOTLINE_RECORD=stream: Telnyx"),
        (["dispatcher"], {"HOTLINE_CARRIER": "somleng"}, "Somleng has no conferences"),
        (["setup", "twilio"], TELNYX, "enter the addresses there by hand"),
        (["worker"], {}, "needs HOTLINE_REDIS_URL"),
        (["worker"], REDIS | {"HOTLINE_WORKER_SETS": "en,es;ar"}, "which of the 2 sets"),
        (["worker", "--set", "3"], REDIS | {"HOTLINE_WORKER_SETS": "en,es;ar"}, "which of the 2"),
        (["worker"], REDIS | {"HOTLINE_WORKER_SETS": "en;ar"}, "each of HOTLINE_LANGUAGES once"),
    ],
)
def test_it_is_refused_with_one_sentence(
    command: list[str], environment: dict[str, str], sentence: str
) -> None:
    result = CliRunner().invoke(main, command, env=environment)
    assert result.exit_code == 2
    assert sentence in result.output
    assert len(result.output.strip().splitlines()) == 1
