"""Steps as TwiML; the only file of the voice menu that knows `twilio`.

Only Play, Gather, Record, Connect with Stream, Pause, Redirect, Hangup, Dial with Number or
Conference, and Reject are written, and Message where a text is answered; every URL is absolute, so
that any carrier that speaks TwiML can run it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from twilio.twiml.messaging_response import (  # type: ignore[import-untyped, unused-ignore]
    MessagingResponse,
)
from twilio.twiml.voice_response import (  # type: ignore[import-untyped, unused-ignore]
    Connect,
    Dial,
    Gather,
    VoiceResponse,
)

RETRY = "#rc=3&rp=4xx,5xx,ct,rt"
"""Connection override: three more tries on errors and timeouts. It is not part of what is signed
(docs/facts.md T1); without it a failed recording callback is never repeated."""
PARK_TIMEOUT_S = 1
CONFERENCE_LIMIT_S = 14400
CRISIS_RING_S = 60
MOST_IN_BRIDGE = 4
"""The caller, whoever has it, law enforcement, and a colleague who takes over."""


def gather(
    prompts: Iterable[str], action: str, *, digits: int, timeout_s: int, whisper: bool = False
) -> str:
    """Play the prompts and wait for keys; # ends them early. Always requests `action`.

    whisper: before a phone is bridged. A document that ends there without <Hangup> bridges it
    (docs/facts.md T10), so a carrier that asks for no action when no key came must meet one.
    """
    response = VoiceResponse()
    verb = Gather(
        input="dtmf",
        action=action,
        method="POST",
        num_digits=digits,
        timeout=timeout_s,
        finish_on_key="#",
        action_on_empty_result=True,
    )
    _play(verb, prompts)
    response.append(verb)
    # A carrier that does not know actionOnEmptyResult falls through to here.
    if whisper:
        response.hangup()
    else:
        response.redirect(action, method="POST")
    return str(response)


def record(
    prompts: Iterable[str], action: str, *, callback: str, max_s: int, silence_s: int
) -> str:
    """Play the prompts, beep, record until # or silence. The audio arrives at `callback`."""
    response = VoiceResponse()
    _play(response, prompts)
    response.record(
        action=action,
        method="POST",
        max_length=max_s,
        timeout=silence_s,
        finish_on_key="#",
        play_beep=True,
        trim="do-not-trim",
        recording_status_callback=callback + RETRY,
        recording_status_callback_method="POST",
        recording_status_callback_event="completed absent",
    )
    return str(response)


def stream(prompts: Iterable[str], action: str, *, url: str, parameters: Mapping[str, str]) -> str:
    """Play the prompts, then send the caller's sound to `url`; when that is over, fetch `action`.

    The far end plays the tone, and closes the stream when the recording is over. A carrier that
    cannot open it goes straight on to `action`.
    """
    response = VoiceResponse()
    _play(response, prompts)
    connect = Connect()
    socket = connect.stream(url=url)
    for name, value in parameters.items():
        socket.parameter(name=name, value=value)
    response.append(connect)
    response.redirect(action, method="POST")
    return str(response)


def redirect(prompts: Iterable[str], url: str, *, pause_s: int = 0) -> str:
    """Play the prompts, then fetch `url`."""
    response = VoiceResponse()
    _play(response, prompts)
    if pause_s:
        response.pause(length=pause_s)
    response.redirect(url, method="POST")
    return str(response)


def caller(
    url: str, *, wait_s: int = 0, prompts: Iterable[str] = (), keys: str = "", pause_s: int
) -> str:
    """What our own leg does as a caller: wait, speak, press keys (`w`: half a second between two),
    wait again, then fetch `url`."""
    response = VoiceResponse()
    if wait_s:
        response.pause(length=wait_s)
    _play(response, prompts)
    if keys:
        response.play(digits=keys)
    response.pause(length=pause_s)
    response.redirect(url, method="POST")
    return str(response)


def conference(
    prompts: Iterable[str],
    action: str,
    *,
    name: str,
    caller_id: str,
    wait_url: str = "",
    ends: bool = True,
    star: bool = False,
) -> str:
    """Join the conference of that (random) name.

    ends: it ends for all when this one leaves. star: `*` leaves it and asks for `action`.
    """
    response = VoiceResponse()
    _play(response, prompts)
    dial = Dial(
        action=action,
        method="POST",
        caller_id=caller_id,
        time_limit=CONFERENCE_LIMIT_S,
        hangup_on_star=star,
    )
    dial.conference(
        name,
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=ends,
        max_participants=MOST_IN_BRIDGE,
        wait_url=wait_url,
        wait_method="POST",
    )
    response.append(dial)
    return str(response)


def transfer(prompts: Iterable[str], action: str, *, number: str, caller_id: str) -> str:
    """Dial another number on the caller's behalf, showing the hotline's number."""
    response = VoiceResponse()
    _play(response, prompts)
    dial = Dial(action=action, method="POST", caller_id=caller_id, timeout=CRISIS_RING_S)
    dial.number(number)
    response.append(dial)
    return str(response)


@dataclass(frozen=True)
class Whispered:
    """A phone to ring: `url` asks it for a key before it is bridged, `status` is told its state."""

    number: str
    url: str
    status: str


def chain(
    prompts: Iterable[str], action: str, *, phones: Sequence[Whispered], caller_id: str, ring_s: int
) -> str:
    """Play the prompts, then ring these phones at once; the first that picks up is asked for a key.

    The caller hears it ring until one of them has said yes. Then, or when nobody has: `action`.
    """
    response = VoiceResponse()
    _play(response, prompts)
    dial = Dial(
        action=action,
        method="POST",
        caller_id=caller_id,
        timeout=ring_s,
        time_limit=CONFERENCE_LIMIT_S,
        answer_on_bridge=True,
    )
    for phone in phones:
        dial.number(
            phone.number,
            url=phone.url,
            method="POST",
            status_callback=phone.status,
            status_callback_method="POST",
            status_callback_event="initiated ringing answered completed",
        )
    response.append(dial)
    return str(response)


def bridge(prompts: Iterable[str]) -> str:
    """The end of a whisper: play the prompts, then the phone is bridged with the caller."""
    response = VoiceResponse()
    _play(response, prompts)
    return str(response)


def hang_up(prompts: Iterable[str] = ()) -> str:
    """Play the prompts and end the call."""
    response = VoiceResponse()
    _play(response, prompts)
    response.hangup()
    return str(response)


def nothing() -> str:
    """An empty document: the answer to a status callback."""
    return str(VoiceResponse())


def text(body: str) -> str:
    """The answer to a text: another text to whoever wrote it; none where `body` is empty."""
    response = MessagingResponse()
    if body:
        response.message(body)
    return str(response)


def _play(verb: VoiceResponse | Gather, urls: Iterable[str]) -> None:
    for url in urls:
        verb.play(url)
