"""Fetching a large file over HTTP so that nothing is lost when the connection, or we, break off.

What has come lies in `<file>.part`, always a true beginning of the file; beside it stands the
validator (RFC 9110 §8.8) of the version it belongs to. The next try asks for the rest with Range
and If-Range: a server that has another version by now, or knows no ranges, sends the whole file.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

import requests

from hotline import durable
from transcription.models_errors import ModelsError

TRIES = 5
"""In a row without one new byte; after that a person decides."""
PAUSE_S = 1.0
"""After the first try that brought nothing, and as much longer after each further one."""
CONNECT_S, READ_S = 10.0, 30.0
BLOCK_BYTES = 1 << 16  # a broken connection loses the block it is in
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
AGAIN = "run the same command again, and it goes on from there."

Progress = Callable[[int, int | None], None]
"""Told after each block: bytes that are here, and of how many (None: nobody knows)."""


@dataclass(frozen=True)
class Answer:
    """What the server sends: from which byte on, and how many the whole file has."""

    response: requests.Response
    start: int
    total: int | None


def fetch(url: str, target: Path, expected: int | None, most: int, progress: Progress) -> None:
    """Fetch `url` into `target`, going on with what an earlier try left in `<target>.part`.

    expected: exact size in bytes, where it is known; most: never take more. Raises ModelsError.
    """
    part = target.with_name(target.name + ".part")
    tries = TRIES
    while True:
        before = size_of(part)
        try:
            total = one_try(url, part, expected, most, progress)
            break
        except requests.RequestException as error:
            tries = TRIES if size_of(part) > before else tries - 1
            if tries == 0:
                raise ModelsError(broken_off(url, part, expected, error)) from None
            time.sleep(PAUSE_S * (TRIES - tries))
    if total is not None and size_of(part) != total:
        raise ModelsError(f"The server sent {size_of(part):,} bytes instead of {total:,}; {AGAIN}")
    os.replace(part, target)
    validator_of(part).unlink(missing_ok=True)


def one_try(
    url: str, part: Path, expected: int | None, most: int, progress: Progress
) -> int | None:
    """One request, and its body behind what is in `part`. Gives the whole file's size, if known.

    Raises ModelsError, or RequestException where trying again may help.
    """
    with requests.Session() as session, ask(session, url, part) as response:
        if is_downgraded(url, response.url):
            raise ModelsError(f"{url} leads to an address without https; it is not followed.")
        answer = understood(response, url, part)
        total = answer.total if answer.total is not None else expected
        if expected is not None and total != expected:
            raise ModelsError(
                f"{url} has {total:,} bytes instead of {expected:,}: it is not the file of the "
                "catalogue. Give another address with --url-base, or fetch it yourself and use "
                "--from-zip."
            )
        if response.status_code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            write(answer, part, min(most, total or most), lambda here: progress(here, total))
        return total


def ask(session: requests.Session, url: str, part: Path) -> requests.Response:
    """Ask for the file, or for its rest where a beginning of a known version is here."""
    headers = {"Accept-Encoding": "identity"}
    have, validator = size_of(part), known_validator(part)
    if have and validator:
        headers |= {"Range": f"bytes={have}-", "If-Range": validator}
    return session.get(url, headers=headers, stream=True, timeout=(CONNECT_S, READ_S))


def understood(response: requests.Response, url: str, part: Path) -> Answer:
    """What the answer means. Raises ModelsError for one that will not get better."""
    length = response.headers.get("Content-Length", "")
    if response.status_code == HTTPStatus.OK:
        return Answer(response, 0, int(length) if length.isdecimal() else None)
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        found = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found and int(found[1]) == size_of(part):
            return Answer(response, int(found[1]), None if found[2] == "*" else int(found[2]))
    if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        have = size_of(part)
        if response.headers.get("Content-Range") == f"bytes */{have}":
            return Answer(response, have, have)  # we were killed when the last byte was here
    elif response.status_code != HTTPStatus.PARTIAL_CONTENT:
        raise ModelsError(refused(url, response.status_code))
    forget(part)
    raise requests.ConnectionError("the server and we do not agree on what is here")


def is_downgraded(asked: str, answered: str) -> bool:
    """Whether a redirect has led from https to something that others on the way can change."""
    return asked.startswith("https://") and not answered.startswith("https://")


def write(answer: Answer, part: Path, most: int, here: Callable[[int], None]) -> None:
    """Put the body behind `answer.start` bytes of the part. Raises ModelsError, RequestException.

    A part that begins anew is emptied before its new validator is written, so that the two belong
    together wherever we are killed.
    """
    with part.open("r+b" if part.exists() else "xb") as file:
        if answer.start == 0:
            file.truncate(0)
            keep_validator(part, answer.response)
        file.seek(answer.start)
        for count in written(answer.response, file):
            if count > most:
                forget(part)
                raise ModelsError(f"The server sends more than the {most:,} bytes it may; stopped.")
            here(count)
        durable.sync(file)


def written(response: requests.Response, file: BinaryIO) -> Iterator[int]:
    """Write each block; gives the size of the file after it."""
    for block in response.iter_content(BLOCK_BYTES):
        file.write(block)
        file.flush()
        yield file.tell()


def keep_validator(part: Path, response: requests.Response) -> None:
    """Remember which version this is. A weak tag says too little for If-Range (RFC 9110 §13.1.5).

    Last-Modified is as strong only if it is older than the answer, which a published model is.
    """
    tag = response.headers.get("ETag", "")
    validator = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    validator_of(part).write_text(validator, encoding="utf-8")


def known_validator(part: Path) -> str:
    """The validator of what is here; empty without one."""
    try:
        return validator_of(part).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def validator_of(part: Path) -> Path:
    """The file that holds the validator."""
    return part.with_name(part.name + ".version")


def forget(part: Path) -> None:
    """Throw away what is here."""
    part.unlink(missing_ok=True)
    validator_of(part).unlink(missing_ok=True)


def size_of(path: Path) -> int:
    """Its size in bytes; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def refused(url: str, status: int) -> str:
    """The sentence for an answer that is no file."""
    if status == HTTPStatus.NOT_FOUND:
        return f"There is nothing at {url} (404); check --url-base or HOTLINE_MODELS_URL."
    return f"The server refuses {url} with status {status}; try later or another --url-base."


def broken_off(url: str, part: Path, expected: int | None, error: Exception) -> str:
    """The sentence for a connection that fails again and again."""
    have = size_of(part)
    if have:
        whole = f" of {expected:,}" if expected else ""
        return f"The connection broke off after {have:,}{whole} bytes; {AGAIN}"
    kind = type(error).__name__
    return (
        f"{url} cannot be reached ({kind}); check the network and its proxy (HTTPS_PROXY), or use "
        "--from-zip with a file from another machine."
    )
