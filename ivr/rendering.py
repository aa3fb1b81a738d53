"""A turn of the caller's menu as TwiML: prompts become URLs, and the one next thing a verb."""

from ivr import names, twiml
from ivr.line import Line
from ivr.spoken_steps import Say
from ivr.steps import (
    Connect,
    Gather,
    GoOn,
    HangUp,
    Park,
    Prompt,
    Record,
    Transfer,
    Wait,
)
from ivr.turns import Turn

WAIT_PAUSE_S = 1


def render(line: Line, turn: Turn) -> str:
    """The TwiML of a turn."""
    sounds = [url for prompt in turn.step.prompts for url in _sounds(line, turn, prompt)]
    where = {"at": turn.session.at, "language": turn.session.language or None}
    action = line.url("/voice/step", **where)
    number = line.runtime.settings.phone_number
    match turn.step.then:
        case Gather(digits, timeout_s):
            return twiml.gather(sounds, action, digits=digits, timeout_s=timeout_s)
        case Record(message, streamed=True) if turn.facts.stream_token:
            over = line.url("/voice/step", **where, message=message, stream="over")
            given = {"message": message or "", "token": turn.facts.stream_token}
            url = line.runtime.settings.stream_url or ""
            return twiml.stream(sounds, over, url=url, parameters=given)
        case Record(message, max_s, silence_s):
            return twiml.record(
                sounds,
                line.url("/voice/step", **where, message=message),
                callback=line.url("/voice/recording", message=message),
                max_s=max_s,
                silence_s=silence_s,
            )
        case Say(answer, max_s, silence_s):
            return twiml.record(
                sounds,
                line.url("/voice/step", **where, answer=answer),
                callback=line.url("/voice/answer", answer=answer),
                max_s=max_s,
                silence_s=silence_s,
            )
        case Park():
            park = line.url("/voice/park", **where)
            return twiml.gather(sounds, park, digits=1, timeout_s=twiml.PARK_TIMEOUT_S)
        case Wait():
            return twiml.redirect(sounds, action, pause_s=WAIT_PAUSE_S)
        case GoOn():
            return twiml.redirect(sounds, action)
        case Connect():
            return twiml.conference(
                sounds,
                action,
                name=turn.facts.conference or "",
                caller_id=number,
                wait_url=line.url("/voice/hold", language=turn.session.language),
            )
        case Transfer():
            crisis = line.runtime.settings.crisis_number
            return twiml.transfer(sounds, action, number=crisis, caller_id=number)
        case HangUp():
            return twiml.hang_up(sounds)


def _sounds(line: Line, turn: Turn, prompt: Prompt) -> list[str]:
    language = prompt.language or turn.session.language or line.rules.languages[0]
    match prompt.name:
        case names.NUMBER:
            return line.prompts(language, names.digits(turn.facts.number))
        case names.PIN:
            return line.prompts(language, names.digits(turn.facts.pin))
        case names.WORD_KEY:
            return line.prompts(language, names.digits(turn.facts.word_key))
        case names.LISTENED:
            return [line.url(f"/voice/said/{turn.facts.said}.wav")] if turn.facts.said else []
        case names.LEFT:
            left = turn.facts.left
            return [line.url(f"/voice/left/{left}.wav", language=language)] if left else []
        case names.REPLIES:
            return [line.url(f"/voice/reply/{reply}.wav") for reply in turn.facts.replies]
        case names.RESOURCES:
            told = turn.facts.resources
            return [line.url(f"/voice/resource/{one}.wav", language=language) for one in told]
        case names.NOTICE:
            before = turn.facts.notices
            return [line.url(f"/voice/notice/{one}.wav", language=language) for one in before]
    return line.prompts(language, (prompt.name,))
