"""A demonstration never touches the data of a real deployment."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from hotline.context import Runtime
from hotline.database.migrations import upgrade
from hotline.demo.options import DemoError
from hotline.demo.space import open_space
from hotline.oncall import responders
from hotline.oncall.model import ResponderKind
from hotline.settings import Settings, load_settings


def settings(folder: Path, url: str | None = None) -> Settings:
    return load_settings(data_dir=folder, database_url=url)


def test_a_temporary_directory_goes_away(tmp_path: Path) -> None:
    with open_space(settings(tmp_path / "mine"), keep=False) as space:
        assert space.data_dir.is_dir()
        assert space.data_dir != tmp_path / "mine"
        assert space.data_dir.stat().st_mode & 0o777 == 0o700
    assert not space.data_dir.exists()
    assert not (tmp_path / "mine").exists()


def test_a_kept_directory_stays(tmp_path: Path) -> None:
    with open_space(settings(tmp_path / "mine"), keep=True) as space:
        (space.data_dir / "file").touch()
    assert (tmp_path / "mine" / "file").exists()


def test_a_real_roster_is_refused(tmp_path: Path, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        responders.put(
            session,
            runtime.vault,
            handle="night-desk",
            kind=ResponderKind.COUNSELOR,
            name="Somebody",
            number="+15550100444",
            languages=["en"],
        )
    given = settings(tmp_path, runtime.settings.database)
    with pytest.raises(DemoError, match="real roster"), open_space(given, keep=True):
        pass


@pytest.mark.postgres
def test_an_empty_postgres_is_used_as_it_is(empty_url: str, tmp_path: Path) -> None:
    with open_space(settings(tmp_path, empty_url), keep=False) as space:
        assert space.database_url == empty_url


@pytest.mark.postgres
def test_a_used_postgres_gets_a_schema_of_its_own(postgres_url: str, tmp_path: Path) -> None:
    with open_space(settings(tmp_path, postgres_url), keep=False) as space:
        assert space.database_url is not None
        upgrade(space.database_url)
        engine = create_engine(space.database_url)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM report")) == 0
            schema = connection.scalar(text("SELECT current_schema()"))
        engine.dispose()
        assert str(schema).startswith("demo_")
    engine = create_engine(postgres_url)
    assert schema not in inspect(engine).get_schema_names()
    engine.dispose()
