"""Sound for a whole conference: announcements and beeps."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from switch import errors, g711, tones, twiml
from switch.audio import NotAudioError, to_ulaw
from switch.calls import Call
from switch.conferences import Conference
from switch.media import Clip, Line
from switch.params import call_params
from switch.steps import Fetch
from switch.verbs.allowed import WAITING
from switch.verbs.pause import Pause
from switch.verbs.play import Play
from switch.verbs.redirect import Redirect
from switch.webhook import MAX_REDIRECTS, Answer, Outgoing, as_params

LONGEST_S = 600
"""Seconds of one announcement that are kept: a document may ask for any number of repetitions."""

if TYPE_CHECKING:
    from switch.exchange import Exchange
    from switch.verbs.base import Verb


async def read_out(exchange: "Exchange", step: Fetch, call: Call) -> bytes:
    """µ-law sound of an announcement's document, fetched in the name of a call.

    A sound file, or <Play>, <Say>, <Pause> and <Redirect>. Raises DocumentError.
    """
    for _ in range(MAX_REDIRECTS):
        answer = await _fetch(exchange, step, call)
        if answer.content_type.startswith("audio/"):
            return _decoded(answer)
        audio, following = b"", None
        for verb in twiml.read(answer.body, answer.content_type, call.sid, WAITING):
            if isinstance(verb, Redirect):
                following = Fetch(urljoin(answer.url, verb.url or ""), verb.method)
                break
            audio += await _sound(exchange, verb, answer.url, call)
        if following is None:
            return audio[: LONGEST_S * g711.RATE]
        step = following
    raise errors.DocumentError(errors.TOO_MANY_REDIRECTS, "too many documents", step.url)


async def play_to_all(exchange: "Exchange", conference: Conference, audio: bytes) -> None:
    """Let everybody in a conference hear µ-law audio; returns when it or the conference is over."""
    clip, seat = Clip(audio), conference.room.enter(Line())

    def speak() -> None:
        seat.write(clip.read())

    exchange.on_frame.append(speak)
    waits = [asyncio.ensure_future(event.wait()) for event in (clip.done, conference.over)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        exchange.on_frame.remove(speak)
        conference.room.leave(seat)


async def _fetch(exchange: "Exchange", step: Fetch, call: Call) -> Answer:
    params = call_params(call, exchange.config.account_sid) | step.params
    request = Outgoing(step.url, step.method, as_params(params.items()), call_sid=call.sid)
    return await exchange.client.fetch(request, call.jar)


async def _sound(exchange: "Exchange", verb: "Verb", base_url: str, call: Call) -> bytes:
    if isinstance(verb, Pause):
        return tones.silence(min(verb.length, LONGEST_S))
    if not isinstance(verb, Play):
        return tones.spoken()
    if verb.digits:
        return tones.dtmf(verb.digits)
    url = urljoin(base_url, verb.url)
    try:
        audio = await exchange.prompts.get(url, call.sid, call.jar)
    except NotAudioError as error:
        raise errors.DocumentError(errors.CONTENT_TYPE, "not audio", url) from error
    most = LONGEST_S * g711.RATE // max(1, len(audio)) + 1
    return audio * min(max(1, verb.loop), most)


def _decoded(answer: Answer) -> bytes:
    try:
        return to_ulaw(answer.body)
    except NotAudioError as error:
        raise errors.DocumentError(errors.CONTENT_TYPE, "not audio", answer.url) from error
