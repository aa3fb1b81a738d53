"""Web push: empty, signed with our key, to public hosts only; who is gone is forgotten."""

import base64
import ipaddress
import json
import ssl
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import func, select
from structlog.testing import capture_logs

from hotline.context import Runtime
from hotline.database.types import Sealed
from hotline.oncall import responders
from hotline.oncall.model import ResponderKind
from hotline.people import push, push_service
from hotline.people.accounts import add_account
from hotline.people.model import Account, PushSubscription, Role
from hotline.people.push import Delivery, PushError
from hotline.people.push_service import PushService, is_public
from tests.fakes.clock import START

ENDPOINT = "https://push.example.com/send/abc"
NOW_S = START.timestamp()


# --- the way there --------------------------------------------------------------------------


class Service:
    """A push service on loopback, over TLS with a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.status, self.location = 201, ""
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                service.heard.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        pem = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        self.trust = ssl.create_default_context(cafile=str(pem))
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://localhost:{self.server.server_port}/send/abc"


def certificate(folder: Path) -> Path:
    """Key and certificate of localhost in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(1)
    builder = builder.not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = builder.add_extension(names, critical=False)
    signed = builder.add_extension(x509.BasicConstraints(True, 0), critical=True)
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path)
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def send(service: Service, tmp_path: Path) -> PushService:
    """The way there, which may reach this machine."""
    key = push_service.load_or_create(tmp_path / "push-key")
    return PushService(
        lambda: key,
        "https://hotline.example.org",
        lambda: NOW_S,
        may_reach=lambda address: address.is_loopback,
        trust=service.trust,
    )


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_what_is_sent_is_empty_and_signed_with_our_key(
    service: Service, send: PushService, tmp_path: Path
) -> None:
    assert send(service.url) is Delivery.SENT
    ((path, headers, body),) = service.heard
    assert (path, body) == ("/send/abc", b"")
    assert (headers["TTL"], headers["Urgency"]) == ("60", "high")
    token, key = headers["Authorization"].removeprefix("vapid ").replace(" ", "").split(",")
    ours = push_service.public_key(push_service.load_or_create(tmp_path / "push-key"))
    assert key == f"k={ours}"
    head, claims, signature = token.removeprefix("t=").split(".")
    assert json.loads(decoded(claims)) == {
        "aud": service.url.removesuffix("/send/abc"),
        "sub": "https://hotline.example.org",
        "exp": int(NOW_S) + 12 * 3600,
    }
    r, s = decoded(signature)[:32], decoded(signature)[32:]
    dss = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(ours))
    public.verify(dss, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(201, "sent"), (404, "gone"), (410, "gone"), (403, "failed"), (500, "failed")],
)
def test_what_the_service_says(
    service: Service, send: PushService, status: int, outcome: str
) -> None:
    service.status = status
    assert send(service.url) == outcome


def test_nothing_is_followed_elsewhere(service: Service, send: PushService) -> None:
    service.status, service.location = 307, service.url + "/elsewhere"
    assert send(service.url) is Delivery.FAILED
    assert len(service.heard) == 1


def test_a_name_that_leads_to_this_machine_is_not_reached(service: Service, tmp_path: Path) -> None:
    """Only what `is_public` allows is connected to: the service on loopback hears nothing."""
    key = push_service.load_or_create(tmp_path / "push-key")
    strict = PushService(lambda: key, "mailto:a@example.org", lambda: NOW_S, trust=service.trust)
    assert strict(service.url) is Delivery.FAILED
    assert strict(service.url.replace("https", "http")) is Delivery.FAILED
    assert not service.heard


def test_who_cannot_be_trusted_or_reached_has_failed(
    service: Service, send: PushService, tmp_path: Path
) -> None:
    key = push_service.load_or_create(tmp_path / "push-key")
    untrusting = PushService(
        lambda: key, "mailto:a@example.org", lambda: NOW_S, may_reach=lambda address: True
    )
    assert untrusting(service.url) is Delivery.FAILED
    assert send("https://localhost:1/nobody") is Delivery.FAILED
    assert not service.heard


