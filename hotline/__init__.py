"""The core of the hotline: reports, on-call, dispatch, people, privacy, and how they are wired."""

__version__ = "0.1.0"
