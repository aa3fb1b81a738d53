"""A caller's or responder's leg as the carrier plays it: signed webhooks in, TwiML out."""

from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped, unused-ignore]
from werkzeug.test import TestResponse

from hotline.context import Runtime


class Leg:
    """One call at the carrier. `step` is the last TwiML; keys and silences go where it says."""

    def __init__(self, client: FlaskClient, runtime: Runtime, call_id: str) -> None:
        self.client, self.runtime, self.call_id = client, runtime, call_id
        self.step = ET.Element("Response")
        self.last: tuple[str, dict[str, str]] = ("", {})
        self.signatures: list[str] = []

    def post(self, url: str, **form: str) -> TestResponse:
        """Post a signed webhook to an absolute URL of ours (a path is completed)."""
        url = self.runtime.url(url) if url.startswith("/") else url.split("#")[0]
        self.last = (url, form)
        data = {"CallSid": self.call_id, "CallStatus": "in-progress", **form}
        parts = urlsplit(url)
        token = self.runtime.settings.auth_tokens[0]
        signature = RequestValidator(token).compute_signature(url, data)
        self.signatures.append(signature)
        response = self.client.post(
            f"{parts.path}?{parts.query}" if parts.query else parts.path,
            data=data,
            headers={"X-Twilio-Signature": signature},
        )
        if response.mimetype == "text/xml":
            self.step = ET.fromstring(response.get_data(as_text=True))  # noqa: S314
        return response

    def again(self) -> "Leg":
        """The carrier sends its last webhook once more."""
        self.post(self.last[0], **self.last[1])
        return self

    def arrive(self) -> "Leg":
        """The call comes in."""
        self.post("/voice", Direction="inbound")
        return self

    def press(self, *keys: str) -> "Leg":
        """Press keys where the present step asks for them."""
        for key in keys:
            self.post(self._action(), Digits=key)
        return self

    def silence(self) -> "Leg":
        """Let the present step run out."""
        return self.press("")

    def record(self, seconds: int) -> "Leg":
        """Hear the question to its end, speak for so long, then press #."""
        if not self.has("Record"):
            self.redirected()
        self.post(self._action(), RecordingDuration=str(seconds), Digits="#")
        return self

    def redirected(self) -> "Leg":
        """Follow the document's Redirect."""
        self.post(self.one("Redirect").text or "")
        return self

    def hang_up(self) -> "Leg":
        """The carrier says that the leg is over."""
        self.post("/voice/status", CallStatus="completed")
        return self

    def recording_arrives(self, callback: str, recording: str, seconds: int = 5) -> TestResponse:
        """The carrier has the audio."""
        form = {"RecordingSid": recording, "RecordingDuration": str(seconds)}
        return self.post(callback, RecordingStatus="completed", **form)

    def one(self, verb: str) -> ET.Element:
        """The document's only verb of that name."""
        found = list(self.step.iter(verb))
        assert len(found) == 1, f"{verb}: {len(found)} in {ET.tostring(self.step, 'unicode')}"
        return found[0]

    def has(self, verb: str) -> bool:
        """Whether the document holds such a verb."""
        return next(self.step.iter(verb), None) is not None

    @property
    def hears(self) -> list[str]:
        """`language/prompt` of each Play; private sounds as their path."""
        return [_heard(play.text or "") for play in self.step.iter("Play")]

    @property
    def says(self) -> list[str]:
        """The prompts' names alone."""
        return [sound.partition("/")[2] for sound in self.hears]

    def _action(self) -> str:
        for verb in ("Gather", "Record", "Dial"):
            if self.has(verb):
                return self.one(verb).attrib["action"]
        return self.one("Redirect").text or ""


def _heard(url: str) -> str:
    path = urlsplit(url).path
    assert url.startswith("http://127.0.0.1:8080/voice/"), url
    if path.startswith("/voice/prompts/"):
        language, file = path.removeprefix("/voice/prompts/").split("/")
        return f"{language}/{file.split('.')[0]}"
    return path
