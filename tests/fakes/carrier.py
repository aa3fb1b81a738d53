"""The scripted carrier, which is the simulation's."""

from hotline.simulate.carrier import FakeCall, always, nothing, ring
from hotline.simulate.carrier import MemoryCarrier as FakeCarrier

__all__ = ["FakeCall", "FakeCarrier", "always", "nothing", "ring"]
