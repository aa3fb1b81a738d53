"""The whole hotline on one machine, as a context manager: for `hotline up`, the demo and tests."""

import socket
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from types import TracebackType
from typing import Self

import requests
from redis import Redis
from redis.exceptions import RedisError

from hotline import embedded_redis
from hotline.carrier.choice import refusal, stream_url
from hotline.carrier.own_switch import SWITCH_FILE
from hotline.context import Runtime
from hotline.database.migrations import upgrade
from hotline.runtime import open_runtime
from hotline.settings import STREAM_PATH, Settings, SettingsError
from hotline.supervise import parts, ports
from hotline.supervise.child import Part, Sink
from hotline.supervise.errors import StartError
from hotline.supervise.lock import DirectoryLock
from hotline.supervise.numbers import RosterNumbers, ringable
from hotline.supervise.supervisor import Supervisor
from hotline.supervise.switch_control import SwitchControl
from hotline.tasks import heartbeat
from hotline.tasks.doorbell import WORKERS_KEY

# Twice as long as a start was once seen to take, on two cores that had other work.
READY_S = 120.0
LOOK_EVERY_S = 0.1
# A part that fails so often before everything is ready will not get well by itself.
TRIES_AT_START = 3
LAST_LINES = 8


class Stack:
    """Starts everything on `with`, stops everything at its end, whatever happened between.

    `port`: of the web process, 0 lets the kernel choose (public_url is then made to match).
    `speed`: telephone seconds per second of our own switch. `sink` gets every line of every part.
    After the start `settings` are those the parts run with, and `runtime` is wired to them.
    """

    settings: Settings
    runtime: Runtime
    switch: SwitchControl | None

    def __init__(
        self, settings: Settings, sink: Sink, *, speed: float = 1.0, port: int = 0
    ) -> None:
        self._given = settings
        self._sink = sink
        self._speed = speed
        self._port = port
        self._lines = defaultdict[str, deque[str]](lambda: deque(maxlen=LAST_LINES))
        self._undo = ExitStack()
        self._killed: dict[str, Part] = {}
        self.notes: list[str] = []
        """Sentences a person should see (no Redis found, for example)."""

    def __enter__(self) -> Self:
        """Start all parts and wait until they answer. Raises SettingsError, StartError, …"""
        with self._undo:
            self._start()
            self._undo = self._undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all parts in order."""
        self._undo.close()

    def pids(self) -> dict[str, int]:
        """Process id of each running part."""
        return self._supervisor.pids()

    def kill(self, name: str) -> None:
        """End a part at once (SIGKILL) and leave it so. Raises KeyError when it does not run."""
        self._killed[name] = self._supervisor.kill(name)

    def start_again(self, name: str) -> None:
        """Start a part that was killed; nothing if it was not."""
        part = self._killed.pop(name, None)
        if part is not None:
            self._supervisor.start([part])

    def _start(self) -> None:
        if (says := refusal(self._given)) is not None:
            raise SettingsError(says)
        self._given.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._undo.callback(DirectoryLock(self._given.data_dir).close)
        settings = self._place_media(self._listen(parts.settled(self._given)))
        self._supervisor = Supervisor(settings.data_dir, self._line)
        self._undo.callback(self._supervisor.stop)
        self.settings = settings = self._start_switch(self._start_redis(settings))
        self._supervisor.start([parts.web(settings, self._listener)])
        if settings.redis_url is not None:
            self._supervisor.start(parts.workers(settings))
        upgrade(settings.database)  # while they load their libraries
        self._supervisor.start([parts.dispatcher(settings), parts.auditor(settings)])
        if stream_url(settings) is not None:
            self._supervisor.start([parts.media(settings)])
        if settings.door_url is not None:
            self._supervisor.start([parts.door(settings, self._door_listener)])
        self.runtime = open_runtime(settings)
        self._undo.callback(self.runtime.close)
        self._wait_until("web", lambda: self._answers(self._listener, "/health/ready"))
        if settings.door_url is not None:
            self._wait_until("door", lambda: self._answers(self._door_listener, "/"))
        self._wait_until("switch", self._switch_answers)
        if settings.own_lines and self.switch is not None:
            tell = self.switch.may_ring
            self._undo.enter_context(RosterNumbers(lambda: ringable(self.runtime), tell))
        self._wait_until("dispatcher", lambda: self._beats(heartbeat.DISPATCHER))
        if stream_url(settings) is not None:
            self._wait_until("media", lambda: self._beats(heartbeat.MEDIA))
        if settings.redis_url is not None and self._redis_answers():
            self._wait_until("worker", self._worker_is_there)

    def _listen(self, settings: Settings) -> Settings:
        self._listener = ports.listen(self._port)
        self._undo.callback(self._listener.close)
        if settings.door_url is not None:
            host, _, port = settings.door_bind.rpartition(":")
            named = ("HOTLINE_DOOR_BIND", host)
            self._door_listener = ports.listen(int(port), host.strip("[]"), *named)
            self._undo.callback(self._door_listener.close)
        if self._port:
            return settings
        url = f"http://127.0.0.1:{ports.port_of(self._listener)}"
        return settings.model_copy(update={"public_url": url})

    def _place_media(self, settings: Settings) -> Settings:
        """Without an outside carrier no proxy leads streams to us: a free port and its address."""
        if settings.media_url is not None or not settings.needs_own_switch:
            return settings
        with ports.listen(0) as free:
            address = f"127.0.0.1:{ports.port_of(free)}"
        url = f"ws://{address}{STREAM_PATH}"
        return settings.model_copy(update={"media_bind": address, "media_url": url})

    def _start_redis(self, settings: Settings) -> Settings:
        if settings.redis_url is not None:
            return settings
        redis = embedded_redis.prepare(settings.data_dir)
        if redis is None:
            self.notes.append(embedded_redis.NO_REDIS)
            return settings
        self._undo.callback(redis.remove)
        self._supervisor.start([Part("redis", redis.command, outlives=True)])
        self._wait_until("redis", lambda: embedded_redis.answers(redis.url))
        return settings.model_copy(update={"redis_url": redis.url})

    def _start_switch(self, settings: Settings) -> Settings:
        self.switch = None
        if not settings.needs_own_switch:
            return settings
        host, _, wanted = (settings.switch_bind or "127.0.0.1:0").rpartition(":")
        named = ("HOTLINE_SWITCH_BIND", host)
        with ports.listen(int(wanted), host.strip("[]"), *named) as free:
            port = ports.port_of(free)
        self._supervisor.start([parts.switch(settings, port, self._speed, host.strip("[]"))])
        url = f"http://{host}:{port}"
        self.switch = SwitchControl(url, settings.auth_tokens[0])
        place = settings.data_dir / SWITCH_FILE
        place.write_text(url)
        self._undo.callback(place.unlink, missing_ok=True)
        return settings.model_copy(update={"twilio_api_url": url, "carrier": "switch"})

    def _wait_until(self, part: str, ready: Callable[[], bool]) -> None:
        """Wait for `ready()`. Raises StartError with the last lines when the part gives up."""
        until = time.monotonic() + READY_S
        while not ready():
            if self._supervisor.refused(part):
                raise StartError(self._lines[part][-1] if self._lines[part] else f"{part} refused.")
            failing = self._supervisor.failures(part) >= TRIES_AT_START
            if failing or time.monotonic() > until:
                said = "\n".join(f"  {line}" for line in self._lines[part])
                raise StartError(f"The part {part!r} did not start; its last words:\n{said}")
            time.sleep(LOOK_EVERY_S)

    def _answers(self, listener: socket.socket, path: str) -> bool:
        try:
            url = f"http://127.0.0.1:{ports.port_of(listener)}{path}"
            return requests.get(url, timeout=2.0).status_code == HTTPStatus.OK
        except requests.RequestException:
            return False

    def _switch_answers(self) -> bool:
        if self.switch is None:
            return True
        # One that cannot have its lines answers for a moment, and ends with a sentence.
        return self.switch.has_lines() if self.settings.own_lines else self.switch.answers()

    def _beats(self, process: str) -> bool:
        with self.runtime.database.transaction() as session:
            return heartbeat.alive(session, process, self.runtime.clock(), READY_S)

    def _redis_answers(self) -> bool:
        """Whether the workers' Redis is there; if not, say that the dispatcher does their work."""
        if embedded_redis.answers(self.settings.redis_url or ""):
            return True
        self.notes.append("Redis does not answer; until it does, the dispatcher transcribes.")
        return False

    def _worker_is_there(self) -> bool:
        try:
            with Redis.from_url(self.settings.redis_url or "", socket_timeout=1.0) as client:
                return bool(client.exists(WORKERS_KEY))
        except (RedisError, OSError):
            return False

    def _line(self, name: str, line: str) -> None:
        self._lines[name].append(line)
        self._sink(name, line)
