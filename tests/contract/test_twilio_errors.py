"""What the Twilio adapter makes of refusals, silence, broken connections and odd answers."""

import socket
from collections.abc import Callable, Iterator

import pytest

from hotline.carrier.port import Busy, CarrierError, NotThere, Refused, Uncertain
from hotline.carrier.twilio import TwilioCarrier
from tests.support.twilio import (
    ACCOUNT,
    EVERY_METHOD,
    OURS,
    ROOT,
    THEIRS,
    TOKEN,
    FakeTwilio,
    Reply,
    call,
    error_of,
    place,
    refusal,
)

every_method = pytest.mark.parametrize(
    "ask", [m for _, m in EVERY_METHOD], ids=[n for n, _ in EVERY_METHOD]
)


@pytest.fixture
def hasty(fake: FakeTwilio) -> Iterator[TwilioCarrier]:
    """An adapter that gives up soon, for the tests in which nobody answers."""
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=fake.url, timeout_s=0.1)
    yield adapter
    adapter.close()


@every_method
@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, 20429, Busy),
        (429, None, Busy),
        (500, None, Uncertain),
        (503, 20503, Uncertain),
        (408, None, Uncertain),
        (400, 21211, Refused),
        (401, 20003, Refused),
        (403, 21210, Refused),
    ],
)
def test_refusals(
    fake: FakeTwilio,
    carrier: TwilioCarrier,
    ask: Callable[[TwilioCarrier], object],
    status: int,
    code: int | None,
    kind: type[CarrierError],
) -> None:
    fake.answer(refusal(status, code))
    error = error_of(ask, carrier)
    assert type(error) is kind
    assert error.code in (str(code), str(status), f"http_{status}")
    assert len(fake.seen) == 1  # the adapter itself never tries twice


# Whoever wants a thing gone is told nothing bad where it is gone already.
GONE_IS_DONE = ("delete_", "empty_text", "forget_text")


@pytest.mark.parametrize("ask", [m for n, m in EVERY_METHOD if not n.startswith(GONE_IS_DONE)])
def test_not_there(
    fake: FakeTwilio, carrier: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(refusal(404, 20404))
    assert type(error_of(ask, carrier)) is NotThere


def test_problem_details_are_understood_too(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    body = {"type": "about:blank", "title": THEIRS, "status": 429, "code": 20429}
    fake.answer(Reply(429, body))
    assert type(error_of(place, carrier)) is Busy


@every_method
def test_no_answer_after_acceptance_is_uncertain(
    fake: FakeTwilio, hasty: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(Reply(mode="silent"))
    assert type(error_of(ask, hasty)) is Uncertain
    assert len(fake.seen) == 1


@every_method
def test_reset_after_sending_is_uncertain(
    fake: FakeTwilio, carrier: TwilioCarrier, ask: Callable[[TwilioCarrier], object]
) -> None:
    fake.answer(Reply(mode="reset"))
    assert type(error_of(ask, carrier)) is Uncertain
    assert len(fake.seen) == 1


@every_method
def test_refused_connection_is_busy(ask: Callable[[TwilioCarrier], object]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        carrier = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=url, timeout_s=5.0)
        error = error_of(ask, carrier)
        carrier.close()
    assert (type(error), error.code) == (Busy, "unreachable")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(201, b"<html>a proxy's page</html>"),
        Reply(201, b""),
        Reply(201, b"[]"),
        Reply(201, {}),
        Reply(201, {"sid": "../../other"}),
        Reply(201, call(), mode="cut"),
        Reply(302, b"", {"Location": "https://elsewhere.example/"}),
    ],
)
def test_an_answer_that_cannot_be_read_leaves_us_uncertain(
    fake: FakeTwilio, carrier: TwilioCarrier, reply: Reply
) -> None:
    fake.answer(reply)
    assert type(error_of(place, carrier)) is Uncertain


@pytest.mark.parametrize(
    "bad", ["", "x", "../Calls", "RE1/../x", "RE1?x", "RE%2F", "a" * 65, "RE1\n"]
)
def test_an_id_that_could_bend_the_url_is_refused(
    fake: FakeTwilio, carrier: TwilioCarrier, bad: str
) -> None:
    for ask in (
        carrier.call_state,
        carrier.end_call,
        carrier.recordings,
        carrier.fetch_recording,
        carrier.delete_recording,
    ):
        with pytest.raises(Refused, match=r"^bad_id$"):
            ask(bad)
    assert fake.seen == []


def test_ids_of_other_carriers_fit(fake: FakeTwilio, carrier: TwilioCarrier) -> None:
    fake.answer(Reply(200, call(status="ringing")))
    carrier.call_state("6f8f3f0a-7c6e-4d39-9d0b-0d8b3f1f7f10")
    assert fake.seen[0].path == f"{ROOT}/Calls/6f8f3f0a-7c6e-4d39-9d0b-0d8b3f1f7f10.json"
