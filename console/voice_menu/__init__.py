"""The voice menu as callers hear it: every prompt, the way through it, and human recordings."""
