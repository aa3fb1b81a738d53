"""`hotline search rebuild`: from the command line to the index."""

import pytest
from click.testing import CliRunner

from hotline import runtime as wiring
from hotline.cli import main
from hotline.context import Runtime
from hotline.reports.model import SearchEntry
from tests.support.office import Office


def test_it_says_how_many(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(runtime)
    for _ in range(2):
        office.sent_report()
    monkeypatch.setattr(wiring, "open_runtime", lambda _: runtime)
    result = CliRunner().invoke(main, ["search", "rebuild"])
    assert (result.exit_code, result.output) == (0, "Indexed reports: 2.\n")
    with runtime.database.transaction() as session:
        assert session.query(SearchEntry).count() == 0  # nothing has been said in them
