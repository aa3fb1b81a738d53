"""An alarm told outside: each way for itself, nobody waited for, and what became of it kept."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from hotline.context import Runtime
from hotline.dispatch import outside
from hotline.dispatch.model import AlarmWay
from hotline.dispatch.outside import Outside, Way, ways_of
from tests.conftest import MakeRuntime
from tests.support.ears import Ears, open_ears
from tests.support.smtp import Smtp, open_smtp
from tests.support.work import until

FACT = {"alarm": "an-id", "reason": "audio_unusable", "report": None, "raised_at": "x", "round": 1}


@pytest.fixture
def ears() -> Iterator[Ears]:
    """Whoever is posted to."""
    with open_ears() as made:
        yield made


@pytest.fixture
def smtp() -> Iterator[Smtp]:
    """A mail server on this machine."""
    with open_smtp() as made:
        yield made


@pytest.fixture
def told(make_runtime: MakeRuntime, database_url: str, ears: Ears, smtp: Smtp) -> Runtime:
    """A hotline with both ways, on each kind of database."""
    return make_runtime(
        database_url,
        alarm_url=ears.url,
        mail_host="127.0.0.1",
        mail_port=smtp.port,
        mail_tls="none",
        mail_from="hotline@example.org",
        mail_to="duty@example.org",
    )


def rows(runtime: Runtime) -> dict[str, tuple[bool, str | None]]:
    """By way: whether it ever worked, and why the last try failed."""
    with runtime.database.reading() as session:
        found = session.scalars(select(AlarmWay))
        return {row.way: (row.reached_at is not None, row.error) for row in found}


def test_both_ways_are_told_and_it_is_written_down(told: Runtime, ears: Ears, smtp: Smtp) -> None:
    Outside(told).tell(FACT)
    until(lambda: rows(told) == {"post": (True, None), "mail": (True, None)})
    assert ears.heard == [FACT]
    assert [mail.recipients for mail in smtp.mails] == [["duty@example.org"]]
    assert "https" not in smtp.mails[0].message.get_content()
    assert f"{told.settings.public_url}/board" in smtp.mails[0].message.get_content()


def test_a_way_that_never_answers_holds_up_neither_the_other_nor_whoever_tells(
    told: Runtime, ears: Ears, smtp: Smtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp.greet = False
    Outside(told).tell(FACT)  # comes back while the mail server has said nothing
    until(lambda: rows(told) == {"post": (True, None)})
    assert smtp.arrived.wait(10)
    assert ears.heard == [FACT]
    assert "mail" not in rows(told)
    smtp.over.set()  # the server gives up
    until(lambda: rows(told).get("mail") == (False, "unreachable"))


def test_whoever_answers_too_slowly_is_not_asked_ever_more_often(told: Runtime, smtp: Smtp) -> None:
    smtp.greet = False
    ways = Outside(told)
    with capture_logs() as logs:
        for _ in range(outside.UNDER_WAY + 1):
            ways.tell(FACT)
    late = [entry for entry in logs if entry.get("code") == "too_slow"]
    assert [entry["way"] for entry in late].count("mail") == 1
    until(lambda: smtp.connections == outside.UNDER_WAY)
    smtp.over.set()
    until(lambda: not [t for t in threading.enumerate() if t.name.startswith("alarm-")])


@pytest.mark.parametrize(("status", "code"), [(500, "answer_500"), (404, "answer_404")])
def test_what_failed_is_kept_until_it_works_again(
    told: Runtime, ears: Ears, smtp: Smtp, status: int, code: str
) -> None:
    ways = Outside(told)
    ears.status = status
    smtp.says["MAIL"] = ["451 4.3.0 later"]
    with capture_logs() as logs:
        assert ways.tell_by(Way.POST, FACT) == code
        assert ways.tell_by(Way.MAIL, FACT) == "answer_451"
    assert rows(told) == {"post": (False, code), "mail": (False, "answer_451")}
    assert not [entry for entry in logs if "@" in str(entry) or ears.url in str(entry)]
    ears.status = 200
    assert [ways.tell_by(way, FACT) for way in Way] == [None, None]
    assert rows(told) == {"post": (True, None), "mail": (True, None)}


def test_nobody_there_is_a_word_of_ours(make_runtime: MakeRuntime, sqlite_url: str) -> None:
    with open_ears() as gone:
        url = gone.url
    runtime = make_runtime(sqlite_url, alarm_url=url)
    assert Outside(runtime).tell_by(Way.POST, FACT) == "unreachable"


def test_without_any_way_nothing_is_done(runtime: Runtime) -> None:
    assert ways_of(runtime.settings) == ()
    Outside(runtime).tell(FACT)
    assert not [t for t in threading.enumerate() if t.name.startswith("alarm-")]
