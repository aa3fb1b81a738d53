"""Encrypting and opening streams: what is written is whole, or an error says that it is not."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.backup import age
from hotline.mistakes import Mistake

PAIR = age.new_pair()
TO = age.recipients(PAIR.recipient)


class Full(io.BytesIO):
    """A disk with room for so many bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: object) -> int:
        """As on a disk, but the whole or nothing."""
        if self.tell() + len(bytes(data)) > self._room:  # type: ignore[call-overload]
            raise OSError(28, "No space left on device")
        return super().write(data)  # type: ignore[arg-type]


class Broken(io.BytesIO):
    """A disk that cannot be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Never."""
        raise OSError(5, "Input/output error")


@pytest.fixture(scope="module")
def by(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    path = tmp_path_factory.mktemp("age") / "identity"
    path.write_text(f"# kept offline\n\n{PAIR.identity}\n")
    return age.identities(path)


@given(data=st.binary(max_size=3 * 65536))
def test_what_goes_in_comes_out(by: list[object], data: bytes) -> None:
    sealed, opened = io.BytesIO(), io.BytesIO()
    written = age.encrypt(io.BytesIO(data), sealed, TO)
    age.decrypt(io.BytesIO(sealed.getvalue()), opened, by)
    assert opened.getvalue() == data
    assert written.size == len(sealed.getvalue())


@pytest.mark.parametrize("size", [3, 65536, 200_000])
def test_what_does_not_fit_is_never_passed_over(size: int) -> None:
    """Not even in the last write, whose error the library does not tell."""
    with pytest.raises(OSError, match="No space left"):
        age.encrypt(io.BytesIO(bytes(size)), Full(size), TO)


def test_errors_of_files_are_told_as_they_are(by: list[object]) -> None:
    with pytest.raises(OSError, match="Input/output"):
        age.encrypt(Broken(), io.BytesIO(), TO)
    with pytest.raises(OSError, match="Input/output"):
        age.decrypt(Broken(), io.BytesIO(), by)
    sealed = io.BytesIO()
    age.encrypt(io.BytesIO(b"words"), sealed, TO)
    with pytest.raises(OSError, match="No space left"):
        age.decrypt(io.BytesIO(sealed.getvalue()), Full(2), by)


def test_each_of_several_recipients_opens(tmp_path: Path, by: list[object]) -> None:
    other = age.new_pair()
    sealed, opened = io.BytesIO(), io.BytesIO()
    both = age.recipients(f"{other.recipient}, {PAIR.recipient}")
    age.encrypt(io.BytesIO(b"words"), sealed, both)
    age.decrypt(io.BytesIO(sealed.getvalue()), opened, by)
    assert opened.getvalue() == b"words"


def test_wrong_words(tmp_path: Path) -> None:
    assert age.recipients(" , ") == []
    with pytest.raises(Mistake, match="no public key"):
        age.recipients(PAIR.identity)
    with pytest.raises(Mistake, match="cannot be read"):
        age.identities(tmp_path / "nothing")
    (tmp_path / "public").write_text(PAIR.recipient)
    with pytest.raises(Mistake, match="holds no identity"):
        age.identities(tmp_path / "public")
