"""Attacks by what a webhook or the carrier's host says about a recording: our worker must fetch
nothing but recordings, from nowhere but the carrier."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from hotline.carrier import rest, twilio
from hotline.carrier.port import CarrierError
from hotline.carrier.twilio import TwilioCarrier
from tests.attacks.attack import Attack, each
from tests.support.twilio import ACCOUNT, OURS, RECORDING, ROOT, TOKEN, FakeTwilio, Reply, audio


@dataclass
class Net:
    """The carrier's host, another host, and our adapter."""

    carrier: FakeTwilio
    other: FakeTwilio
    adapter: TwilioCarrier

    def fetch(self, recording: str = RECORDING) -> None:
        """Our worker fetches; what it gets does not matter here."""
        try:
            self.adapter.fetch_recording(recording)
        except CarrierError:
            return


@pytest.fixture
def net() -> Iterator[Net]:
    carrier, other = FakeTwilio(), FakeTwilio()
    adapter = TwilioCarrier(ACCOUNT, TOKEN, OURS, api_url=carrier.url, timeout_s=5.0)
    yield Net(carrier, other, adapter)
    adapter.close()
    carrier.close()
    other.close()


def led_off_the_host(net: Net) -> bool:
    """A redirect leads our request, with our password, to another host."""
    net.carrier.answer(Reply(307, b"", {"Location": f"{net.other.url}/inside"}))
    net.other.answer(audio())
    net.fetch()
    return bool(net.other.seen)


def another_resource(net: Net) -> bool:
    """The id of a recording is a path that leads to the list of all calls."""
    net.carrier.answer(audio())
    net.fetch("../Calls")
    return any(not seen.path.startswith(f"{ROOT}/Recordings/RE") for seen in net.carrier.seen)


def endless(net: Net) -> bool:
    """A recording without an end fills memory and disk."""
    net.carrier.answer(audio(b"x" * 70_000))
    try:
        return len(net.adapter.fetch_recording(RECORDING).data) > 60_000
    except CarrierError:
        return False


def any_host(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rest, "_same_host", lambda url, location: location)


def any_id(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(twilio, "safe", lambda carrier_id, form: carrier_id)


def any_size(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rest, "MAX_MEDIA_BYTES", 10**9)


ATTACKS = [
    Attack("led_off_the_host", led_off_the_host, any_host),
    Attack("another_resource", another_resource, any_id),
    Attack("endless", endless, any_size),
]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """The most that is read, made small so that the attack is quick."""
    monkeypatch.setattr(rest, "MAX_MEDIA_BYTES", 60_000)


@each(ATTACKS)
def test_it_fails(net: Net, attack: Attack[Net]) -> None:
    assert not attack.does(net)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    net: Net, monkeypatch: pytest.MonkeyPatch, attack: Attack[Net]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(net)
