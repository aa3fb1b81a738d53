"""A text comes in: a phone writes to the hotline's number, the application is asked for its answer,
and the phone gets it."""

from switch import errors
from switch.exchange import Exchange
from switch.messages import Message
from switch.params import API_VERSION
from switch.twiml import read_xml
from switch.webhook import Answer, Outgoing, as_params

MOST_PICTURES = 10
"""Of one message (Twilio)."""


async def text_in(
    exchange: Exchange, number: str, body: str, pictures: int = 0, opt_out: str = ""
) -> Message:
    """Let a phone write a text; gives it as the carrier keeps it, once the application has answered
    or failed to. opt_out: the carrier has answered STOP, START or HELP itself, and says so."""
    media = tuple(f"{exchange.public_url}/media/{n}" for n in range(pictures))
    text = Message(number, exchange.config.hotline_number, body, media, "received")
    text.direction = "inbound"
    exchange.messages.add(text)
    exchange.journal.write("text", number=number, sid=text.sid)
    try:
        answer = await exchange.client.fetch(_webhook(exchange, text, opt_out))
        replies = _replies(answer)
    except errors.DocumentError as error:
        exchange.journal.write("error", number=number, code=error.code, what="text")
        return text
    for reply in replies:
        _answer(exchange, text, reply)
    return text


def _webhook(exchange: Exchange, text: Message, opt_out: str) -> Outgoing:
    params = {
        "MessageSid": text.sid,
        "SmsSid": text.sid,
        "SmsMessageSid": text.sid,
        "AccountSid": exchange.config.account_sid,
        "From": text.from_number,
        "To": text.to_number,
        "Body": text.body,
        "NumMedia": str(len(text.media)),
        "NumSegments": str(text.segments),
        "SmsStatus": text.status,
        "ApiVersion": API_VERSION,
        **{f"MediaUrl{n}": url for n, url in enumerate(text.media)},
        **exchange.about.get(text.from_number, {}),
    }
    if opt_out:
        params["OptOutType"] = opt_out
    return Outgoing(exchange.number.message_url, params=as_params(params.items()))


def _answer(exchange: Exchange, text: Message, body: str) -> None:
    reply = Message(text.to_number, text.from_number, body, (), "delivered")
    reply.direction = "outbound-reply"
    exchange.messages.add(reply)
    exchange.journal.write("message", number=reply.to_number, sid=reply.sid)


def _replies(answer: Answer) -> list[str]:
    """The texts that a document answers with: <Message>, plain or with a <Body>. Raises
    DocumentError for anything else."""
    if not answer.body.strip():
        return []
    root = read_xml(answer.body)
    if root.tag != "Response" or any(each.tag != "Message" for each in root):
        raise errors.DocumentError(errors.SCHEMA, "only <Message> answers a text")
    return [each.findtext("Body") or (each.text or "") for each in root]
