"""Python runs this at the start of every process that `tests.faults.clocks` lets be started: from
then on the clock of the day differs from the machine's by what stands in a file."""

import os
from pathlib import Path

from time_machine import escape_hatch, travel

file = Path(os.environ["SET_CLOCK_FILE"])
traveller = travel(0).start()
traveller.time_ns = lambda: escape_hatch.time.time_ns() + round(float(file.read_text()) * 1e9)
