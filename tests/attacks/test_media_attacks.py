"""Attacks on the media socket: unsigned, with a guessed token, with another's, with a used one."""

from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from hotline.context import Runtime
from hotline.reports import streams
from tests.attacks.attack import Attack, each
from tests.conftest import MakeRuntime
from tests.support.streams import URL, Door, run
from transcription.media import server


async def begins(door: Door, number: int, given: dict[str, str]) -> bool:
    """Whether a stream for the call of that number begins with these parameters."""
    async with door.carrier(number) as carrier:
        await carrier.start(**given)
        try:
            await carrier.beep()
        except (TypeError, ValueError, AssertionError):
            return False
        return True


async def unsigned(door: Door) -> bool:
    """Anybody opens a socket."""
    try:
        async with door.carrier(headers={"X-Twilio-Signature": "bm8="}):
            return True
    except aiohttp.WSServerHandshakeError:
        return False


async def guessed_token(door: Door) -> bool:
    """The message is known, its token is not."""
    return await begins(door, 1, door.message() | {"token": "guessed"})


async def another_call(door: Door) -> bool:
    """Parameters that were seen in one call are used in another."""
    return await begins(door, 2, door.message())


async def used_token(door: Door) -> bool:
    """The parameters are used a second time, while the first caller speaks."""
    given = door.message()
    async with door.carrier() as first:
        await first.start(**given)
        await first.beep()
        return await begins(door, 1, given)


def no_signature(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(server, "is_signed", lambda runtime, given: True)


def any_token(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(streams.hmac, "compare_digest", lambda a, b: True)


class Same(str):
    """A text that is equal to every other."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


def any_call(patch: pytest.MonkeyPatch) -> None:
    real = streams.open_stream

    def opened(session: object, message: str, given: str, call: str, now: object) -> object:
        return real(session, message, given, Same(call), now)  # type: ignore[arg-type]

    patch.setattr(streams, "open_stream", opened)


def used_is_offered(patch: pytest.MonkeyPatch) -> None:
    real = streams._locked

    def locked(session: object, message: object) -> object:
        row = real(session, message)  # type: ignore[arg-type]
        if row is not None:
            row.state = streams.StreamState.OFFERED
        return row

    patch.setattr(streams, "_locked", locked)


def at_the_door(attack: Callable[[Door], Awaitable[bool]]) -> Callable[[Runtime], bool]:
    """The attack at a server that runs for it alone."""

    def does(runtime: Runtime) -> bool:
        found: list[bool] = []

        async def test(door: Door) -> None:
            found.append(await attack(door))

        run(runtime, test)
        return found[0]

    return does


ATTACKS = [
    Attack("unsigned", at_the_door(unsigned), no_signature),
    Attack("guessed_token", at_the_door(guessed_token), any_token),
    Attack("another_call", at_the_door(another_call), any_call),
    Attack("used_token", at_the_door(used_token), used_is_offered),
]


@pytest.fixture
def on_sqlite(make_runtime: MakeRuntime, sqlite_url: str) -> Runtime:
    return make_runtime(sqlite_url, languages=["en"], media_url=URL)


@each(ATTACKS)
def test_it_fails(on_sqlite: Runtime, attack: Attack[Runtime]) -> None:
    assert not attack.does(on_sqlite)


@each(ATTACKS)
def test_it_succeeds_without_the_mitigation(
    on_sqlite: Runtime, monkeypatch: pytest.MonkeyPatch, attack: Attack[Runtime]
) -> None:
    attack.without(monkeypatch)
    assert attack.does(on_sqlite)
