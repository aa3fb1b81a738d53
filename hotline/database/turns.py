"""Whose turn it is to write to SQLite, among the threads of one process.

SQLite lets one write at a time, and whoever finds it taken looks again after a pause that grows to
a tenth of a second: with fifty callers in the menu some would be overtaken for most of a second.
The threads of a process therefore stand in line for a lock of their own, which wakes the next of
them at once; only other processes are still met at the file.
"""

import os
import sqlite3
import time
from collections import deque
from threading import Lock
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

READS = "hotline_reads"
"""Execution option of a connection whose transaction writes nothing."""
BEGIN = "BEGIN IMMEDIATE"
_HAS_TURN = "hotline_has_turn"
"""In a connection's `info`: the line whose turn it has until it is given back to the pool."""
_SHORTENED = "hotline_shortened"
"""In a connection's `info`: its wait at the file is not the whole one."""
LEAST_S = 0.05
"""What is left at least for the wait at the file."""
HAND_OVER_S = 0.05
"""Ten times the interpreter's own patience with a thread (sys.getswitchinterval)."""
SHORT_S = 0.05
"""A shorter wait at the lock leaves the whole wait at the file."""


class _Waiting:
    """One who waits, since when; awake: may look again; given: it is theirs."""

    def __init__(self) -> None:
        self.since, self.awake, self.given = time.monotonic(), Lock(), False
        self.awake.acquire()


class Line:
    """A lock that nobody waits for in vain. `threading.Lock` is not: who gives it back and asks
    again at once, as an engine does, gets it before those who wait.

    Whoever comes while it is free has it, for to hand it to a thread that must first wake up, and
    wait for the interpreter, leaves it idle; but whoever has waited for HAND_OVER_S is the next.
    """

    def __init__(self) -> None:
        self._mutex, self._taken, self._waiting = Lock(), False, deque[_Waiting]()

    def acquire(self, timeout_s: float) -> bool:
        """Wait for the turn, so long at most; whether it has come."""
        me = _Waiting()
        with self._mutex:
            if self._has(me):
                return True
            self._waiting.append(me)
        try:
            return self._wait(me, me.since + timeout_s)
        except BaseException:  # a signal's: nobody may hand it to who is no longer there
            self._leave(me)
            raise

    def _wait(self, me: _Waiting, until: float) -> bool:
        """Wait until it is theirs, or until that moment; whether it is."""
        in_time = True
        while in_time:
            in_time = me.awake.acquire(timeout=max(0.0, until - time.monotonic()))
            with self._mutex:
                if me.given:
                    return True
                if self._has(me):
                    self._waiting.remove(me)
                    return True
                if not in_time:
                    self._waiting.remove(me)
        return False

    def _leave(self, me: _Waiting) -> None:
        with self._mutex:
            if me in self._waiting:
                self._waiting.remove(me)
        if me.given:
            self.release()

    def _has(self, me: _Waiting) -> bool:
        """Take it for them, if it is free."""
        if self._taken:
            return False
        self._taken = me.given = True
        return True

    def release(self) -> None:
        """Give it back; it goes to whoever has waited too long, or wakes whoever is first."""
        with self._mutex:
            self._taken = False
            if not self._waiting:
                return
            first = self._waiting[0]
            if time.monotonic() - first.since > HAND_OVER_S:
                self._waiting.popleft()
                self._taken = first.given = True
            if first.awake.locked():
                first.awake.release()


class Turns:
    """The turns of one engine; its methods are listeners of the engine's events."""

    def __init__(self, busy_s: float) -> None:
        """busy_s: so long a transaction waits altogether, at the lock and at the file."""
        self._line, self._busy_s, self._process = Line(), busy_s, os.getpid()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction: at once one that only reads, in its turn one that may write.

        Raises OperationalError as SQLite does when the wait is too long.
        """
        if connection.get_execution_options().get(READS, False):
            connection.exec_driver_sql("BEGIN")
            return
        if _HAS_TURN not in connection.info:
            self._wait(connection)
        connection.exec_driver_sql(BEGIN)

    def end(self, _driver_connection: Any, record: Any) -> None:
        """A connection is given back: the turn is the next one's."""
        line = record.info.pop(_HAS_TURN, None)
        if line is not None:
            line.release()

    def _wait(self, connection: Connection) -> None:
        if self._process != os.getpid():  # forked: whoever has the turn has it in the parent
            self._line, self._process = Line(), os.getpid()
        began = time.monotonic()
        if not self._line.acquire(self._busy_s):
            raise OperationalError(BEGIN, {}, sqlite3.OperationalError("database is locked"))
        connection.info[_HAS_TURN] = self._line
        waited_s = time.monotonic() - began
        waited = waited_s > SHORT_S
        left_s = max(LEAST_S, self._busy_s - waited_s) if waited else self._busy_s
        if waited or connection.info.pop(_SHORTENED, False):
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {left_s * 1000:.0f}")
            connection.info[_SHORTENED] = waited
