"""From dynamics to what programs run on: hardware profiles and link models, with their provenance.

These modules are read to list what there is, so they import models only when a device or link is made.
"""

from qnetframe_hardware.bridges.derivation import Derived, Number, derived_hardware

__all__ = ["Derived", "Number", "derived_hardware"]
