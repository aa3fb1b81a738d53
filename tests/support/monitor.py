"""An HTTP server on loopback that counts who fetches it: a monitor's address."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer


class Monitor:
    """`fetched` holds the path of each GET; `status` is what it answers."""

    def __init__(self) -> None:
        self.fetched: list[str] = []
        self.status = 200
        monitor = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                monitor.fetched.append(self.path)
                self.send_response(monitor.status)
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/ping"


@contextmanager
def open_monitor() -> Iterator[Monitor]:
    """A listening monitor."""
    monitor = Monitor()
    thread = threading.Thread(target=monitor.server.serve_forever)
    thread.start()
    try:
        yield monitor
    finally:
        monitor.server.shutdown()
        thread.join()
        monitor.server.server_close()
