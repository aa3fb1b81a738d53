"""What the switch does of what Twilio documents, found out by asking it: for `docs/switch.md`.

`python -m tests.support.switch_table` writes the tables anew; a test fails when they are out of
date. What there is to ask for comes from Twilio's own Python library: the verbs with their
attributes from its TwiML builder, the resources with their parameters from its client.
"""

import asyncio
import inspect
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from twilio.base.version import Version
from twilio.rest import Client
from twilio.rest.api.v2010.account import call, conference, message, queue, recording
from twilio.rest.api.v2010.account.call import recording as call_recording
from twilio.rest.api.v2010.account.call import stream
from twilio.rest.api.v2010.account.conference import participant
from twilio.rest.api.v2010.account.conference import recording as conference_recording
from twilio.rest.api.v2010.account.message import media
from twilio.rest.api.v2010.account.queue import member
from twilio.twiml import voice_response as voice

from switch import twiml
from switch.config import Config, NumberHooks
from switch.exchange import Exchange
from switch.phones.script import parse
from switch.server import listen, make_app
from switch.verbs.base import Attributes

PAGE = Path(__file__).resolve().parents[2] / "docs/switch.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
ACCOUNT, TOKEN, OURS, THEIRS = "AC" + "0" * 32, "token", "+15550100911", "+15550100002"
NOWHERE = "http://127.0.0.1:9/"

SAMPLES: dict[str, tuple[Any, str]] = {
    "Say": (voice.VoiceResponse.say, "<Say/>"),
    "Play": (voice.VoiceResponse.play, "<Play/>"),
    "Pause": (voice.VoiceResponse.pause, "<Pause/>"),
    "Gather": (voice.VoiceResponse.gather, "<Gather/>"),
    "Record": (voice.VoiceResponse.record, "<Record/>"),
    "Redirect": (voice.VoiceResponse.redirect, "<Redirect/>"),
    "Reject": (voice.VoiceResponse.reject, "<Reject/>"),
    "Hangup": (voice.VoiceResponse.hangup, "<Hangup/>"),
    "Dial": (voice.VoiceResponse.dial, "<Dial>1</Dial>"),
    "Dial Number": (voice.Dial.number, "<Dial><Number>1</Number></Dial>"),
    "Dial Sip": (voice.Dial.sip, "<Dial><Sip>sip:a@b</Sip></Dial>"),
    "Dial Client": (voice.Dial.client, "<Dial><Client>a</Client></Dial>"),
    "Dial Conference": (voice.Dial.conference, "<Dial><Conference>a</Conference></Dial>"),
    "Dial Queue": (voice.Dial.queue, "<Dial><Queue>a</Queue></Dial>"),
    "Dial Sim": (voice.Dial.sim, "<Dial><Sim>a</Sim></Dial>"),
    "Dial Application": (voice.Dial.application, "<Dial><Application>a</Application></Dial>"),
    "Dial WhatsApp": (voice.Dial.whats_app, "<Dial><WhatsApp>1</WhatsApp></Dial>"),
    "Enqueue": (voice.VoiceResponse.enqueue, "<Enqueue>a</Enqueue>"),
    "Enqueue Task": (voice.Enqueue.task, "<Enqueue><Task>a</Task></Enqueue>"),
    "Leave": (voice.VoiceResponse.leave, "<Leave/>"),
    "Connect": (voice.VoiceResponse.connect, '<Connect><Stream url="wss://h/"/></Connect>'),
    "Connect Stream": (voice.Connect.stream, '<Connect><Stream url="wss://h/"/></Connect>'),
    "Start": (voice.VoiceResponse.start, '<Start><Stream url="wss://h/"/></Start>'),
    "Start Stream": (voice.Start.stream, '<Start><Stream url="wss://h/"/></Start>'),
    "Stop": (voice.VoiceResponse.stop, '<Stop><Stream name="a"/></Stop>'),
    "Stop Stream": (voice.Stop.stream, '<Stop><Stream name="a"/></Stop>'),
    "Refer": (voice.VoiceResponse.refer, "<Refer><Sip>sip:a@b</Sip></Refer>"),
    "Refer Sip": (voice.Refer.sip, "<Refer><Sip>sip:a@b</Sip></Refer>"),
    "Pay": (voice.VoiceResponse.pay, "<Pay/>"),
    "Sms": (voice.VoiceResponse.sms, "<Sms>a</Sms>"),
    "Echo": (voice.VoiceResponse.echo, "<Echo/>"),
}
"""Each verb, with its noun if it has one: Twilio's builder and a document that holds it."""

TEXT_OF = {
    "Say": {"message"}, "Play": {"url"}, "Redirect": {"url"}, "Dial": {"number"},
    "Dial Number": {"phone_number"}, "Dial Sip": {"sip_url"}, "Dial Client": {"identity"},
    "Dial Conference": {"name"}, "Dial Queue": {"name"}, "Enqueue": {"name"},
    "Refer Sip": {"sip_url"},
}  # fmt: skip
"""Per element, the argument that is its text."""


def camel(name: str) -> str:
    """`status_callback` -> `statusCallback`."""
    first, *rest = name.strip("_").split("_")
    return first + "".join(word.title() for word in rest)


