"""A start that cannot work ends in one sentence and leaves nothing running."""

from pathlib import Path

import pytest

from hotline.settings import SettingsError, load_settings
from hotline.supervise import ports
from hotline.supervise.errors import StartError
from hotline.supervise.lock import DirectoryLock
from hotline.supervise.stack import Stack


def test_busy_port(tmp_path: Path) -> None:
    with ports.listen(0) as taken:
        stack = Stack(load_settings(data_dir=tmp_path), print, port=ports.port_of(taken))
        with pytest.raises(StartError, match="in use"), stack:
            pass
    DirectoryLock(tmp_path).close()  # the lock is free again


def test_a_carrier_that_cannot_do_what_is_asked(tmp_path: Path) -> None:
    given = load_settings(data_dir=tmp_path / "data", carrier="somleng")
    with pytest.raises(SettingsError, match="no conferences"), Stack(given, print):
        pass
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_model_that_cannot_be_loaded(tmp_path: Path) -> None:
    model = tmp_path / "models" / "vosk-model-tiny-en" / "am"
    model.mkdir(parents=True)
    (model / "final.mdl").write_bytes(b"not a model")
    settings = load_settings(data_dir=tmp_path / "data", models_dir=tmp_path / "models")
    with pytest.raises(StartError) as error, Stack(settings, lambda name, line: None):
        pass
    assert len(str(error.value).splitlines()) == 1
    assert "vosk-model-tiny-en" in str(error.value)
    assert list((tmp_path / "data" / "run").iterdir()) == []
