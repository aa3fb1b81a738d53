"""What a stream's server lets the far end hear."""

from collections.abc import Callable

from switch.g711 import FRAME, SILENCE
from switch.streams.playout import Playout


def told(heard: list[str], name: str) -> Callable[[bool], None]:
    return lambda whole: heard.append(name if whole else f"{name} cleared")


def test_silence_while_there_is_nothing() -> None:
    assert Playout().read() == SILENCE


def test_pieces_of_any_size_follow_one_another() -> None:
    playout, audio = Playout(), bytes(range(256)) * 3
    for at in range(0, len(audio), 100):
        playout.add(audio[at : at + 100])
    frames = [playout.read() for _ in range(6)]
    assert all(len(frame) == FRAME for frame in frames)
    assert b"".join(frames) == audio + b"\xff" * (6 * FRAME - len(audio))


def test_who_waits_is_told_at_the_frame_after() -> None:
    playout, heard = Playout(), list[str]()
    playout.after(told(heard, "nothing"))
    playout.add(b"\x01" * FRAME)
    playout.after(told(heard, "one"))
    playout.add(b"\x02" * 10)
    playout.after(told(heard, "two"))
    playout.add(b"\x03" * FRAME)
    after: list[list[str]] = []
    for _ in range(4):
        playout.read()
        after.append(list(heard))
    assert after == [["nothing"], ["nothing", "one"], ["nothing", "one", "two"], heard]


def test_clear_tells_all_who_wait() -> None:
    playout, heard = Playout(), list[str]()
    playout.add(b"\x01" * 10)
    playout.after(told(heard, "one"))
    playout.add(b"\x02" * 10 * FRAME)
    playout.after(told(heard, "two"))
    playout.read()  # passes `one` in the middle
    playout.clear()
    assert heard == ["one", "two cleared"]
    assert playout.read() == SILENCE


def test_after_a_clear_it_goes_on() -> None:
    playout = Playout()
    playout.add(b"\x01" * FRAME)
    playout.clear()
    playout.add(b"\x02" * FRAME)
    assert playout.read() == b"\x02" * FRAME
