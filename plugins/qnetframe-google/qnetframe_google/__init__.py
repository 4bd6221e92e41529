"""Google's device calibrations as qnetframe hardware, read from cirq-google's files, not imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from qnetframe.api import HardwareSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.network.hardware import Hardware
from qnetframe_google.files import DISTRIBUTION, device_names, load, version

__all__ = ["device_names", "hardware", "qnetframe_hardware", "qubit_names"]

TwoQubitError = Literal["cycle", "gate"]


def hardware(name: str, qubits: str = "best", two_qubit_error: TwoQubitError = "cycle") -> Hardware:
    """Return the calibration ``name`` (such as "google-weber") as a Hardware; times in seconds.

    ``qubits`` is "best" (the whole device, its qubits numbered by row, then column, ``preferred`` starting at
    its best coupled pair), "median" (any number of equal qubits, all coupled, with the device's medians) or a
    list of qubits by row and column such as "4_1,4_2" (only these, in this order, with the couplings among
    them). ``two_qubit_error`` "cycle" charges a two-qubit gate the reported error of a whole
    cross-entropy-benchmarking cycle, as cirq-google's own noise model does; "gate" takes from it the errors
    of the cycle's two one-qubit gates. Raises UnknownNameError for a name without a calibration,
    InvalidInputError for any other option, PluginError where cirq-google is missing or a file cannot be read.
    """
    from qnetframe_google.selection import select

    return select(load(name, two_qubit_error), qubits)


def qubit_names(name: str) -> tuple[str, ...]:
    """Return the qubits of a device as "row_column", in the order of the hardware's numbers."""
    return load(name).names


@dataclass(frozen=True)
class _Device:
    """A factory of one device, which unlike a closure can be sent to another process."""

    name: str

    def __call__(self, qubits: str = "best", two_qubit_error: TwoQubitError = "cycle") -> Hardware:
        """Return it; qubits is "best", "median" or a comma-separated list of qubits such as "4_1,4_2"."""
        return hardware(self.name, qubits, two_qubit_error)


@hookimpl
def qnetframe_hardware() -> Iterable[HardwareSpec]:
    """Yield one device for each calibration that the installed cirq-google ships; none without it."""
    found = version()
    if found is None:
        return
    for name in device_names():
        yield HardwareSpec(
            name, _Device(name), f"Google's {name[7:]!r}, calibration of {DISTRIBUTION} {found}"
        )
