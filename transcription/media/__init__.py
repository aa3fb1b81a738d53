"""Streamed recordings: what a caller says, taken in while it is spoken."""
