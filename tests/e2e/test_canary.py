"""The canary: a caller of a known number, city and name says a known sentence through the real
processes. Afterwards nothing that the hotline wrote anywhere may hold the number, and the words
stand nowhere but where people are to read them.

Only the switch, which is the carrier here, knows the number; its own log is searched all the same.
"""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from redis import Redis
from sqlalchemy import select

from hotline.demo import cast
from hotline.demo.scenario import Seen
from hotline.demo.scenarios import SCENARIOS
from hotline.dispatch import call_records
from hotline.people.model import Role
from hotline.privacy.cipher import DataKey
from hotline.reports import purging
from hotline.reports.casework import closing
from hotline.reports.model import Call, Report, SearchEntry
from hotline.reports.outcomes import Disposition
from tests.e2e.conftest import Theatre, open_theatre
from tests.support import backups, canary, crawl, seals
from tests.support.canary import Form

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
SENTENCE = "my cousin keeps a knife under his bed and he wants to hurt the teacher on friday"
CITY, NAME = "Quillvarren", "Ottoline Brakspear"
MINE = [*canary.forms_of_number(cast.CALLER), Form("city", CITY.encode())]
MINE += [Form("name", NAME.encode()), Form("family name", NAME.split()[1].encode())]
READERS = (Role.SUPERVISOR, Role.COUNSELOR)
"""Who may be shown a caller's words."""


@dataclass
class Played:
    """A play that is over: what was seen, and all that passed through Redis meanwhile."""

    theatre: Theatre
    folder: Path
    seen: Seen
    commands: list[str]

    @property
    def url(self) -> str:
        """Of the database."""
        return self.theatre.stack.settings.database


class Wire(threading.Thread):
    """Listens to every command that Redis is given."""

    LAST = "the-wire-is-cut"

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.commands: list[str] = []
        self._client = Redis.from_url(url, socket_timeout=None)
        self._hears = threading.Event()

    def run(self) -> None:
        """Until `end`."""
        with self._client.monitor() as monitor:
            self._hears.set()
            for heard in monitor.listen():
                self.commands.append(heard["command"])
                if self.LAST in heard["command"]:
                    return

    def __enter__(self) -> "Wire":
        self.start()
        assert self._hears.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.echo(self.LAST)
        self.join(20)
        self._client.close()


STAGES = (
    pytest.param(("stream", ""), id="stream"),
    pytest.param(("verb", ""), id="verb"),
    pytest.param(("stream", "postgres_template"), id="postgres", marks=pytest.mark.postgres),
)
"""How it records, and which fixture gives a database of a server; none: SQLite."""


