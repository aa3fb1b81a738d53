"""The dispatcher's ports on the real parts of a runtime."""

from functools import cache

from hotline.context import Runtime
from hotline.dispatch import mail
from hotline.dispatch.books import Letter, Ports
from hotline.dispatch.outside import Outside
from hotline.dispatch.sql import readings, transactions
from hotline.people.push_service import PushService, load_or_create
from hotline.reports.callback import limits_of

NOBODY_TO_ASK = "mailto:nobody@hotline.invalid"
"""For push services, where the hotline has no address of its own."""


def ports_of(runtime: Runtime) -> Ports:
    """What the engine works through in a real process."""
    return Ports(
        transaction=transactions(runtime),
        reading=readings(runtime),
        carrier=runtime.carrier,
        clock=runtime.clock,
        url=runtime.url,
        doorbell=runtime.doorbell,
        alarm_repeat_s=runtime.settings.alarm_repeat_s,
        transcript_wait_s=runtime.settings.transcript_wait_s,
        post=Outside(runtime).tell,
        push=push_service(runtime),
        callback=limits_of(runtime.settings),
        unread_s=runtime.settings.unread_s,
        letter=lambda letter: post(runtime, letter),
        delivery_tries=runtime.settings.delivery_tries,
    )


def post(runtime: Runtime, letter: Letter) -> None:
    """Hand a letter to the mail server of the settings. Raises NotMailed."""
    box = mail.mailbox(runtime.settings)
    if box is None:
        raise mail.NotMailed("not_set")
    mail.send(box, mail.letter(box, letter, runtime.url(letter.path), runtime.clock()))


def push_service(runtime: Runtime) -> PushService:
    """The way to browsers. The key is read, or made, when it is first needed."""
    public_url = runtime.settings.public_url
    subject = public_url if public_url.startswith("https://") else NOBODY_TO_ASK
    key = cache(lambda: load_or_create(runtime.settings.push_key))
    return PushService(key, subject, lambda: runtime.clock().timestamp())
