"""OpenQASM 3 in and out (and the common part of OpenQASM 2 in)."""

from qnetframe.program.openqasm.reader import from_openqasm
from qnetframe.program.openqasm.writer import to_openqasm

__all__ = ["from_openqasm", "to_openqasm"]
