"""Sealed mode through the real processes: the dispatcher seals a report by itself, and from then on
database and key ring, which is all that a thief of the server has, open nothing of what was said.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests
from sqlalchemy import select

from hotline.demo import cast
from hotline.demo.scenarios import SCENARIOS
from hotline.people.model import Role
from hotline.reports.model import Message
from hotline.reports.outcomes import Disposition
from tests.e2e.conftest import Theatre, open_theatre
from tests.support import canary, crawl, seals
from tests.support.scripts import VERSION

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SENTENCE = "my cousin keeps a knife under his bed and he wants to hurt the teacher on friday"
PASSPHRASE = "eleven violet canoes at dawn"
SAID = ("transcript", "audio_chunk", "correction", "search_entry")
"""Tables that hold what was said."""
PATIENCE_S = 60.0


@dataclass
class Ana:
    """A supervisor before the running console."""

    browser: requests.Session
    address: str

    def send(self, path: str, **form: str) -> None:
        """Send a form of the console."""
        answer = self.browser.post(
            self.address + path, form, allow_redirects=False, timeout=PATIENCE_S
        )
        assert answer.status_code == requests.codes.see_other, (path, answer.status_code)

    def get(self, path: str) -> requests.Response:
        """A page or a sound."""
        return self.browser.get(self.address + path, timeout=PATIENCE_S)


@pytest.fixture
def theatre(tmp_path: Path) -> Iterator[Theatre]:
    with open_theatre(tmp_path, sealed=True) as opened:
        yield opened


@pytest.fixture
def ana(theatre: Theatre) -> Ana:
    address = theatre.stack.settings.public_url
    browser = crawl.enter(theatre.stack.runtime.database, address, Role.SUPERVISOR)
    return Ana(browser, address)


def ceremony(theatre: Theatre) -> list[str]:
    """Two people make the recovery key at the command line. Gives what was printed."""
    settings = theatre.stack.settings
    place = {"HOTLINE_DATA_DIR": str(settings.data_dir), "HOTLINE_DATABASE_URL": settings.database}
    done = subprocess.run(
        [sys.executable, "-m", "hotline.cli", "keys", "ceremony"],
        env=place,
        input="\n" * 4,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.split("\n")


def until(met: Callable[[], bool]) -> None:
    """Wait for what a process does."""
    ends = time.monotonic() + PATIENCE_S
    while not met():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)


def test_the_dispatcher_seals_and_a_thief_of_the_server_opens_nothing(
    theatre: Theatre, ana: Ana
) -> None:
    assert any("recovery key is made" in line for line in ceremony(theatre))
    ana.send("/account/sealed-reports/passphrase", passphrase=PASSPHRASE)
    phones = {"phones": lambda props: {cast.ROSA: cast.listens_and_takes()}}
    seen, _ = theatre.play(replace(SCENARIOS["message"], sentences=(SENTENCE,), **phones))
    runtime, report_id = theatre.stack.runtime, seen.outcome.report_id
    words = canary.forms_of_words(seen.outcome.transcript) + canary.forms_of_words(SENTENCE)
    before = seals.opened(runtime)
    assert {"transcript", "audio_chunk"} <= {place.split("/")[0] for place in before}
    assert canary.search(before, words)

    page = ana.get(f"/reports/{report_id}").text
    version = VERSION.findall(page)[0]
    how = Disposition.HELP_GIVEN.value
    ana.send(f"/reports/{report_id}/closed", version=version, disposition=how)

    def message() -> Message:
        with runtime.database.reading() as session:
            return session.scalars(select(Message).where(Message.report_id == report_id)).one()

    until(lambda: message().sealed_at is not None)
    after = seals.opened(runtime)
    assert not {place.split("/")[0] for place in after} & set(SAID)
    # Why it is as urgent as it is stays readable (decision 0021), and nothing else does.
    reasons = f"report/{report_id}/reasons"
    assert {hit.place for hit in canary.search(after, words)} <= {reasons}
    assert canary.search(canary.files_of(theatre.stack.settings.data_dir), words) == []
    heard = ana.get(f"/messages/{message().id}/audio")
    assert heard.status_code == requests.codes.ok
    assert len(heard.content) > 8000  # a second and more: she has unlocked
