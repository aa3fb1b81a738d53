"""A small HTTP server with one file, as obedient or as nasty as a test wants it."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RANGE = re.compile(r"bytes=(\d+)-")


@dataclass
class Shelf:
    """What the server has and how it behaves.

    cuts: after how many bytes of a body each next answer breaks off, in order. holds: it waits for
    `go` after so many bytes. ranges: whether it knows them. status: what it answers instead.
    """

    data: bytes
    tag: str = '"one"'
    ranges: bool = True
    status: int = 200
    cuts: list[int] = field(default_factory=list)
    holds: int | None = None
    go: threading.Event = field(default_factory=threading.Event)
    seen: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def asked_ranges(self) -> list[str | None]:
        """The Range header of each request so far."""
        return [headers.get("Range") for headers in self.seen]


@contextmanager
def serving(shelf: Shelf) -> Iterator[Shelf]:
    """Serve on a free port of this machine; `shelf.url` is the folder."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            shelf.seen.append(dict(self.headers))
            shelf.paths.append(self.path)
            if shelf.status != 200:
                return self.answer(shelf.status, b"gone")
            start = self.wanted_start()
            if start >= len(shelf.data) and start:
                return self.answer(416, b"", {"Content-Range": f"bytes */{len(shelf.data)}"})
            if not start:
                return self.answer(200, shelf.data)
            last = len(shelf.data) - 1
            extra = {"Content-Range": f"bytes {start}-{last}/{len(shelf.data)}"}
            return self.answer(206, shelf.data[start:], extra)

        def wanted_start(self) -> int:
            asked = RANGE.fullmatch(self.headers.get("Range", ""))
            same = self.headers.get("If-Range") == shelf.tag
            return int(asked[1]) if asked and same and shelf.ranges else 0

        def answer(self, status: int, body: bytes, extra: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for name, value in ({"ETag": shelf.tag} | (extra or {})).items():
                if value:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.send_body(body)

        def send_body(self, body: bytes) -> None:
            if shelf.holds is not None:
                self.wfile.write(body[: shelf.holds])
                shelf.go.wait(60)
                body = body[shelf.holds :]
            cut = shelf.cuts.pop(0) if shelf.cuts else None
            self.wfile.write(body[:cut])
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    shelf.url = f"http://127.0.0.1:{server.server_port}/models/"
    try:
        yield shelf
    finally:
        shelf.go.set()
        server.shutdown()
        thread.join()
        server.server_close()
