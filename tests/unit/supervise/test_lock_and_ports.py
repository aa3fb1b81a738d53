"""One start per directory, one listener per port; both refuse in one sentence."""

from pathlib import Path

import pytest

from hotline.supervise import ports
from hotline.supervise.errors import StartError
from hotline.supervise.lock import DirectoryLock


def test_a_second_lock_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    first = DirectoryLock(tmp_path)
    with pytest.raises(StartError, match="already runs") as error:
        DirectoryLock(tmp_path)
    assert len(str(error.value).splitlines()) == 1
    first.close()
    DirectoryLock(tmp_path).close()


def test_a_busy_port_is_refused() -> None:
    with ports.listen(0) as listener:
        port = ports.port_of(listener)
        with pytest.raises(StartError, match=f"Port {port} is in use") as error:
            ports.listen(port)
        assert len(str(error.value).splitlines()) == 1
    ports.listen(port).close()
