"""Reads every page of a console that a role can reach by its links, and the files it can export."""

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests

from hotline.database.base import new_id
from hotline.database.engine import Database
from hotline.people import passwords
from hotline.people.accounts import add_account
from hotline.people.model import Role
from tests.support.console import PASSWORD, START

LINK = re.compile(r'(?:href|hx-get|src)="([^"#]+)')
FORM = re.compile(r'<form[^>]*\baction="([^"]*export[^"]*)"')
NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
VARIANTS = 3
"""So many addresses are read that differ in ids, numbers and queries alone: lists link to
themselves in endlessly many orders."""
TEXTS = ("text/html", "text/csv", "text/plain", "application/json", "text/calendar")


def enter(database: Database, address: str, role: Role) -> requests.Session:
    """The browser of a new person in that role, signed in."""
    with database.transaction() as session:
        name = f"{role.value}-{new_id()}"
        add_account(session, name, "Somebody", role, passwords.hash_password(PASSWORD), START)
    browser = requests.Session()
    browser.trust_env = False
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    form = {"name": name, "password": PASSWORD}
    answer = browser.post(f"{address}/sign-in", form, allow_redirects=False, timeout=30)
    assert answer.status_code == requests.codes.see_other, answer.status_code
    return browser


def read_all(browser: requests.Session, address: str) -> dict[str, bytes]:
    """Address and headers and body of every page and export, by its path."""
    found: dict[str, bytes] = {}
    waiting, known = deque(["/"]), {"/"}
    variants: dict[str, int] = {}
    while waiting:
        path = waiting.popleft()
        page = _read(browser.get(address + path, stream=True, timeout=30))
        if page is None:
            continue
        found[path] = page
        text = page.decode("utf-8", "replace")
        for form in set(FORM.findall(text)):
            if form not in found:
                answer = browser.post(urljoin(address + path, unescape(form)), {}, timeout=60)
                found[form] = _read(answer) or b""
        for link in LINK.findall(text):
            at = urlsplit(urljoin(address + path, unescape(link)))
            full = at.path + (f"?{at.query}" if at.query else "")
            mine = f"{at.scheme}://{at.netloc}" == address
            if not mine or full in known or at.path.startswith("/static"):
                continue
            known.add(full)
            kind = NAMES.sub("…", at.path)
            variants[kind] = variants.get(kind, 0) + 1
            if variants[kind] <= VARIANTS:
                waiting.append(full)
    return found


def _read(answer: requests.Response) -> bytes | None:
    """Everything of an answer that is text; None for sound, pictures and streams of hints."""
    with answer:
        if not answer.headers.get("Content-Type", "").startswith(TEXTS):
            return None
        head = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        return f"{answer.url}\n{head}\n\n".encode() + answer.content
