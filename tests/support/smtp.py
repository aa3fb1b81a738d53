"""A mail server on loopback that speaks as much SMTP as is needed: greeting, STARTTLS, AUTH, mail.

Real sockets and real TLS; what it answers can be scripted by command.
"""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "127.0.0.1"
USER, PASSWORD = "alarms", "correct horse"


@dataclass
class Mail:
    """One mail that was taken: from whom, to whom, whether the way was encrypted, whether somebody
    had signed in."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    encrypted: bool
    signed_in: bool


@dataclass
class Smtp:
    """A server. `says` holds, by the first word of a command, answers to give in its place, each
    once. `greet` False: it takes the connection and never says a word."""

    mode: str
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    says: dict[str, list[str]] = field(default_factory=dict)
    greet: bool = True
    connections: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)


def make_certificate(folder: Path, host: str = HOST) -> Path:
    """A certificate and its key in one file, signed by itself, for an address."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "mail.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return path


@contextmanager
def open_smtp(mode: str = "none", certificate: Path | None = None) -> Iterator[Smtp]:
    """A listening server. mode: none, starttls or tls."""
    made = Smtp(mode)
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            made.connections += 1
            made.arrived.set()
            talk = Talk(made, self.request, context)
            try:
                talk.run()
            except (OSError, EOFError):
                return
            finally:
                talk.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server((HOST, 0), Handler) as server:
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            server.shutdown()
            thread.join()


class Talk:
    """One connection."""

    def __init__(self, smtp: Smtp, connection: ssl.SSLSocket, context: ssl.SSLContext | None):
        self.smtp, self.connection, self.context = smtp, connection, context
        self.encrypted = self.signed_in = False
        self.sender, self.recipients = "", list[str]()
        self.file = connection.makefile("rb")

    def close(self) -> None:
        """The connection is over."""
        self.file.close()
        self.connection.close()

    def run(self) -> None:
        """Answer until they leave."""
        if not self.smtp.greet:
            self.smtp.over.wait()
            return
        if self.smtp.mode == "tls":
            self.encrypt()
        self.say("220 mail.test ESMTP")
        while True:
            line = self.file.readline().rstrip(b"\r\n").decode()
            if not line:
                return
            word = line.split(":")[0].split()[0].upper()
            scripted = self.smtp.says.get(word)
            if scripted:
                self.say(scripted.pop(0))
            elif word == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                getattr(self, f"do_{word.lower()}", self.unknown)(line)

    def say(self, *lines: str) -> None:
        self.connection.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def encrypt(self) -> None:
        assert self.context is not None
        self.file.close()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")
        self.encrypted = True

    def unknown(self, line: str) -> None:
        self.say("502 5.5.1 not known")

    def do_ehlo(self, line: str) -> None:
        offers = ["STARTTLS"] if self.smtp.mode == "starttls" and not self.encrypted else []
        offers += ["AUTH PLAIN"]
        lines = ["mail.test", *offers]
        self.say(*[f"250-{one}" for one in lines[:-1]], f"250 {lines[-1]}")

    def do_starttls(self, line: str) -> None:
        self.say("220 2.0.0 go on")
        self.encrypt()

    def do_auth(self, line: str) -> None:
        said = base64.b64decode(line.split()[2]).decode().split("\0")
        self.signed_in = said[1:] == [USER, PASSWORD]
        self.say("235 2.7.0 in" if self.signed_in else f"535 5.7.8 {said[1]} is not known here")

    def do_noop(self, line: str) -> None:
        self.say("250 2.0.0 ok")

    def do_rset(self, line: str) -> None:
        self.recipients = []
        self.say("250 2.0.0 ok")

    def do_mail(self, line: str) -> None:
        self.sender, self.recipients = _address(line), []
        self.say("250 2.1.0 ok")

    def do_rcpt(self, line: str) -> None:
        self.recipients.append(_address(line))
        self.say("250 2.1.5 ok")

    def do_data(self, line: str) -> None:
        self.say("354 go on")
        lines = []
        while (one := self.file.readline()) != b".\r\n":
            if not one:
                raise EOFError
            lines.append(one.removeprefix(b"."))
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        given = (self.sender, self.recipients, message, self.encrypted, self.signed_in)
        self.smtp.mails.append(Mail(*given))
        self.say("250 2.0.0 taken")


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]
