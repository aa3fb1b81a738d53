"""The listener behind the alarm URL."""

import requests

from hotline.demo.listener import AlarmListener


def test_keeps_what_is_posted() -> None:
    with AlarmListener() as listener:
        answer = requests.post(listener.url, json={"alarm": "a", "round": 1}, timeout=5)
        assert answer.status_code == 204
        assert listener.posts == [{"alarm": "a", "round": 1}]
