"""The switch's web server: REST, control and the page of phones on one port."""

from aiohttp import web

from switch import control
from switch.browser import routes as phones
from switch.browser.desk import Desk
from switch.browser.room import Room
from switch.exchange import Exchange
from switch.keys import EXCHANGE
from switch.rest import routes


def make_app(exchange: Exchange) -> web.Application:
    """The web application of an exchange."""
    app = web.Application(middlewares=[routes.guard, control.guard])
    app[EXCHANGE] = exchange
    routes.add(app)
    control.add(app)
    phones.add(app, Room(exchange), Desk(exchange))
    return app


async def listen(exchange: Exchange, host: str, port: int) -> web.AppRunner:
    """Serve on host and port (0: any free one) and set the exchange's public URL; raises OSError.

    Requests are not logged: paths of the control API name phones by their numbers.
    """
    runner = web.AppRunner(make_app(exchange), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    try:
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    bound = runner.addresses[0]
    shown = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
    exchange.public_url = f"http://{shown}:{bound[1]}"
    return runner
