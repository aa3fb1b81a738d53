"""Telephone lines through an Asterisk that somebody runs already (docs/asterisk.md).

Calls are steered over its REST interface, ARI; their sound comes and goes over WebSockets.
"""
