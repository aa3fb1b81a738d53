"""Hotlines of real processes whose parts may be killed at crash points."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline import crash
from tests.e2e.conftest import Theatre, open_theatre
from tests.faults.stage import Stage


@pytest.fixture(scope="module")
def order_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The file of orders, which every process started from here on knows."""
    path = tmp_path_factory.mktemp("orders") / "order"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(crash.FILE, str(path))
        yield path


@pytest.fixture(scope="module")
def streamed(order_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A hotline to which callers' sound is streamed."""
    with open_theatre(tmp_path_factory.mktemp("streamed")) as opened:
        yield opened


@pytest.fixture(scope="module")
def recorded(order_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """One whose callers are recorded by the carrier."""
    with open_theatre(tmp_path_factory.mktemp("recorded"), record="verb") as opened:
        yield opened


def stage(theatre: Theatre) -> Stage:
    """Where calls are played on this hotline."""
    return Stage(theatre, theatre.stack.settings.data_dir)
