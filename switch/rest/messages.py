"""Messages: create, list, fetch, update, delete. Those that are created are on their phone at once,
and never leave the switch."""

from aiohttp import web

from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.messages import Message
from switch.params import API_VERSION, rfc2822
from switch.rest import errors, fields, lookup
from switch.rest.errors import RestError
from switch.rest.pages import page
from switch.rest.resources import Body, account_path

BODY_LIMIT = 1600
"""Characters of a message (Twilio's OpenAPI description)."""


async def create(request: web.Request) -> web.Response:
    """POST Messages.json: keep a message; its status stays `queued`."""
    exchange, form = request.app[EXCHANGE], await fields.read(request)
    to, sender = fields.text(form, "To").strip(), fields.text(form, "From").strip()
    body, media = fields.text(form, "Body"), tuple(form.getall("MediaUrl"))
    if not to:
        raise RestError(400, errors.NO_MESSAGE_TO, "A 'To' phone number is required")
    if not sender:
        raise RestError(400, errors.NO_MESSAGE_FROM, "A 'From' phone number is required")
    if not body and not media:
        raise RestError(400, errors.NO_MESSAGE_BODY, "Message body is required")
    if not fields.is_number(to):
        raise RestError(400, errors.BAD_MESSAGE_TO, "The 'To' number is not a valid phone number")
    message = Message(sender, to, _checked(body), media)
    exchange.messages.add(message)
    exchange.journal.write("message", number=to, sid=message.sid)
    return web.json_response(_message(exchange, message), status=201)


async def listing(request: web.Request) -> web.Response:
    """GET Messages.json: newest first, by To, From; none has a DateSent."""
    exchange, query = request.app[EXCHANGE], fields.query(request)
    wanted = [
        each
        for each in exchange.messages.listed()
        if fields.wants(query, "To", each.to_number)
        and fields.wants(query, "From", each.from_number)
        and fields.in_time(query, "DateSent", None)
    ]
    return page(request, "messages", [_message(exchange, each) for each in wanted])


async def fetch(request: web.Request) -> web.Response:
    """GET Messages/{SM}.json."""
    return web.json_response(_message(request.app[EXCHANGE], lookup.message(request)))


async def update(request: web.Request) -> web.Response:
    """POST Messages/{SM}.json: an empty Body redacts, Status=canceled cancels."""
    message, form = lookup.message(request), await fields.read(request)
    status = fields.text(form, "Status")
    if status not in {"", "canceled"}:
        raise RestError(400, errors.BAD_PARAMETER, "Status is canceled")
    body = _checked(fields.text(form, "Body")) if form.given("Body") else None
    message.set(body=body, status=status or None)
    return web.json_response(_message(request.app[EXCHANGE], message))


async def delete(request: web.Request) -> web.Response:
    """DELETE Messages/{SM}.json."""
    request.app[EXCHANGE].messages.delete(lookup.message(request).sid)
    return web.Response(status=204)


def _checked(body: str) -> str:
    if len(body) > BODY_LIMIT:
        raise RestError(400, errors.BAD_PARAMETER, "Body is longer than 1600 characters")
    return body


def _message(exchange: Exchange, each: Message) -> Body:
    account = exchange.config.account_sid
    path = f"{account_path(account)}/Messages/{each.sid}"
    return {
        "sid": each.sid,
        "account_sid": account,
        "api_version": API_VERSION,
        "from": each.from_number,
        "to": each.to_number,
        "body": each.body,
        "status": each.status,
        "direction": each.direction,
        "num_segments": str(each.segments),
        "num_media": str(len(each.media)),
        "date_created": rfc2822(each.created),
        "date_updated": rfc2822(each.updated),
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "price": None,
        "price_unit": "USD",
        "uri": f"{path}.json",
        "subresource_uris": {"media": f"{path}/Media.json"},
    }
