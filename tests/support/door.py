"""The web door of a runtime, as a visitor meets it: pages without a script, forms sent by hand."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from hotline.reports.intake import Receipt
from tests.support.browser import Quiet, let_go

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
SHOWN = re.compile(r'<dd><bdi dir="ltr">(\d{3}) (\d{3})</bdi></dd>')
TEXTAREA = re.compile(r"<textarea[^>]*>\n(.*?)</textarea>", re.DOTALL)
ADDRESS = "198.51.100.7"
GUN = "He has a gun in his locker.\nHe wants to use it on Thursday."


class Visitor:
    """Somebody before the door; `page` is the last answer."""

    page: TestResponse

    def __init__(self, app: Flask, code: str = "en", address: str = ADDRESS) -> None:
        self._client = app.test_client(use_cookies=False)
        self._environ = {"REMOTE_ADDR": address}
        self.code = code

    def look(self, path: str = "") -> TestResponse:
        """Open a page of the chosen language."""
        self.page = self._client.get(f"/{self.code}/{path}", environ_base=self._environ)
        return self.page

    def send(self, path: str, headers: dict[str, str] | None = None, **given: str) -> TestResponse:
        """Send the form that is on the page, with these fields filled in, as a browser does."""
        form = dict(HIDDEN.findall(self.page.text)) | given
        self.page = self._client.post(
            f"/{self.code}/{path}", data=form, headers=headers, environ_base=self._environ
        )
        return self.page

    def write(self, text: str = GUN, place: str = "") -> Receipt:
        """Open the form and report something; gives the numbers that are shown."""
        self.look()
        self.send("send", text=text, place=place)
        return self.receipt

    @property
    def receipt(self) -> Receipt:
        """The numbers on the page."""
        number, pin = ("".join(pair) for pair in SHOWN.findall(self.page.text))
        return Receipt(number, pin)

    def come_back(self, number: str, pin: str) -> TestResponse:
        """Enter number and PIN."""
        self.look("return")
        return self.send("open", number=number, pin=pin)

    @property
    def written(self) -> str:
        """What stands in the field for text."""
        found = TEXTAREA.search(self.page.text)
        assert found is not None, "there is no field for text"
        return unescape(found.group(1))


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The door over HTTP on this machine; gives its address."""
    server = make_server("127.0.0.1", 0, let_go(app), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
