"""The dispatcher's ports on the real parts of a runtime."""

from collections.abc import Callable, Mapping
from functools import cache

import requests
import structlog

from hotline.context import Runtime
from hotline.dispatch.books import Ports
from hotline.dispatch.sql import transactions
from hotline.people.push_service import PushService, load_or_create

log = structlog.get_logger()

POST_TIMEOUT_S = 5.0
NOBODY_TO_ASK = "mailto:nobody@hotline.invalid"
"""For push services, where the hotline has no address of its own."""


def ports_of(runtime: Runtime) -> Ports:
    """What the engine works through in a real process."""
    return Ports(
        transaction=transactions(runtime),
        carrier=runtime.carrier,
        clock=runtime.clock,
        url=runtime.url,
        doorbell=runtime.doorbell,
        alarm_repeat_s=runtime.settings.alarm_repeat_s,
        transcript_wait_s=runtime.settings.transcript_wait_s,
        post=poster(runtime.settings.alarm_url),
        push=push_service(runtime),
    )


def push_service(runtime: Runtime) -> PushService:
    """The way to browsers. The key is read, or made, when it is first needed."""
    public_url = runtime.settings.public_url
    subject = public_url if public_url.startswith("https://") else NOBODY_TO_ASK
    key = cache(lambda: load_or_create(runtime.settings.push_key))
    return PushService(key, subject, lambda: runtime.clock().timestamp())


def poster(
    alarm_url: str | None, timeout_s: float = POST_TIMEOUT_S
) -> Callable[[Mapping[str, object]], None]:
    """Posts an alarm's facts to that URL, and never raises; does nothing without a URL."""

    def post(fact: Mapping[str, object]) -> None:
        if alarm_url is None:
            return
        try:
            requests.post(alarm_url, json=dict(fact), timeout=timeout_s).raise_for_status()
        except requests.RequestException as error:
            log.error("alarm_not_posted", alarm=fact["alarm"], error=type(error).__name__)

    return post
