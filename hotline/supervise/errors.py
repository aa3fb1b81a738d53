"""What can go wrong at a start."""


class StartError(Exception):
    """The hotline cannot start; the message is one sentence that says what to do."""