def verbs() -> Iterator[tuple[str, list[str], list[str], list[str]] | tuple[str, None, None, None]]:
    """(element, attributes that work, without effect, unknown); None where it is an error."""
    for name, (builder, document) in SAMPLES.items():
        arguments = list(inspect.signature(builder).parameters)[1:]
        given = [camel(a) for a in arguments if a not in TEXT_OF.get(name, set()) | {"kwargs"}]
        with watched() as (asked, idle):
            try:
                twiml.parse(f"<Response>{document}</Response>".encode(), "CA0")
            except Exception:
                yield name, None, None, None
                continue
        tag = name.split()[-1]
        works, without = asked.get(tag, set()), idle.get(tag, set())
        yield (
            name,
            [each for each in given if each in works],
            [each for each in given if each in without],
            [each for each in given if each not in works | without],
        )


@contextmanager
def watched() -> Iterator[tuple[dict[str, set[str]], dict[str, set[str]]]]:
    """Attributes that the switch asks for, and those it knows without effect, by element."""
    asked: dict[str, set[str]] = {}
    idle: dict[str, set[str]] = {}
    text, done = Attributes.text, Attributes.done

    def spy_text(self: Any, name: str) -> str | None:
        asked.setdefault(self._tag, set()).add(name)
        return text(self, name)

    def spy_done(self: Any, *names: str) -> None:
        idle.setdefault(self._tag, set()).update(names)
        done(self, *names)

    Attributes.text, Attributes.done = spy_text, spy_done  # type: ignore[method-assign]
    try:
        yield asked, idle
    finally:
        Attributes.text, Attributes.done = text, done  # type: ignore[method-assign]


MODULES = [
    ("Calls", call, "Call", {}),
    ("Calls / Recordings", call_recording, "Recording", {"call_sid": "CA"}),
    ("Calls / Streams", stream, "Stream", {"call_sid": "CA"}),
    ("Recordings", recording, "Recording", {}),
    ("Conferences", conference, "Conference", {}),
    ("Conferences / Participants", participant, "Participant", {"conference_sid": "CF"}),
    ("Conferences / Recordings", conference_recording, "Recording", {"conference_sid": "CF"}),
    ("Queues", queue, "Queue", {}),
    ("Queues / Members", member, "Member", {"queue_sid": "QU"}),
    ("Messages", message, "Message", {}),
    ("Messages / Media", media, "Media", {"message_sid": "SM"}),
]
HTTP = {"create": "POST", "list": "GET", "fetch": "GET", "update": "POST", "delete": "DELETE"}


def resources() -> Iterator[tuple[str, str, str, str, list[str]]]:
    """(resource, method of the client, HTTP method, path, parameters) of Twilio's client."""
    version: Version = Client("AC", "token").api.v2010
    for title, module, name, path in MODULES:
        own = "call_sid" if name in {"Participant", "Member"} else "sid"
        lists = getattr(module, f"{name}List")(version, account_sid="AC", **path)
        one = getattr(module, f"{name}Context")(version, account_sid="AC", **path, **{own: "X"})
        for word, verb in HTTP.items():
            holder = lists if word in {"create", "list"} else one
            ask = getattr(holder, word, None)
            if ask is not None:
                names = list(inspect.signature(ask).parameters)
                yield title, word, verb, holder._uri, names


def served() -> set[tuple[str, str]]:
    """(HTTP method, path with all names left out) of each route of the switch."""

    async def ask() -> set[tuple[str, str]]:
        exchange = Exchange(Config(ACCOUNT, TOKEN, OURS), NumberHooks())
        routes = make_app(exchange).router.routes()
        found = {(route.method, route.resource.canonical) for route in routes if route.resource}
        await exchange.stop()
        return {(verb, re.sub(r"\{[^}]*\}", "*", path)) for verb, path in found}

    return asyncio.run(ask())


def bare(path: str) -> str:
    """A path of the client with all names left out."""
    path = re.sub(r"/(AC|CA|CF|QU|SM|X)(?=[/.]|$)", "/*", path)
    return "/2010-04-01" + path


VALUES = {
    "To": THEIRS, "From": OURS, "CallerId": OURS, "Timeout": "60", "TimeLimit": "600",
    "Twiml": "<Response><Pause length='600'/></Response>", "Label": "label", "Body": "text",
    "FriendlyName": "name", "MaxSize": "7", "MaxParticipants": "9", "SendDigits": "1",
    "RecordingChannels": "mono", "RecordingTrack": "both", "Trim": "do-not-trim",
    "ConferenceTrim": "do-not-trim", "Record": "true", "ConferenceRecord": "false", "Beep": "false",
    "StatusCallbackEvent": "completed", "RecordingStatusCallbackEvent": "completed",
    "ConferenceStatusCallbackEvent": "start", "Status": "", "PauseBehavior": "skip",
    "ConferenceRecordingStatusCallbackEvent": "completed", "Track": "inbound_track",
    "CallSidToCoach": "", "MediaUrl": NOWHERE, "Name": "name", "WaitUrl": NOWHERE,
}  # fmt: skip
"""Values for parameters that are no URL, no method and no yes or no."""


