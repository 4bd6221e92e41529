"""IBM calibration snapshots as qnetframe hardware, and IBM devices as a backend that samples.

Snapshots are read from qiskit-ibm-runtime's files, not imported; the backend imports it when it is made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qnetframe.api import Backend, BackendSpec, HardwareSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.network.hardware import Hardware
from qnetframe.program.capabilities import Capabilities
from qnetframe_ibm.files import DISTRIBUTION, device_names, load, version

__all__ = ["device_names", "hardware", "ibm", "qnetframe_backends", "qnetframe_hardware"]

# A device has noise of its own: a program with explicit noise would have both. The largest device has 156
# qubits; the one that is asked for is held to its own size and operations.
CAPABILITIES = (Capabilities("device", noise="none", exact=False, max_qubits=156, own_noise=True),)


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


@dataclass(frozen=True)
class _Device:
    """A factory of one device, which unlike a closure can be sent to another process."""

    name: str

    def __call__(self, qubits: str = "best") -> Hardware:
        """Return it; qubits is "best", "median" or a comma-separated list of device qubits such as "0,1"."""
        return hardware(self.name, qubits)


def ibm(
    device: str = "fake_sherbrooke",
    optimization_level: int = 1,
    token_variable: str = "QISKIT_IBM_TOKEN",
    instance: str = "",
) -> Backend:
    """Return a backend that samples on an IBM device.

    A ``device`` that begins with "fake_" is one of qiskit-ibm-runtime's local testing mode: a snapshot of a
    real device, noise included, simulated in this process. Any other name is a device of the IBM Quantum
    service, reached with the token in the environment variable ``token_variable`` (a token itself is no
    option, so that none gets into results), else with the saved account; ``instance`` is the service
    instance. ``optimization_level`` (0 to 3) is that of Qiskit's transpiler. Raises UnknownNameError for an
    unknown fake device, PluginError where the service cannot be reached.
    """
    from qnetframe import checks
    from qnetframe_ibm.backend import IbmBackend
    from qnetframe_ibm.devices import FAKE, fake_device, real_device

    level = checks.integer(optimization_level, "ibm: optimization_level", low=0, high=3)
    if device.startswith(FAKE):
        return IbmBackend(fake_device(device), CAPABILITIES[0], None, level)
    service, found = real_device(device, token_variable, instance)
    return IbmBackend(found, CAPABILITIES[0], service, level)


@hookimpl
def qnetframe_backends() -> Iterable[BackendSpec]:
    """Yield the backend "ibm"."""
    yield BackendSpec(
        "ibm",
        ibm,
        "samples on IBM devices: fake ones here, real ones with an account",
        capabilities=CAPABILITIES,
        sdks=("qiskit", "qiskit-ibm-runtime", "qiskit-aer"),
    )


@hookimpl
def qnetframe_hardware() -> Iterable[HardwareSpec]:
    """Yield one device for each snapshot that the installed qiskit-ibm-runtime ships; none without it."""
    found = version()
    if found is None:
        return
    for name in device_names():
        yield HardwareSpec(
            name, _Device(name), f"IBM calibration snapshot {name[4:]!r} of {DISTRIBUTION} {found}"
        )
