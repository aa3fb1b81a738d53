"""Hashing: argon2id with the parameters we say, and not too many at once."""

import pytest

from hotline.people import passwords


def test_the_parameters_are_those_we_say() -> None:
    hashed = passwords.hash_password("seven calm grey herons")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert passwords.verify(hashed, "seven calm grey herons")
    assert not passwords.verify(hashed, "seven calm grey heron")
    assert not passwords.is_outdated(hashed)


def test_nobodys_password_never_fits() -> None:
    assert not passwords.verify(None, "a hash that no account has")


def test_a_broken_hash_never_fits() -> None:
    assert not passwords.verify("not a hash", "anything")


def test_too_many_at_once_are_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "WAIT_S", 0.01)
    for _ in range(passwords.PARALLEL):
        assert passwords._TURN.acquire(blocking=False)
    try:
        with pytest.raises(passwords.TooBusy):
            passwords.hash_password("seven calm grey herons")
    finally:
        for _ in range(passwords.PARALLEL):
            passwords._TURN.release()


def test_nothing_fits_where_no_password_was_chosen() -> None:
    assert not passwords.verify(passwords.NONE, passwords.NONE)
    assert not passwords.verify(passwords.NONE, "")
