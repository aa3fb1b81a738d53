"""Errors of the REST API: Twilio's body and codes."""

from aiohttp import web

AUTHENTICATION = 20003
NOT_FOUND = 20404
NOT_ALLOWED = 20004
IN_PROGRESS = 20009
TOO_MANY = 20429
INTERNAL = 20500
NO_URL = 21205
BAD_TIMEOUT = 21208
FROM_NOT_OWNED = 21210
NO_TO = 21211
BAD_FROM = 21212
NO_FROM = 21213
BAD_TO = 21217
NOT_IN_PROGRESS = 21220
BAD_PARAMETER = 20001
NO_MESSAGE_TO = 21604
NO_MESSAGE_FROM = 21603
NO_MESSAGE_BODY = 21602
BAD_MESSAGE_TO = 21211
QUEUE_EXISTS = 22003
LABEL_TAKEN = 16025


class RestError(Exception):
    """A request that fails: `status` is HTTP's, `code` Twilio's."""

    def __init__(self, status: int, code: int, message: str) -> None:
        """`message` never holds a number."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        """The JSON answer."""
        headers = {"WWW-Authenticate": 'Basic realm="Twilio API"'} if self.status == 401 else {}
        body = {
            "code": self.code,
            "message": self.message,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
        return web.json_response(body, status=self.status, headers=headers)


def not_found() -> RestError:
    """The resource is not there (or is another account's)."""
    return RestError(404, NOT_FOUND, "The requested resource was not found")
