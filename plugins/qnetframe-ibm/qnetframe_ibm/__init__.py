"""IBM calibration snapshots as qnetframe hardware, read from qiskit-ibm-runtime's files, not imported."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qnetframe.api import HardwareSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.network.hardware import Hardware
from qnetframe_ibm.files import DISTRIBUTION, device_names, load, version

__all__ = ["device_names", "hardware", "qnetframe_hardware"]


def hardware(name: str, qubits: str = "best") -> Hardware:
    """Return the calibration snapshot ``name`` (such as "ibm-sherbrooke") as a Hardware; times in seconds.

    ``qubits`` is "best" (the whole device in its own numbering, ``preferred`` starting at its best coupled
    pair), "median" (any number of equal qubits, all coupled, with the device's medians) or a list of device
    qubits such as "11,12,13" (only these, in this order, with the couplings among them; a single number is
    one qubit). Raises UnknownNameError for a name without a snapshot, InvalidInputError for any other
    ``qubits``, PluginError where qiskit-ibm-runtime is missing or a file of it cannot be read.
    """
    from qnetframe_ibm.selection import select

    return select(load(name), qubits)


def _factory(name: str) -> Callable[..., Hardware]:
    def factory(qubits: str = "best") -> Hardware:
        return hardware(name, qubits)

    factory.__doc__ = (
        f'Return {name}; qubits is "best", "median" or a comma-separated list of device qubits such as "0,1".'
    )
    return factory


@hookimpl
def qnetframe_hardware() -> Iterable[HardwareSpec]:
    """Yield one device for each snapshot that the installed qiskit-ibm-runtime ships; none without it."""
    found = version()
    if found is None:
        return
    for name in device_names():
        yield HardwareSpec(
            name, _factory(name), f"IBM calibration snapshot {name[4:]!r} of {DISTRIBUTION} {found}"
        )
