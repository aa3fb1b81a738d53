"""Where the web application keeps its parts."""

from aiohttp import web

from switch.exchange import Exchange

EXCHANGE = web.AppKey("exchange", Exchange)
