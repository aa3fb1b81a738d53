"""The signature check: Twilio's vectors, the Flask trap, ports, repeated keys, several tokens."""

from collections.abc import Iterable
from wsgiref.util import setup_testing_defaults

import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import ImmutableMultiDict

from hotline.carrier.signature import raw_target, signed_urls, verify

TOKEN = "12345"
# docs/facts.md T4 (the vectors of Twilio's own libraries)
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("To", "+18005551212"),
    ("Caller", "+14158675310"),
    ("From", "+14158675310"),
]
SIGNATURE = "L/OH5YylLD5NRKLltdqwSvS0BnU="
OTHER_FORM = [*FORM[:3], ("Caller", "+14158675309"), ("From", "+14158675309")]
OTHER_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def sign(url: str, pairs: Iterable[tuple[str, str]] = (), token: str = TOKEN) -> str:
    """What the carrier would send, made by its own library."""
    return RequestValidator(token).compute_signature(url, ImmutableMultiDict(list(pairs)))


def check(signature: str, form: object = FORM, **changes: object) -> bool:
    asked = {
        "tokens": [TOKEN],
        "public_url": "https://example.com",
        "raw_path": "/myapp.php",
        "raw_query": "foo=1&bar=2",
        "form": form,
        "signature": signature,
    }
    return verify(**(asked | changes))


def test_first_vector() -> None:
    assert check(SIGNATURE)


def test_second_vector() -> None:
    assert check(OTHER_SIGNATURE, OTHER_FORM, public_url="https://mycompany.com")


def test_form_of_flask() -> None:
    assert check(SIGNATURE, ImmutableMultiDict(FORM))


@pytest.mark.parametrize(
    "changes",
    [
        {"public_url": "http://example.com"},
        {"public_url": "https://example.org"},
        {"public_url": "not a url"},
        {"raw_path": "/myapp.php/"},
        {"raw_path": "/MYAPP.php"},
        {"raw_query": "bar=2&foo=1"},
        {"raw_query": ""},
        {"form": FORM[1:]},
        {"form": [*FORM, ("More", "")]},
        {"form": [("Digits", " 1234") if k == "Digits" else (k, v) for k, v in FORM]},
        {"tokens": []},
        {"tokens": [""]},
        {"tokens": ["54321"]},
        {"signature": ""},
        {"signature": "é" * 28},
        {"signature": SIGNATURE.lower()},
        {"signature": SIGNATURE + "="},
    ],
)
def test_anything_else_is_refused(changes: dict[str, object]) -> None:
    assert not check(**({"signature": SIGNATURE} | changes))


def test_no_token_refuses_even_what_an_empty_token_signs() -> None:
    signature = sign("https://example.com/v", token="")
    for tokens in ([], [""], ["", ""]):
        assert not verify(tokens, "https://example.com", "/v", "", [], signature)


def test_either_token_of_a_rotation() -> None:
    for token in ("new", "old"):
        signature = sign("https://example.com/v", FORM, token)
        assert verify(["new", "old"], "https://example.com", "/v", "", FORM, signature)


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [
        ("https://h.example", "https://h.example/v"),
        ("https://h.example", "https://h.example:443/v"),
        ("https://h.example:8443", "https://h.example/v"),
        ("https://h.example:8443", "https://h.example:8443/v"),
        ("http://h.example:8080", "http://h.example:8080/v"),
        ("http://h.example", "http://h.example:80/v"),
        ("http://[::1]:8080", "http://[::1]:8080/v"),
        ("https://user:pass@h.example:8443", "https://h.example/v"),
        ("https://h.example/", "https://h.example/v"),
        ("https://h.example/prefix", "https://h.example/prefix/v"),
    ],
)
def test_ports_and_passwords(public_url: str, signed: str) -> None:
    assert verify([TOKEN], public_url, "/v", "", FORM, sign(signed, FORM))


def test_another_port_is_refused() -> None:
    signature = sign("https://h.example:9/v", FORM)
    assert not verify([TOKEN], "https://h.example:8443", "/v", "", FORM, signature)


