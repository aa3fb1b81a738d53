"""The whole hotline on one machine, as a context manager: for `hotline up`, the demo and tests."""

import time
from collections import deque
from types import TracebackType
from typing import Self

import requests
from redis import Redis
from redis.exceptions import RedisError

from hotline import embedded_redis
from hotline.database.migrations import upgrade
from hotline.runtime import Runtime, open_runtime
from hotline.settings import Settings
from hotline.supervise import parts, ports
from hotline.supervise.child import Sink
from hotline.supervise.errors import StartError
from hotline.supervise.lock import DirectoryLock
from hotline.supervise.supervisor import Supervisor
from hotline.supervise.switch_control import SwitchControl
from hotline.tasks import heartbeat

READY_S = 60.0
LOOK_EVERY_S = 0.1
# A part that fails so often before everything is ready will not get well by itself.
TRIES_AT_START = 3
LAST_LINES = 8
WORKERS_KEY = "rq:workers"
"""The set in which RQ registers its workers."""


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
        self._lines: deque[str] = deque(maxlen=LAST_LINES)
        self._undo: list[object] = []
        self.notes: list[str] = []
        """Sentences a person should see (no Redis found, for example)."""

    def __enter__(self) -> Self:
        """Start all parts and wait until they answer. Raises StartError, KeyRingError, …"""
        self._given.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = DirectoryLock(self._given.data_dir)
        self._supervisor: Supervisor | None = None
        self._redis: embedded_redis.EmbeddedRedis | None = None
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop all parts in order."""
        self.runtime.close()
        self._stop()

    def pids(self) -> dict[str, int]:
        """Process id of each running part."""
        return self._supervisor.pids() if self._supervisor else {}

    def _start(self) -> None:
        settings = parts.settled(self._given)
        own_switch = parts.needs_own_switch(settings)
        self._listener = ports.listen(self._port)
        if self._port == 0:
            url = f"http://127.0.0.1:{ports.port_of(self._listener)}"
            settings = settings.model_copy(update={"public_url": url})
        upgrade(settings.database)
        supervisor = self._supervisor = Supervisor(settings.data_dir, self._line)
        settings = self._start_redis(settings, supervisor)
        self.switch = None
        if own_switch:
            settings = self._start_switch(settings, supervisor)
        self.settings = settings
        self.runtime = open_runtime(settings)
        supervisor.start([parts.web(settings, self._listener), parts.dispatcher(settings)])
        if settings.redis_url is not None:
            supervisor.start([parts.worker(settings)])
        self._wait_until("the web pages", self._web_answers)
        self._wait_until("the switch", self._switch_answers)
        self._wait_until("the dispatcher", self._dispatcher_beats)
        self._wait_until("the worker", self._worker_is_there)

    def _start_redis(self, settings: Settings, supervisor: Supervisor) -> Settings:
        if settings.redis_url is not None:
            return settings
        redis = self._redis = embedded_redis.prepare(settings.data_dir)
        if redis is None:
            self.notes.append(embedded_redis.NO_REDIS)
            return settings
        supervisor.start([parts.Part("redis", redis.command)])
        self._wait_until("Redis", redis.answers)
        return settings.model_copy(update={"redis_url": redis.url})

    def _start_switch(self, settings: Settings, supervisor: Supervisor) -> Settings:
        with ports.listen(0) as free:
            port = ports.port_of(free)
        supervisor.start([parts.switch(settings, port, self._speed)])
        url = f"http://127.0.0.1:{port}"
        self.switch = SwitchControl(url, settings.auth_tokens[0])
        return settings.model_copy(update={"twilio_api_url": url})

    def _wait_until(self, what: str, ready: object) -> None:
        """Wait for `ready()`. Raises StartError with the last lines when a part gives up."""
        assert callable(ready) and self._supervisor is not None  # noqa: S101
        until = time.monotonic() + READY_S
        while not ready():
            failing = [n for n in PARTS if self._supervisor.failures(n) >= TRIES_AT_START]
            if failing or time.monotonic() > until:
                said = "\n".join(self._lines)
                raise StartError(f"{what[:1].upper()}{what[1:]} did not start.\n{said}")
            time.sleep(LOOK_EVERY_S)

    def _web_answers(self) -> bool:
        try:
            url = f"http://127.0.0.1:{ports.port_of(self._listener)}/health/ready"
            return requests.get(url, timeout=2.0).status_code == requests.codes.ok
        except requests.RequestException:
            return False

    def _switch_answers(self) -> bool:
        return self.switch is None or self.switch.answers()

    def _dispatcher_beats(self) -> bool:
        with self.runtime.database.transaction() as session:
            return heartbeat.alive(session, "dispatcher", self.runtime.clock(), READY_S)

    def _worker_is_there(self) -> bool:
        if self.settings.redis_url is None:
            return True
        try:
            with Redis.from_url(self.settings.redis_url, socket_timeout=1.0) as client:
                return bool(client.scard(WORKERS_KEY))
        except (RedisError, OSError):
            return False

    def _line(self, name: str, line: str) -> None:
        self._lines.append(f"{name}: {line}")
        self._sink(name, line)

    def _stop(self) -> None:
        if self._supervisor is not None:
            self._supervisor.stop()
        if hasattr(self, "_listener"):
            self._listener.close()
        if self._redis is not None:
            self._redis.remove()
        self._lock.close()


PARTS = ("redis", "switch", "web", "dispatcher", "worker")