def value(name: str) -> str:
    """Something that may stand for a parameter."""
    if name in VALUES:
        return VALUES[name]
    if name.endswith("Method"):
        return "POST"
    return NOWHERE if name.endswith(("Url", "Callback")) else "false"


class Heard(logging.Handler):
    """Collects what the switch says has no effect."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and "has no effect" in record.msg:
            self.names.append(str(record.args[1]))


async def _asked() -> dict[tuple[str, str], list[str]]:
    """Parameters without effect of each creating and changing request, as the switch says."""
    exchange = Exchange(Config(ACCOUNT, TOKEN, OURS), NumberHooks(), speed=50)
    runner = await listen(exchange, "127.0.0.1", 0)
    exchange.start()
    exchange.phones.register(THEIRS, parse({}))
    try:
        return await _ask_each(exchange)
    finally:
        await exchange.stop()
        await runner.cleanup()


async def _ask_each(exchange: Exchange) -> dict[tuple[str, str], list[str]]:
    base = f"{exchange.public_url}/2010-04-01/Accounts/{ACCOUNT}"
    handler, log = Heard(), logging.getLogger("switch.rest.routes")

    async def post(path: str, form: dict[str, str]) -> dict[str, Any]:
        handler.names = []
        answer = await asyncio.to_thread(
            requests.post, f"{base}/{path}.json", form, auth=(ACCOUNT, TOKEN), timeout=30
        )
        assert answer.ok, (path, answer.text)
        body: dict[str, Any] = answer.json()
        return body

    found: dict[tuple[str, str], list[str]] = {}
    log.addHandler(handler)
    try:
        room = '<Response><Dial><Conference beep="false">r</Conference></Dial></Response>'
        caller = await post("Calls", {"To": THEIRS, "From": OURS, "Twiml": room})
        await _until(exchange, "bridge_joined", caller["sid"])
        sids = {
            "CA": str(caller["sid"]),
            "CF": exchange.conferences.listed()[0].sid,
            "QU": exchange.queues.make("q").sid,
            "SM": str((await post("Messages", {"To": THEIRS, "From": OURS, "Body": "a"}))["sid"]),
        }
        tape = await post(f"Calls/{sids['CA']}/Recordings", {})
        own = {
            "Calls": sids["CA"], "Conferences": sids["CF"], "Queues": sids["QU"],
            "Messages": sids["SM"], "Conferences / Participants": sids["CA"],
            "Calls / Recordings": str(tape["sid"]), "Calls / Streams": "name",
        }  # fmt: skip
        special = {
            ("Calls / Recordings", "update"): {"Status": "paused"},
            ("Calls / Streams", "create"): {"Url": "wss://127.0.0.1:9/", "StatusCallback": NOWHERE},
            ("Calls / Streams", "update"): {"Status": "stopped"},
            ("Queues", "update"): {"FriendlyName": "another name"},
        }
        # Changes of a call last: they may end what it is in.
        asks = sorted(resources(), key=lambda each: (each[0], each[1]) == ("Calls", "update"))
        for title, word, _, path, arguments in asks:
            if word not in {"create", "update"} or title in {
                "Conferences / Recordings", "Queues / Members", "Messages / Media",
            }:  # fmt: skip
                continue
            names = [camel(a)[:1].upper() + camel(a)[1:] for a in arguments if "parameter" not in a]
            form = {name: value(name) for name in names} | special.get((title, word), {})
            where = path.partition("/Accounts/AC/")[2].removesuffix(".json")
            where = re.sub(r"(?<=/)(CA|CF|QU|SM)(?=/)", lambda m: sids[m[1]], where)
            await post(where.replace("/X", "/" + own.get(title, "")), form)
            found[title, word] = sorted(handler.names)
    finally:
        log.removeHandler(handler)
    return found


async def _until(exchange: Exchange, event: str, sid: str) -> None:
    async with asyncio.timeout(20):
        while not any(
            e["event"] == event and e["call_sid"] == sid for e in exchange.journal.entries
        ):
            await exchange.journal.after(len(exchange.journal.entries), 1.0)


def tables() -> str:
    """Both tables, as they stand in the guide."""
    lines = ["| element | works | read, without effect | unknown: warned |", "|---|---|---|---|"]
    for name, works, idle, unknown in verbs():
        shown = "".join(f"<{part}>" for part in name.split())
        if works is None or idle is None or unknown is None:
            lines.append(f"| `{shown}` | not there: error 12200 | | |")
        else:
            lines.append(f"| `{shown}` | {_list(works)} | {_list(idle)} | {_list(unknown)} |")
    idle_of, routes = asyncio.run(_asked()), served()
    lines += ["", "| resource | request | there | parameters without effect |", "|---|---|---|---|"]
    for title, word, verb, path, _ in resources():
        there = "yes" if (verb, bare(path)) in routes else "no"
        lines.append(f"| {title} | {word} | {there} | {_list(idle_of.get((title, word), []))} |")
    return "\n".join(lines)


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def written() -> str:
    """The guide with the tables as they are now."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
