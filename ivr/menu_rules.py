"""What a deployment, and this moment, decide about the caller's menu. Pure data."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Rules:
    """What a deployment decides.

    languages: codes in the order of the menu, the first one is the default. promise: "anonymous"
    or "confidential". wait_cap_s: longest wait for a person. number_digits, pin_digits: lengths.
    stream: what is said comes to us as a stream; otherwise the carrier records it. code_digits: of
    the code of a synthetic call. help: there are other places that can help, to be told of.
    callback: callers may leave a number to be called back at. notice: a supervisor has something
    told before the menu. doubt: what stands between this telephone and a person
    (`hotline.reports.callers.Doubt`). word_key: the key that is named then. say_word, say_digits:
    whether the word, and digits, may be spoken in this caller's language.
    """

    languages: tuple[str, ...] = ("en",)
    promise: str = "anonymous"
    wait_cap_s: float = 120.0
    number_digits: int = 6
    pin_digits: int = 6
    stream: bool = False
    code_digits: int = 16
    help: bool = False
    callback: bool = False
    notice: bool = False
    doubt: Literal["none", "word", "blocked"] = "none"
    word_key: str = "5"
    say_word: bool = False
    say_digits: bool = False
