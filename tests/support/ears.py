"""An HTTP server on loopback that keeps what is posted to it: whoever listens at
HOTLINE_ALARM_URL."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ears:
    """`heard` holds each fact; `status` is what it answers."""

    def __init__(self) -> None:
        self.heard: list[dict[str, object]] = []
        self.status = 200
        ears = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ears.heard.append(json.loads(body))
                self.send_response(ears.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alarm"


@contextmanager
def open_ears() -> Iterator[Ears]:
    """A listening server."""
    made = Ears()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield made
    finally:
        made.server.shutdown()
        thread.join()
        made.server.server_close()
