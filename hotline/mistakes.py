"""Mistakes that a person can mend. Each message is one sentence that says what to do."""


class Mistake(ValueError):
    """Something in settings, files or arguments is wrong; the message says how to mend it."""
