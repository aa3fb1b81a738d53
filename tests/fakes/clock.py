"""The clock of the simulation, for every test that moves time."""

from hotline.simulate.clock import START, VirtualClock

__all__ = ["START", "VirtualClock"]
