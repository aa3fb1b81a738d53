"""The web door: reports that are written, without a script, a cookie or a session."""
