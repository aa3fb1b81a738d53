"""An alarm told outside, beside the phones that ring for it: posted to a URL, and sent by e-mail.

Each way works in threads of its own: neither waits for the other, and no ring for either. What
became of the last try of each stands in a row, for `hotline doctor` and the page Health. A way that
failed is tried again in the next round of the alarm.
"""

import threading
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import requests
import structlog
from sqlalchemy.orm import Session

from hotline.context import Runtime
from hotline.database.base import add_once
from hotline.dispatch import mail
from hotline.dispatch.model import AlarmWay
from hotline.settings import Settings

log = structlog.get_logger()

Fact = Mapping[str, object]
"""What is told: `hotline.dispatch.alarms.fact`."""
POST_TIMEOUT_S = 5.0
CONSOLE = "/board"
UNDER_WAY = 8
"""Tries of one way at once: whoever answers so slowly is not asked more often."""


class Way(StrEnum):
    """post: HOTLINE_ALARM_URL · mail: HOTLINE_MAIL_TO."""

    POST = "post"
    MAIL = "mail"


class NotTold(Exception):
    """A way did not work; `code` says why in one word of ours, never with an address."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def ways_of(settings: Settings) -> tuple[Way, ...]:
    """The ways that are set."""
    wanted = {Way.POST: settings.alarm_url, Way.MAIL: settings.mail_host}
    return tuple(way for way, value in wanted.items() if value is not None)


class Outside:
    """The ways of one process."""

    def __init__(self, runtime: Runtime) -> None:
        """Nothing is done until something is told."""
        self._runtime = runtime
        self._tries = {way: threading.BoundedSemaphore(UNDER_WAY) for way in Way}
        self._tell = {Way.POST: self._post, Way.MAIL: self._mail}

    def tell(self, fact: Fact) -> None:
        """Begin to tell it by every way that is set; never waits and never raises."""
        for way in ways_of(self._runtime.settings):
            if not self._tries[way].acquire(blocking=False):
                log.error("alarm_not_told", alarm=fact["alarm"], way=way.value, code="too_slow")
                continue
            # A daemon: whoever does not answer does not keep the process from ending.
            name = f"alarm-{way.value}"
            threading.Thread(target=self._apart, args=(way, fact), name=name, daemon=True).start()

    def tell_by(self, way: Way, fact: Fact) -> str | None:
        """Tell it by this way, wait for the answer and write it down; gives the code of what went
        wrong, None for nothing. Raises SQLAlchemyError when it cannot be written down."""
        code = None
        try:
            self._tell[way](fact)
        except (NotTold, mail.NotMailed) as error:
            code = error.code
            log.error("alarm_not_told", alarm=fact["alarm"], way=way.value, code=code)
        with self._runtime.database.transaction() as session:
            note(session, way, code, self._runtime.clock())
        return code

    def _apart(self, way: Way, fact: Fact) -> None:
        try:
            self.tell_by(way, fact)
        except Exception as error:  # the database, for example; it was told all the same
            log.error("alarm_not_noted", way=way.value, error=type(error).__name__)
        finally:
            self._tries[way].release()

    def _post(self, fact: Fact) -> None:
        url = self._runtime.settings.alarm_url or ""
        try:
            answer = requests.post(url, json=dict(fact), timeout=POST_TIMEOUT_S)
        except requests.Timeout:
            raise NotTold("timeout") from None
        except requests.exceptions.SSLError:
            raise NotTold("certificate") from None
        except (requests.RequestException, ValueError):
            raise NotTold("unreachable") from None
        if not answer.ok:
            raise NotTold(f"answer_{answer.status_code}")

    def _mail(self, fact: Fact) -> None:
        box = mail.mailbox(self._runtime.settings)
        if box is None:
            raise NotTold("not_set")
        console, now = self._runtime.url(CONSOLE), self._runtime.clock()
        mail.send(box, mail.compose(box, fact, console, now))


def note(session: Session, way: Way, code: str | None, now: datetime) -> None:
    """Write down what became of a try; code: why it failed, None: it did not."""
    if session.get(AlarmWay, way.value) is None:
        add_once(session, AlarmWay(way=way.value, tried_at=now))
    row = session.get_one(AlarmWay, way.value, with_for_update=True)
    row.tried_at, row.error = now, code
    if code is None:
        row.reached_at = now
