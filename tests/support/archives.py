"""`hotline backup` and `hotline restore` as people run them, on a hotline of the tests."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.backup import age
from hotline.cli import main
from tests.support import postgres
from tests.support.console import World


@dataclass
class Safe:
    """Where backups go, and the identity that opens them."""

    folder: Path
    identity: Path
    patch: pytest.MonkeyPatch

    def backup(self, world: World, *arguments: str) -> Path:
        """Make one of the world; gives its archive."""
        result = self.run(world.runtime.settings.data_dir, str(url_of(world)), "backup", *arguments)
        assert result.exit_code == 0, result.output
        return max(self.folder.glob("hotline-*.tar.age"))

    def restore(self, archive: Path, data_dir: Path, url: str, *arguments: str) -> Result:
        """Restore one into a data directory and a database."""
        options = ("--identity", str(self.identity), *arguments)
        return self.run(data_dir, url, "restore", str(archive), *options)

    def run(self, data_dir: Path, url: str, *arguments: str) -> Result:
        """A command of `hotline` with that data directory and database."""
        self.patch.setenv("HOTLINE_DATA_DIR", str(data_dir))
        self.patch.setenv("HOTLINE_DATABASE_URL", url)
        return CliRunner().invoke(main, list(arguments))


def make_safe(folder: Path, patch: pytest.MonkeyPatch) -> Safe:
    """A safe of a new pair; the commands find it in the environment."""
    folder.mkdir()
    pair = age.new_pair()
    identity = folder / "identity"
    identity.write_text(f"# public key: {pair.recipient}\n{pair.identity}\n")
    patch.chdir(folder)  # no .env of somebody's
    patch.delenv("HOTLINE_KEYS", raising=False)
    patch.setenv("HOTLINE_BACKUP_RECIPIENT", pair.recipient)
    patch.setenv("HOTLINE_BACKUP_FOLDER", str(folder))
    return Safe(folder, identity, patch)


def url_of(world: World) -> str:
    """The URL of the world's database."""
    return world.database.engine.url.render_as_string(hide_password=False)


def programs_on_path(patch: pytest.MonkeyPatch) -> None:
    """`pg_dump` and `pg_restore` of the cluster that the tests start come first."""
    found = postgres.find_programs()
    if shutil.which("pg_dump", path=str(found)):
        patch.setenv("PATH", str(found), prepend=":")
