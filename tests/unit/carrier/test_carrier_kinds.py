"""What is said of each carrier has a source, and nothing that we write is forgotten."""

from dataclasses import fields

import pytest

from hotline.carrier.capabilities import Algorithm, Capabilities
from hotline.carrier.kinds import KINDS, SWITCH, TWILIO
from hotline.settings import Settings

WITHOUT_SOURCE = {"name", "sources"}


@pytest.mark.parametrize("kind", KINDS)
def test_each_field_has_a_source(kind: str) -> None:
    told = {field.name for field in fields(Capabilities)} - WITHOUT_SOURCE
    sources = KINDS[kind].sources
    assert set(sources) == told
    assert all(s.startswith(("https://", "docs/")) for s in sources.values())


def test_each_value_of_the_setting_is_a_carrier() -> None:
    allowed = Settings.model_fields["carrier"].annotation
    assert set(allowed.__args__) == set(KINDS)  # type: ignore[union-attr]


def test_the_switch_can_do_what_twilio_can() -> None:
    own = {"name", "rest", "sources", "browsers"}
    same = {field.name for field in fields(Capabilities)} - own
    assert all(getattr(SWITCH, name) == getattr(TWILIO, name) for name in same)


def test_only_our_own_switch_rings_our_pages() -> None:
    assert [kind for kind in KINDS if KINDS[kind].browsers] == ["switch"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_from_one_another(kind: str) -> None:
    can = KINDS[kind]
    scheme = can.signature
    assert bool(scheme.timestamp) == (scheme.tolerance_s > 0) == (not scheme.covers_url)
    assert (scheme.algorithm is Algorithm.ED25519) == (can.rest.form == "telnyx")
    assert can.whisper == ("Number.url" not in can.missing)
    assert can.conference == ("Conference" not in can.missing)
    assert can.silence_ends == ("Record.timeout" not in can.missing)