@pytest.fixture(scope="module", params=STAGES)
def played(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The play, on a hotline of its own that records in either way; all of it still runs."""
    folder = tmp_path_factory.mktemp("canary")
    record, template = request.param
    url = None
    if template:
        cluster = request.getfixturevalue("postgres_cluster")
        url = cluster.new_database(request.getfixturevalue(template))
    opened = request.getfixturevalue("open_stage")(folder, record, url)
    scenario = replace(
        SCENARIOS["message"],
        sentences=(SENTENCE,),
        phones=lambda props: {cast.ROSA: cast.listens_and_takes()},
    )
    opened.switch.about(cast.CALLER, FromCity=CITY, CallerName=NAME, CallerCity=CITY)
    with Wire(opened.stack.settings.redis_url) as wire:
        seen, _ = opened.play(scenario)
    return Played(opened, folder, seen, wire.commands)


@pytest.fixture(scope="module")
def open_stage() -> Iterator[Callable[[Path, str, str | None], Theatre]]:
    """Opens hotlines that are closed at the end of these tests."""
    with ExitStack() as stack:
        yield lambda folder, record, url: stack.enter_context(open_theatre(folder, url, record))


@pytest.fixture(scope="module")
def pages(played: Played) -> dict[Role, dict[str, bytes]]:
    """Every page and export of the console, as each role gets them."""
    stack = played.theatre.stack
    address = stack.settings.public_url
    database = stack.runtime.database
    return {r: crawl.read_all(crawl.enter(database, address, r), address) for r in Role}


def stored(played: Played) -> dict[str, bytes]:
    """Database, write-ahead log, a backup, every other file; all processes' lines; all of Redis.

    The WAV file from which the caller's phone speaks is the stage's own.
    """
    files = canary.files_of(played.folder) | backups.of_database(played.url)
    assert len(backups.names_of(files)) >= 2
    lines = "\n".join(played.theatre.log).encode()
    commands = "\n".join(played.commands).encode()
    assert b"enqueue" in commands.lower() or b"lpush" in commands.lower()
    return files | {"log": lines, "redis commands": commands, "redis": redis_of(played)}


def redis_of(played: Played) -> bytes:
    """Every key of Redis and what it holds, whatever its type, as Redis writes it out."""
    with Redis.from_url(played.theatre.stack.settings.redis_url) as client:
        found = [key + b" " + value_of(client, key) for key in client.scan_iter()]
    assert found
    return b"\n".join(found)


def value_of(client: Redis, key: bytes) -> bytes:
    """What one key holds."""
    readers = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"list": lambda name: client.lrange(name, 0, -1),
        b"zset": lambda name: client.zrange(name, 0, -1, withscores=True),
        b"stream": client.xrange,
        b"none": lambda name: b"",
    }
    return repr(readers[client.type(key)](key)).encode()


def opened_seals(played: Played) -> dict[str, bytes]:
    """Every sealed value of every table, opened with the key ring."""
    return seals.opened(played.theatre.stack.runtime)


def whats_said(played: Played) -> list[Form]:
    """The caller's words as they were understood and as they were spoken."""
    return canary.forms_of_words(played.seen.outcome.transcript) + canary.forms_of_words(SENTENCE)


def test_the_search_would_find_the_words(
    played: Played, pages: dict[Role, dict[str, bytes]]
) -> None:
    """Sealed in the transcript and shown on the supervisor's page: there they are found."""
    words = canary.forms_of_words(played.seen.outcome.transcript)
    assert len(words) > 10
    tables = {hit.place.split("/")[0] for hit in canary.search(opened_seals(played), words)}
    assert "transcript" in tables
    report = f"/reports/{played.seen.outcome.report_id}"
    shown = canary.text_of_page(pages[Role.SUPERVISOR][report])
    assert canary.search({report: shown}, words)


def test_the_number_is_nowhere_in_what_is_stored(played: Played) -> None:
    assert canary.search(stored(played), MINE) == []


def test_the_number_is_not_sealed_anywhere_either(played: Played) -> None:
    assert canary.search(opened_seals(played), MINE) == []


def test_the_number_is_on_no_page_and_in_no_export(pages: dict[Role, dict[str, bytes]]) -> None:
    for role, read in pages.items():
        assert len(read) > 3, role
        assert canary.search(read, MINE) == [], role
    assert any(path.startswith("/audit/export") for path in pages[Role.AUDITOR])


def test_neither_stands_in_the_report_of_the_year(played: Played) -> None:
    stack = played.theatre.stack
    address = stack.settings.public_url
    browser = crawl.enter(stack.runtime.database, address, Role.SUPERVISOR)
    year = stack.runtime.clock().year
    answer = browser.get(f"{address}/statistics/year/{year}.pdf", timeout=60)
    pages = PdfReader(io.BytesIO(answer.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert str(year) in text
    assert canary.search({"pdf": text.encode()}, [*MINE, *whats_said(played)]) == []


def test_the_words_stand_unsealed_in_nothing_that_is_stored(played: Played) -> None:
    assert canary.search(stored(played), whats_said(played)) == []


def test_the_words_are_shown_to_nobody_but_who_reads_reports(
    played: Played, pages: dict[Role, dict[str, bytes]]
) -> None:
    words = whats_said(played)
    for role, read in pages.items():
        shown = {path: page + canary.text_of_page(page) for path, page in read.items()}
        places = {hit.place.split("?")[0] for hit in canary.search(shown, words)}
        if role not in READERS:
            assert places == set(), role
        assert all(place.startswith("/reports") for place in places), (role, places)


def test_the_carrier_forgets_the_call_too(played: Played) -> None:
    """Two hours later; the switch, as the carrier does, keeps the caller's number until then."""
    theatre = played.theatre
    assert cast.CALLER in [leg["number"] for leg in theatre.switch.legs()]
    later = theatre.stack.runtime.clock() + timedelta(hours=2)
    runtime = replace(theatre.stack.runtime, clock=lambda: later)
    assert call_records.sweep(runtime).done == 1
    assert cast.CALLER not in [leg["number"] for leg in theatre.switch.legs()]
    with runtime.database.reading() as session:
        assert session.scalars(select(Call.carrier_deleted_at)).all() == [later]


def test_after_the_purge_nothing_of_the_words_is_left_anywhere(played: Played) -> None:
    """Last, for it deletes the report: all processes go on running meanwhile."""
    runtime, report_id = played.theatre.stack.runtime, played.seen.outcome.report_id
    with runtime.database.transaction() as session:
        report = session.get_one(Report, report_id)
        traces = [Form("sealed key", bytes(session.get_one(DataKey, report.data_key_id).wrapped))]
        tokens = session.scalars(select(SearchEntry.tokens)).one()
        traces += [Form("id of a word", name.encode()) for name in tokens.split()]
        now, how = runtime.clock(), Disposition.HELP_GIVEN
        assert closing.close(session, report, how, sought=False, by="canary", now=now)
    assert len(traces) > 5
    before = canary.files_of(played.folder) | backups.of_database(played.url)
    found = {hit.form for hit in canary.search(before, traces)}
    assert found == {"sealed key", "id of a word"}  # so the search would find them
    clocks = purging.clocks_of(runtime.settings)
    path, later = runtime.settings.tombstones, now + timedelta(days=400)
    assert purging.purge(runtime.database, clocks, later, path, "auditor")

    backups.forget_old_rows(played.url)
    words = whats_said(played)
    assert canary.search(opened_seals(played), words) == []
    assert canary.search(stored(played), [*words, *traces]) == []
    address = played.theatre.stack.settings.public_url
    for role in Role:
        read = crawl.read_all(crawl.enter(runtime.database, address, role), address)
        shown = {path: page + canary.text_of_page(page) for path, page in read.items()}
        assert canary.search(shown, words) == [], role
