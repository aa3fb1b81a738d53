"""Somebody who writes texts: signed webhooks in, texts out, as a carrier does it."""

import itertools
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from hotline.carrier.port import Carrier
from hotline.context import Runtime
from hotline.simulate.carrier import FakeText, MemoryCarrier

SENDER = "+12175550142"
GUN = "He has a gun in his locker at North High."
_IDS = itertools.count(1)


class Phone:
    """A telephone and its carrier. `answers`: what came back to each text, empty for nothing."""

    def __init__(self, client: FlaskClient, runtime: Runtime, number: str = SENDER) -> None:
        self._client, self._runtime, self.number = client, runtime, number
        self.answers: list[str] = []
        self.last: dict[str, str] = {}
        self.signature = ""
        self.page: TestResponse

    def text(self, body: str, **more: str) -> str:
        """Write a text; gives what is answered. more: other parameters of the webhook."""
        line = more.get("To") or self._runtime.settings.phone_number
        kept = self._kept(line, body)
        form = {
            "MessageSid": kept.id if kept is not None else f"SM{next(_IDS):032x}",
            "AccountSid": self._runtime.settings.twilio_account_sid,
            "From": self.number,
            "To": line,
            "Body": body,
            "NumMedia": "0",
            **more,
        }
        return self.post(form)

    def again(self) -> str:
        """The carrier tells its last text once more."""
        return self.post(self.last)

    def post(self, form: dict[str, str], signature: str | None = None) -> str:
        """Post a webhook, signed unless a signature is given."""
        self.last = form
        url = self._runtime.url("/voice/text")
        token = self._runtime.settings.auth_tokens[0]
        given = signature or RequestValidator(token).compute_signature(url, form)
        self.signature = given
        headers = {"X-Twilio-Signature": given}
        self.page = self._client.post("/voice/text", data=form, headers=headers)
        if self.page.mimetype != "text/xml":
            return ""
        root = ET.fromstring(self.page.get_data(as_text=True))  # noqa: S314
        answer = "\n".join(found.text or "" for found in root.iter("Message"))
        self.answers.append(answer)
        carrier: Carrier = self._runtime.carrier
        if answer and isinstance(carrier, MemoryCarrier):
            line = form.get("To", "")
            carrier.add_text(line=line, other=self.number, body=answer, came=False)
        return answer

    def _kept(self, line: str, body: str) -> FakeText | None:
        carrier: Carrier = self._runtime.carrier
        if not isinstance(carrier, MemoryCarrier):
            return None
        return carrier.add_text(line=line, other=self.number, body=body, came=True)
