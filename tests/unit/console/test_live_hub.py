"""The hub: hints when marks differ, one watcher while somebody listens, no more than there may be.

No clock is waited for: a listener waits for what another thread does, with a limit that is never
reached when the hub works.
"""

import threading
from collections.abc import Callable

import pytest

from console.live.hub import Full, Hub
from hotline.dispatch.pulse import Marks, Topic

LIMIT_S = 60.0


class Source:
    """Marks that a test sets; `fail` makes reading raise."""

    def __init__(self) -> None:
        self.mark, self.fail, self.reads = "a", False, 0
        self.read_again = threading.Event()

    def __call__(self) -> Marks:
        self.reads += 1
        self.read_again.set()
        if self.fail:
            raise OSError("the database is away")
        return dict.fromkeys(Topic, self.mark)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def hub(source: Source) -> Hub:
    return Hub(source, every_s=0.001, most=2)


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so."""
    for _ in range(100_000):
        if true():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it never came to be so")


def test_a_listener_that_knows_nothing_is_told_at_once(hub: Hub, source: Source) -> None:
    with hub.listen() as seat:
        assert seat.wait({}, LIMIT_S) == source()


def test_a_change_wakes_every_listener(hub: Hub, source: Source) -> None:
    with hub.listen() as one, hub.listen() as other:
        before = source()
        source.mark = "b"
        for seat in (one, other):
            assert seat.wait(before, LIMIT_S) == dict.fromkeys(Topic, "b")


def test_without_a_change_the_wait_ends_by_itself(hub: Hub, source: Source) -> None:
    with hub.listen() as seat:
        assert seat.wait(source(), 0.01) == source()


def test_one_watcher_from_the_first_listener_to_the_last(hub: Hub, source: Source) -> None:
    assert not hub.watching
    one, other = hub.listen(), hub.listen()
    assert hub.watching
    one.leave()
    one.leave()  # a second time is nothing
    assert hub.listeners == 1
    assert hub.watching
    other.leave()
    until(lambda: not hub.watching)
    source.read_again.clear()
    with hub.listen():  # and anew with the next one
        assert source.read_again.wait(LIMIT_S)


def test_no_more_than_there_may_be(hub: Hub) -> None:
    with hub.listen(), hub.listen() as second:
        with pytest.raises(Full):
            hub.listen()
        second.leave()
        with hub.listen():
            assert hub.listeners == 2


def test_a_database_that_is_away_ends_all_who_listen(hub: Hub, source: Source) -> None:
    with hub.listen() as seat:
        source.fail = True
        assert seat.wait(seat.wait({}, LIMIT_S) or {}, LIMIT_S) is None
    with pytest.raises(OSError, match="away"):
        hub.listen()
    assert hub.listeners == 0
    source.fail = False
    with hub.listen() as seat:
        assert seat.wait({}, LIMIT_S) is not None


def test_a_process_that_stops_ends_all_who_listen_and_takes_no_more(
    hub: Hub, source: Source
) -> None:
    with hub.listen() as seat:
        hub.close()
        assert seat.wait(source(), LIMIT_S) is None
        until(lambda: not hub.watching)
        with pytest.raises(Full):
            hub.listen()
