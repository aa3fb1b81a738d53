"""Where the web process listens."""

import pytest

from hotline import up
from hotline.settings import load_settings


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("http://127.0.0.1:8080", 8080),
        ("http://localhost", 80),
        ("http://localhost:9000/", 9000),
        ("https://hotline.example.org", 8080),
        ("https://hotline.example.org:8443", 8443),
    ],
)
def test_port(url: str, port: int) -> None:
    assert up.web_port(load_settings(public_url=url)) == port
