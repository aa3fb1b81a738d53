"""`hotline keys`: from the command line to the ring and the database."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.oncall import responders
from hotline.oncall.model import ResponderKind
from hotline.people import passwords, unlocking
from hotline.people.accounts import add_account
from hotline.people.model import Role
from hotline.privacy import boxes, keys, locks
from hotline.privacy.cipher import Vault, seal
from hotline.reports import audio, intake
from hotline.reports.model import AudioChunk, MessageKind
from hotline.runtime import open_runtime
from hotline.settings import load_settings


@pytest.fixture
def ring_path(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.delenv("HOTLINE_KEYS", raising=False)
    return tmp_path / "keys"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def seal_one() -> None:
    runtime = open_runtime(load_settings())
    with runtime.database.transaction() as session:
        runtime.vault.new_key(session)
    runtime.close()


def test_init_makes_it_once(ring_path: Path) -> None:
    assert run("init").exit_code == 0
    assert ring_path.stat().st_mode & 0o777 == 0o600
    made = ring_path.read_text()
    again = run("init")
    assert (again.exit_code, "left as it is" in again.stderr) == (2, True)
    assert ring_path.read_text() == made


def test_rotate_status_drop(ring_path: Path) -> None:
    run("init")
    seal_one()
    assert "still wraps 1" not in run("drop", "1").stderr  # the newest is refused for what it is
    assert run("rotate").stdout.endswith("Wrapped anew: 1.\n")
    shown = run("status")
    assert shown.stdout.splitlines() == [
        "2  wraps 1  seals new records",
        "1  wraps 0  may be dropped: `hotline keys drop 1`",
    ]
    assert run("drop", "1").exit_code == 0
    assert keys.parse(ring_path.read_text()).versions == ("2",)
    assert run("drop", "2").exit_code == 2
    assert run("drop", "7").exit_code == 2


def test_drop_refuses_what_is_needed(ring_path: Path) -> None:
    run("init")
    seal_one()
    old = ring_path.read_text().strip()
    ring_path.write_text(f"{keys.generate('2').dump()},{old}\n")
    refused = run("drop", "1")
    assert (refused.exit_code, "run `hotline keys rewrap` first" in refused.stderr) == (2, True)
    assert "1  wraps 1  is needed" in run("status").stdout
    assert run("rewrap").stdout == "Wrapped anew: 1.\n"
    assert run("drop", "1").exit_code == 0


def test_a_lost_ring_is_told_and_another_never_takes_its_name(ring_path: Path) -> None:
    """Calls are taken with a new key, and the old file can be put back behind it."""
    run("init")
    seal_one()
    kept = ring_path.read_text().strip()
    ring_path.unlink()
    lost = run("status")
    assert (lost.exit_code, "1  wraps 1  is lost; put it back" in lost.stdout) == (1, True)
    ring_path.write_text(f"{ring_path.read_text().strip()},{kept}\n")
    found = run("status")
    assert (found.exit_code, "lost" in found.stdout) == (0, False)


def test_another_ring_under_the_same_name_is_told(ring_path: Path) -> None:
    run("init")
    seal_one()
    ring_path.write_text(keys.generate("1").dump())
    told = run("status")
    assert (told.exit_code, "is another key than the one that sealed" in told.stdout) == (1, True)
    ring_path.write_text(f"{keys.generate('2').dump()},{keys.generate('1').dump()}")
    assert "left as they are: 1" in run("rewrap").stderr


@pytest.mark.parametrize("command", [("init",), ("rotate",), ("drop", "1")])
def test_a_ring_in_the_environment_is_not_changed(
    ring_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("HOTLINE_KEYS", keys.generate("4").dump())
    refused = run(*command)
    assert (refused.exit_code, "HOTLINE_KEYS" in refused.stderr) == (2, True)
    assert not ring_path.exists()
    assert keys.parse(run("new").stdout).versions == ("5",)


def test_no_command_shows_a_key(ring_path: Path) -> None:
    shown = [run("init"), run("rotate"), run("status"), run("drop", "1")]
    said = "".join(result.output for result in shown)
    secrets = [part.split(":")[1] for part in ring_path.read_text().strip().split(",")]
    assert not [secret for secret in secrets if secret in said]
    Vault(keys.parse(ring_path.read_text()))


def test_the_ceremony_is_held_once_and_both_halves_recover(ring_path: Path) -> None:
    """From the printed halves back to a supervisor who opens what was sealed before."""
    run("init")
    runtime = open_runtime(load_settings())
    now = runtime.clock()
    with runtime.database.transaction() as session:
        ana = add_account(session, "ana", "Ana", Role.SUPERVISOR, passwords.NONE, now)
    held = CliRunner().invoke(main, ["keys", "ceremony"], input="\n\n\n\n")
    assert held.exit_code == 0
    halves = [line.strip() for line in held.stdout.splitlines() if line.strip()[:2] in ("1-", "2-")]
    assert len(halves) == 2
    assert CliRunner().invoke(main, ["keys", "ceremony"]).exit_code == 2
    with runtime.database.transaction() as session:
        paper = locks.recovery(session)
        assert paper is not None
        key_id, key = locks.new_key(session, [paper])
        call = intake.open_call(session, "CA1", now)
        message = intake.begin_message(session, runtime.vault, call, MessageKind.MESSAGE, now)
        data = seal(key, audio.place_of(message.id, 1), b"sound")
        chunk = AudioChunk(message_id=message.id, seq=1, data=data, data_key_id=key_id)
        session.add(chunk)
    reader = unlocking.make(runtime.database, ana.id, "eleven violet canoes", now)
    other = boxes.split(boxes.new_pair().private)
    for first, second, code in ((halves[0], halves[0], 2), (*other, 2), (*halves, 0)):
        recovered = CliRunner().invoke(
            main, ["keys", "recover", "ana"], input=f"{first}\n{second}\n"
        )
        assert recovered.exit_code == code
    with runtime.database.transaction() as session, locks.unlocked(reader):
        assert locks.open_key(session, key_id) == key
    runtime.close()


def test_a_command_that_meets_a_lost_or_altered_record_says_so(ring_path: Path) -> None:
    run("init")
    runtime = open_runtime(load_settings())
    with runtime.database.transaction() as session:
        responders.put(
            session,
            runtime.vault,
            handle="counselor-1",
            kind=ResponderKind.COUNSELOR,
            name="Ana",
            number="+15550100001",
            languages=["en"],
        )
    runtime.close()
    kept = ring_path.read_text()
    show = ["roster", "show"]
    ring_path.write_text(keys.generate("9").dump())
    lost = CliRunner().invoke(main, show)
    assert (lost.exit_code, lost.stderr) == (
        2,
        "Master key '1' is not in the key ring; put it back behind the newest key.\n",
    )
    ring_path.write_text(keys.generate("1").dump())
    altered = CliRunner().invoke(main, show)
    assert (altered.exit_code, "`hotline doctor` says" in altered.stderr) == (2, True)
    ring_path.write_text(kept)
    assert CliRunner().invoke(main, show).exit_code == 0
