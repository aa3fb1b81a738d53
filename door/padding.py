"""The length of an answer, rounded up so that it tells nothing of what is in it. Pure.

Whoever watches the line sees how long an answer is, encrypted or not. Nothing here is compressed:
the length of a compressed page would tell what it repeats (BREACH).
"""

STEP = 16 * 1024
"""Bytes. The form in any language, a receipt and a report with some replies are all within one."""
FILLER = b"<!--%b-->\n"


def padded(page: bytes) -> bytes:
    """The page with a comment at its end that makes it a whole number of steps long."""
    frame = len(FILLER % b"")
    missing = -(len(page) + frame) % STEP
    return page + FILLER % (b"." * missing)
