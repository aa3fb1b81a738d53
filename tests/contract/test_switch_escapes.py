"""Twilio's validator accepts what the switch sends, by GET and POST, whatever is in the URL."""

import pytest

from tests.support.switchboard import CALLER, HOTLINE, Application, Switch

QUERIES = [
    "q=%C3%A9t%C3%A9",
    "q=%D8%B3%D9%84%D8%A7%D9%85",
    "q=one%20two+three",
    "q=a%2Bb%26c%3Dd",
    "q=1&q=2&q=1",
    "q=%7Euser~&empty=&flag",
    "u=http%3A%2F%2Fh%2F%3Fx%3D1",
    "q=100%25",
]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_queries_that_need_escaping(switch: Switch, application: Application, method: str) -> None:
    """Each document leads to the next; the last parameters are told to each of them."""
    about = {"CallerName": "Zoë O’Neil & +Söhne", "FromCity": "São Paulo"}
    switch.phone(CALLER)
    switch.control("PUT", f"phones/{CALLER.replace('+', '%2B')}/about", about)
    switch.control("PUT", "number", {"voice_url": application.url + "/0"})
    for at, query in enumerate(QUERIES):
        following = f"/{at + 1}?{query}".replace("&", "&amp;")
        application.pages[f"/{at}"] = (
            f'<Response><Redirect method="{method}">{following}</Redirect></Response>'
        )
    switch.control("POST", "calls", {"from": CALLER, "to": HOTLINE})
    application.wait(f"/{len(QUERIES)}")
    assert [path for path, _, valid in application.seen if not valid] == []
    assert len(application.seen) == len(QUERIES) + 1
    if method == "POST":
        assert application.seen[-1][1]["CallerName"] == about["CallerName"]
