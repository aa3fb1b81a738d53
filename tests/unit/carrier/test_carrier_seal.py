"""Sealed addresses: only what we have handed out, unchanged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.carrier.seal import NAME, holds, sealed

SECRETS = ("new", "old")
TARGET = "/voice/step?at=menu-2&language=en"


def split(target: str) -> tuple[str, str]:
    path, _, query = target.partition("?")
    return path, query


def test_what_was_handed_out_holds() -> None:
    for target in (TARGET, "/voice/park"):
        assert holds(SECRETS, *split(sealed(SECRETS, target)))


def test_either_secret_of_a_rotation() -> None:
    assert holds(SECRETS, *split(sealed(("old",), TARGET)))
    assert not holds(("new",), *split(sealed(("old",), TARGET)))


def test_without_a_secret_nothing_holds() -> None:
    assert sealed((), TARGET) == TARGET
    for secrets in ((), ("",)):
        assert not holds(secrets, *split(TARGET))
        assert not holds(secrets, *split(sealed(("", ""), TARGET)))


@pytest.mark.parametrize("path", ["/voice", "/voice/status"])
def test_what_is_entered_at_the_carrier_needs_none(path: str) -> None:
    assert holds(SECRETS, path, "")
    assert not holds(SECRETS, path, "at=menu-2")


@pytest.mark.parametrize(
    "changed",
    [
        TARGET,
        sealed(SECRETS, TARGET).replace("menu-2", "menu-3"),
        sealed(SECRETS, TARGET).replace("/voice/step", "/voice/park"),
        sealed(SECRETS, TARGET) + "0",
        sealed(SECRETS, TARGET) + "&more=1",
        sealed(SECRETS, TARGET)[:-1],
        sealed(SECRETS, TARGET).replace(f"&{NAME}", f"&x{NAME}"),
        sealed(SECRETS, "/voice/step") + "&at=menu-2",
        f"{TARGET}&{NAME}=é",
        f"{TARGET}&{NAME}=",
    ],
)
def test_what_was_changed_does_not(changed: str) -> None:
    assert not holds(SECRETS, *split(changed))


@given(st.text(), st.text(), st.text(min_size=1))
def test_whatever_is_asked_for_without_a_seal_does_not(path: str, query: str, end: str) -> None:
    assert not holds(SECRETS, "/voice/" + path, f"{query}&{NAME}={end}")