def test_repeated_keys_are_sorted_and_counted_once() -> None:
    signature = sign("https://h.example/v", [("A", "1"), ("A", "2"), ("B", "")])
    for form in (
        [("B", ""), ("A", "2"), ("A", "1"), ("A", "2")],
        [("A", "1"), ("B", ""), ("A", "2")],
    ):
        assert verify([TOKEN], "https://h.example", "/v", "", form, signature)
    assert not verify([TOKEN], "https://h.example", "/v", "", [("A", "1"), ("A", "2")], sign("x"))


@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6),
    st.text(alphabet="abz019%/-._~", max_size=12),
    st.text(alphabet="abz019%=&-._~", max_size=12),
)
def test_agrees_with_the_carriers_library(
    form: list[tuple[str, str]], path: str, query: str
) -> None:
    """Whatever is posted: signed by the library, accepted by us; altered, refused."""
    url = f"https://h.example/{path}" + (f"?{query}" if query else "")
    signature = sign(url, form)
    assert verify([TOKEN], "https://h.example", f"/{path}", query, form, signature)
    altered = [*form, ("Altered", "1")]
    assert not verify([TOKEN], "https://h.example", f"/{path}", query, altered, signature)


def test_signed_urls_are_without_and_with_the_port() -> None:
    urls = signed_urls("https://h.example", "/v", "a=1")
    assert urls == ("https://h.example/v?a=1", "https://h.example:443/v?a=1")


def test_raw_target_of_gunicorn_keeps_every_byte() -> None:
    environ = {"RAW_URI": "/voice/a%2Fb/%C3%A9?u=http%3A%2F%2Fx", "PATH_INFO": "/voice/a/b/Ã©"}
    assert raw_target(environ) == ("/voice/a%2Fb/%C3%A9", "u=http%3A%2F%2Fx")


def test_raw_target_of_other_servers() -> None:
    assert raw_target({"REQUEST_URI": "/v?a=%20"}) == ("/v", "a=%20")


def test_raw_target_ignores_the_host_of_an_absolute_request() -> None:
    assert raw_target({"RAW_URI": "http://evil.example/v?a=1"}) == ("/v", "a=1")
    assert raw_target({"RAW_URI": "http://evil.example"}) == ("/", "")
    assert raw_target({"RAW_URI": "//evil.example/v"}) == ("//evil.example/v", "")
    assert raw_target({"RAW_URI": "*"}) == ("/", "")


def test_raw_target_encodes_again_where_the_server_kept_nothing() -> None:
    environ: dict[str, object] = {}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": "/voice/é b".encode().decode("latin-1"), "QUERY_STRING": "u=%C3%A9"}
    assert raw_target(environ) == ("/voice/%C3%A9%20b", "u=%C3%A9")


@pytest.mark.parametrize(
    "target",
    [
        "/voice",
        "/voice?u=http%3A%2F%2Fx",
        "/voice?name=%C3%A9",
        "/voice?plus=%2B1&space=%20",
        "/voice/a%2Fb?x=1",
        "/voice/%C3%A9",
        "/voice?empty=",
        "/voice?a=1&a=2&b",
    ],
)
def test_flask_trap(target: str) -> None:
    """Inside Flask the decoded `request.url` would fail for several of these; ours must not."""
    app = Flask(__name__)
    seen: list[bool] = []

    @app.post("/voice", defaults={"rest": ""})
    @app.post("/voice/<path:rest>")
    def voice(rest: str) -> str:
        path, query = raw_target(request.environ)
        signature = request.headers["X-Twilio-Signature"]
        seen.append(verify([TOKEN], "https://h.example", path, query, request.form, signature))
        return rest

    signature = sign("https://h.example" + target, FORM)
    # The test client's own host is localhost: the configured URL must be what counts.
    app.test_client().post(target, data=dict(FORM), headers={"X-Twilio-Signature": signature})
    assert seen == [True]


def test_query_given_apart_to_the_test_client() -> None:
    app = Flask(__name__)
    with app.test_request_context("/voice", query_string={"u": "é"}):
        assert raw_target(request.environ) == ("/voice", "u=%C3%A9")