def test_a_key_that_cannot_be_had_is_a_failure_and_no_error(service: Service) -> None:
    def missing() -> object:
        raise OSError("read-only")

    lost = PushService(missing, "mailto:a@b.org", lambda: NOW_S, may_reach=lambda address: True)  # type: ignore[arg-type]
    assert lost(service.url) is Delivery.FAILED


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1"),
        *("::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::"),
    ],
)
def test_addresses_that_are_nobodys_business(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


def test_the_internet_is_public() -> None:
    assert is_public(ipaddress.ip_address("142.250.74.42"))
    assert is_public(ipaddress.ip_address("2a00:1450:4001:831::200a"))


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "push-key"
    keys = {push_service.public_key(push_service.load_or_create(path)) for _ in range(2)}
    assert len(keys) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["push-key"]


# --- subscriptions --------------------------------------------------------------------------


@pytest.fixture
def account(runtime_on_both: Runtime) -> Account:
    """Somebody who is linked to a telephone."""
    with runtime_on_both.database.transaction() as session:
        person = responders.put(
            session,
            runtime_on_both.vault,
            handle="c1",
            kind=ResponderKind.COUNSELOR,
            name="Ana",
            number="+15550100001",
            languages=["en"],
        )
        made = add_account(session, "ana", "Ana", Role.COUNSELOR, "none", START)
        made.responder_id = person.id
        return made


def subscribe(runtime: Runtime, account: Account, endpoint: str = ENDPOINT) -> None:
    given = {"endpoint": endpoint, "keys": {"p256dh": "x", "auth": "y"}}
    with runtime.database.transaction() as session:
        push.subscribe(session, runtime.vault, account.id, given, START)


def endpoints(runtime: Runtime, account: Account) -> list[str]:
    with runtime.database.transaction() as session:
        found = push.devices(session, runtime.vault, account.responder_id or "")
        assert push.is_subscribed(session, account.responder_id or "") is bool(found)
        return [device.endpoint for device in found]


def test_a_browser_is_known_once_and_kept_sealed(
    runtime_on_both: Runtime, account: Account
) -> None:
    for _ in range(2):
        subscribe(runtime_on_both, account)
    assert endpoints(runtime_on_both, account) == [ENDPOINT]
    with runtime_on_both.database.transaction() as session:
        row = session.scalars(select(PushSubscription)).one()
        assert b"example" not in row.subscription
        assert push.unsubscribe(session, account.id, ENDPOINT)
        assert not push.unsubscribe(session, account.id, ENDPOINT)
    assert endpoints(runtime_on_both, account) == []


def test_only_so_many_browsers_are_kept(runtime_on_both: Runtime, account: Account) -> None:
    for number in range(push.MOST + 2):
        subscribe(runtime_on_both, account, f"{ENDPOINT}{number}")
    kept = endpoints(runtime_on_both, account)
    assert kept == [f"{ENDPOINT}{number}" for number in range(2, push.MOST + 2)]


def test_one_that_does_not_open_is_left_out_and_told_in_the_log(
    runtime_on_both: Runtime, account: Account
) -> None:
    subscribe(runtime_on_both, account)
    subscribe(runtime_on_both, account, f"{ENDPOINT}2")
    with runtime_on_both.database.transaction() as session:
        damaged = session.scalars(select(PushSubscription).order_by(PushSubscription.id)).first()
        assert damaged is not None
        damaged.subscription = Sealed(damaged.subscription[:-1])
        lost = damaged.id
    with capture_logs() as logs:
        assert endpoints(runtime_on_both, account) == [f"{ENDPOINT}2"]
    (line,) = logs
    assert (line["event"], line["subject"]) == ("push_unreadable", lost)
    assert "example" not in str(line)


def test_who_is_disabled_is_not_told(runtime_on_both: Runtime, account: Account) -> None:
    subscribe(runtime_on_both, account)
    with runtime_on_both.database.transaction() as session:
        session.get_one(Account, account.id).disabled_at = START
    assert endpoints(runtime_on_both, account) == []


@pytest.mark.parametrize(
    ("outcome", "left", "failed"),
    [(Delivery.SENT, 1, False), (Delivery.FAILED, 1, True), (Delivery.GONE, 0, False)],
)
def test_what_became_of_it_is_written_down(
    runtime_on_both: Runtime, account: Account, outcome: Delivery, left: int, failed: bool
) -> None:
    subscribe(runtime_on_both, account)
    with runtime_on_both.database.transaction() as session:
        (device,) = push.devices(session, runtime_on_both.vault, account.responder_id or "")
        push.delivered(session, device.id, outcome, START)
        push.delivered(session, "none", outcome, START)
        assert session.scalar(select(func.count(PushSubscription.id))) == left
        rows = session.scalars(select(PushSubscription.failed_at)).all()
        assert [at is not None for at in rows] == [failed] * left


@pytest.mark.parametrize(
    "endpoint",
    [
        None,
        7,
        "",
        "push",
        "http://push.example.com/x",
        "https://push.example.com:8443/x",
        "https://push.example.com:port/x",
        "https://me@push.example.com/x",
        "https:///x",
        "https://localhost/x",
        "https://db.internal/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://169.254.169.254/latest",
        "https://push.example.com/" + "x" * push.LONGEST,
    ],
)
def test_where_nobody_may_be_led(endpoint: object) -> None:
    with pytest.raises(PushError):
        push.check({"endpoint": endpoint})


def test_a_subscription_of_a_browser_is_one() -> None:
    assert push.check({"endpoint": ENDPOINT, "keys": {}}) == ENDPOINT
    assert push.check({"endpoint": "https://142.250.74.42/x"})
