"""A small telephone switch: executes TwiML over real HTTP, without any carrier.

It serves the demo, the tests and installations with lines of their own. It meets the rest of the
project only over HTTP, as a carrier would: nothing here imports the hotline, and nothing in the
hotline imports this package. Start it with ``python -m switch``.
"""
