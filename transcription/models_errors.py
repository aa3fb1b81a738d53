"""What can go wrong with installing a speech model."""


class ModelsError(Exception):
    """It cannot be done; the message is one plain sentence that says what to do."""
