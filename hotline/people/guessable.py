"""Whether a password is one that others would try: common, leaked, a pattern, or about its owner.

Worked out on this machine by zxcvbn (Wheeler, USENIX Security 2016), from its list of the 30,000
commonest leaked passwords, words and names, keyboard rows, dates and repetitions; nothing is asked
on the network.
"""

from collections.abc import Iterable

GUESSES_LOG10 = 10.0
"""Ten thousand million guesses: zxcvbn's highest grade. Sign-ins are delayed long before; this is
for whoever has stolen the database and guesses at home."""
EXAMINED = 72
"""Characters; what comes behind them only makes a password better, and long texts take long."""
OUR_WORDS = ("hotline", "counselor", "supervisor", "safe2help", "linea", "ayuda", "consejero")
"""Words of this place, which its people would think of first."""


def is_guessable(password: str, about: Iterable[str] = ()) -> bool:
    """Whether it is found too soon. about: names and the like that belong to its owner."""
    if not password:
        return True
    from zxcvbn import zxcvbn  # its lists take 40 ms and are needed when a password is chosen

    words = [part for text in about for part in (text, *text.split())]
    found = zxcvbn(password[:EXAMINED], user_inputs=[*words, *OUR_WORDS])
    return bool(found["guesses_log10"] < GUESSES_LOG10)
