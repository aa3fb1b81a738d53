"""Phones at the far end of a line; so far scripted ones."""
