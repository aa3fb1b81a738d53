"""Calls over SIP that are bridged two and two, at the pace of life; printed as JSON.

Every caller dials the hotline and is connected with a phone at the trunk; SIPp signals for both
sides, and one more process is the sound of all of them. Printed: the CPU of the process of sound
and of the interpreter (in percent of one core), the packets that were lost on the way there and
back, and by how much the packets sent deviate from 20 ms.

    python -m tests.bench.bench_sip [CALLS] [SECONDS]
"""

import asyncio
import itertools
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from switch.g711 import SILENCE
from switch.sip import rtp
from tests.sip.house import House, until

FRAME_S = 0.02
RATE = 5  # calls that begin in a second


def outside(pipe: Connection) -> None:
    """The sound of everybody outside: two ports, which answer each packet's sender every 20 ms."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for sock in sockets:
        sock.bind(("127.0.0.1", 0))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        sock.setblocking(False)
    pipe.send([sock.getsockname()[1] for sock in sockets])
    heard: dict[Any, list[tuple[int, float]]] = {}
    measuring, sequence, begun, due = False, 0, 0, time.monotonic()
    while True:
        due += FRAME_S
        while (left := due - time.monotonic()) > 0:
            _listen(sockets, heard, measuring)
            time.sleep(min(left, 0.001))
        sequence += 1
        packet = rtp.pack(rtp.Packet(0, sequence, sequence * 160, 7, SILENCE))
        for number, address in heard:
            sockets[number].sendto(packet, address)
        if pipe.poll():
            word = pipe.recv()
            measuring = word == "begin"
            if word == "end":
                pipe.send((sequence - begun, [stamps for stamps in heard.values() if stamps]))
                return
            begun = sequence


def _listen(
    sockets: list[socket.socket], heard: dict[Any, list[tuple[int, float]]], measuring: bool
) -> None:
    for number, sock in enumerate(sockets):
        with suppress(BlockingIOError):
            while True:
                data, address = sock.recvfrom(2000)
                stamps = heard.setdefault((number, address), [])
                if measuring:
                    stamps.append((int.from_bytes(data[2:4], "big"), time.monotonic()))


def cpu_s(pid: int) -> float:
    """Seconds of processor time a process has used."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


async def measure(calls: int, seconds: float) -> dict[str, Any]:
    """Bridge `calls` calls, listen for `seconds`, and tell."""
    here, there = multiprocessing.Pipe()
    crowd = multiprocessing.get_context("spawn").Process(target=outside, args=(there,), daemon=True)
    crowd.start()
    callers_port, phones_port = here.recv()
    with tempfile.TemporaryDirectory() as directory:
        async with House(Path(directory), most_calls=2 * calls + 2, last_port=17999) as house:
            house.voice("<Dial>+15550100203</Dial>")
            await house.phones(calls, phones_port, "-timeout", "600s")
            pace = ("-r", str(RATE), "-l", str(calls), "-timeout", "600s")
            await house.caller(callers_port, *pace, count=calls)
            journal = house.exchange.journal
            await until(
                lambda: sum(e["event"] == "bridged" for e in journal.entries) == 2 * calls,
                "all calls bridged",
            )
            pids = {"sound": house.trunk.pid, "interpreter": os.getpid()}
            before = {name: cpu_s(pid) for name, pid in pids.items()}
            here.send("begin")
            await asyncio.sleep(seconds)
            after = {name: cpu_s(pid) for name, pid in pids.items()}
            here.send("end")
            _, streams = await asyncio.get_running_loop().run_in_executor(None, here.recv)
    figures = {
        f"cpu_{name}": round((after[name] - before[name]) / seconds * 100, 1) for name in pids
    }
    return {"calls": calls, "seconds": seconds} | figures | deviations(streams)


def deviations(streams: list[list[tuple[int, float]]]) -> dict[str, Any]:
    """Of what was received outside: packets lost, and milliseconds off 20 between two of them."""
    lost, means, worst, late = 0, [], 0.0, []
    for stamps in streams:
        lost += (stamps[-1][0] - stamps[0][0]) % 65536 + 1 - len({each for each, _ in stamps})
        off = sorted(abs(b[1] - a[1] - FRAME_S) * 1000 for a, b in itertools.pairwise(stamps))
        means.append(statistics.mean(off))
        late.append(off[int(len(off) * 0.99)])
        worst = max(worst, off[-1])
    return {
        "streams": len(streams),
        "packets": sum(map(len, streams)),
        "lost": lost,
        "off_ms_mean": round(statistics.mean(means), 2),
        "off_ms_p99_median": round(statistics.median(late), 2),
        "off_ms_worst": round(worst, 1),
    }


def main() -> None:
    """Entry point."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 30.0
    print(json.dumps(asyncio.run(measure(calls, seconds)), indent=2))


if __name__ == "__main__":
    main()
