"""Audio for <Play>: fetched by GET, decoded, and kept as long as its cache headers allow."""

import asyncio
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from urllib.parse import unquote

import aiohttp

from switch.audio import to_ulaw
from switch.webhook import Answer, Outgoing, WebhookClient

MEDIA_LIMIT = 40 * 1024 * 1024
"""Bytes of one audio file."""

KEPT = 64
"""Audio files in memory."""

CAPTION = "x-prompt-text"
"""Header in which an application may tell what a file says: UTF-8, percent-encoded. Not Twilio's;
phones with a screen show it."""

CAPTION_LIMIT = 1000
"""Characters of it that are shown."""

_MAX_AGE = re.compile(r"max-age=(\d+)")


@dataclass
class _Entry:
    audio: bytes
    etag: str
    modified: str
    fresh_until: float
    caption: str


class Prompts:
    """A small in-memory HTTP cache of decoded audio."""

    def __init__(self, client: WebhookClient) -> None:
        """Fetch through `client`."""
        self._client = client
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def caption(self, url: str) -> str:
        """What a file says that is kept; nothing where its application does not tell."""
        entry = self._entries.get(url)
        return "" if entry is None else entry.caption

    async def get(self, url: str, call_sid: str, jar: aiohttp.CookieJar) -> bytes:
        """µ-law audio of a URL; raises DocumentError or NotAudioError."""
        entry = self._entries.get(url)
        if entry is not None and time.monotonic() < entry.fresh_until:
            self._entries.move_to_end(url)
            return entry.audio
        headers = _conditions(entry)
        request = Outgoing(url, "GET", (), headers, MEDIA_LIMIT, call_sid)
        answer = await self._client.fetch(request, jar)
        if answer.status == 304 and entry is not None:
            return self._keep(url, entry.audio, answer, entry)
        audio = await asyncio.to_thread(to_ulaw, answer.body)
        return self._keep(url, audio, answer, None)

    def _keep(self, url: str, audio: bytes, answer: Answer, old: _Entry | None) -> bytes:
        control = answer.headers.get("cache-control", "").lower()
        etag = answer.headers.get("etag", old.etag if old else "")
        modified = answer.headers.get("last-modified", old.modified if old else "")
        age = _MAX_AGE.search(control)
        fresh_s = int(age.group(1)) if age and "no-cache" not in control else 0
        said = answer.headers.get(CAPTION)
        caption = unquote(said)[:CAPTION_LIMIT] if said else old.caption if old else ""
        self._entries.pop(url, None)
        if "no-store" not in control and (etag or modified or fresh_s):
            self._entries[url] = _Entry(audio, etag, modified, time.monotonic() + fresh_s, caption)
        while len(self._entries) > KEPT:
            self._entries.popitem(last=False)
        return audio


def _conditions(entry: _Entry | None) -> dict[str, str]:
    if entry is None:
        return {}
    pairs = {"If-None-Match": entry.etag, "If-Modified-Since": entry.modified}
    return {name: value for name, value in pairs.items() if value}
