"""Generic devices of four platforms, every default number with its source."""

from qnetframe.builtin.devices.atoms import ion_trap, neutral_atom
from qnetframe.builtin.devices.solid_state import nv_centre, transmon

__all__ = ["ion_trap", "neutral_atom", "nv_centre", "transmon"]
