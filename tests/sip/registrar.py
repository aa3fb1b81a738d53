"""A registrar at the trunk that asks for a password by digest (RFC 2617), as trunks do."""

import hashlib
import re
import socket
import threading
from typing import Self


class Registrar:
    """Answers REGISTER: 401 until the answer to its question is right, then 200 or 403."""

    def __init__(self, port: int, password: str, expires: int = 300) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.1)
        self._password, self._expires = password, expires
        self.registered = 0
        self.challenged = 0
        self.text = ""
        self._stop = False
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while not self._stop:
            try:
                data, origin = self._socket.recvfrom(65535)
            except TimeoutError:
                continue
            text = data.decode()
            if text.startswith("REGISTER "):
                self.text = text
                self._socket.sendto(self._answer(text).encode(), origin)

    def _answer(self, text: str) -> str:
        given = re.search(r"^Authorization: Digest (.*)$", text, re.M | re.I)
        if given is None:
            self.challenged += 1
            question = 'WWW-Authenticate: Digest realm="trunk", nonce="n1", algorithm=MD5\r\n'
            return self._reply(text, "401 Unauthorized", question)
        words = dict(re.findall(r'(\w+)="?([^",]*)"?', given[1]))
        if words["response"] != self._right(words):
            return self._reply(text, "403 Forbidden", "")
        self.registered += 1
        contact = re.search(r"^Contact: (.*?)\r$", text, re.M | re.I)
        assert contact is not None
        return self._reply(text, "200 OK", f"Contact: {contact[1]}\r\n")

    def _right(self, words: dict[str, str]) -> str:
        one = _md5(f"{words['username']}:trunk:{self._password}")
        two = _md5(f"REGISTER:{words['uri']}")
        if "qop" in words:
            return _md5(f"{one}:n1:{words['nc']}:{words['cnonce']}:{words['qop']}:{two}")
        return _md5(f"{one}:n1:{two}")

    def _reply(self, text: str, status: str, more: str) -> str:
        kept = [
            line
            for line in text.split("\r\n")
            if line.lower().startswith(("via:", "from:", "call-id:", "cseq:"))
        ]
        to = next(line for line in text.split("\r\n") if line.lower().startswith("to:"))
        lines = "\r\n".join([*kept, f"{to};tag=registrar"])
        return f"SIP/2.0 {status}\r\n{lines}\r\n{more}Content-Length: 0\r\n\r\n"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
