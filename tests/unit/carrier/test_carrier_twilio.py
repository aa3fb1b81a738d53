"""What a failed request means: done, not done, or nobody knows."""

import pytest
import requests
from twilio.base.exceptions import TwilioException
from urllib3.connection import HTTPConnection
from urllib3.exceptions import (
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)

from hotline.carrier.port import Busy, CarrierError, Refused, Uncertain
from hotline.carrier.rest import asked

HERE = HTTPConnection("127.0.0.1")
NUMBER = "+15550100001"


def wrapped(reason: Exception) -> requests.exceptions.ConnectionError:
    """As `requests` wraps what urllib3 says."""
    return requests.exceptions.ConnectionError(MaxRetryError(None, NUMBER, reason))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (requests.exceptions.ConnectTimeout(NUMBER), Busy, "connect_timeout"),
        (wrapped(NewConnectionError(HERE, "refused")), Busy, "unreachable"),
        (wrapped(NameResolutionError("h", HERE, OSError())), Busy, "unreachable"),
        (requests.exceptions.ReadTimeout(NUMBER), Uncertain, "timeout"),
        (wrapped(ReadTimeoutError(None, NUMBER, "slow")), Uncertain, "connection"),  # type: ignore[arg-type]
        (requests.exceptions.ConnectionError(NUMBER), Uncertain, "connection"),
        (requests.exceptions.ConnectionError(), Uncertain, "connection"),
        (requests.exceptions.SSLError(NUMBER), Uncertain, "connection"),
        (requests.exceptions.ChunkedEncodingError(NUMBER), Uncertain, "connection"),
        (TwilioException(NUMBER), Uncertain, "malformed_answer"),
        (ValueError(NUMBER), Uncertain, "malformed_answer"),
        (KeyError(NUMBER), Uncertain, "malformed_answer"),
        (Refused("bad_id"), Refused, "bad_id"),
    ],
)
def test_every_failure_has_its_meaning(
    error: Exception, kind: type[CarrierError], code: str
) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(CarrierError) as caught:
        asked(fail)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert caught.value.__suppress_context__ or caught.value is error
    assert NUMBER not in str(caught.value)
