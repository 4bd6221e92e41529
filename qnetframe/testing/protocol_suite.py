"""The host's protocols on a backend against the reference: ``pytest --qnetframe-backend NAME``.

Each protocol runs on ideal links, on noisy ones, and on devices with errors; the host's own comparison
decides, exactly within 1e-9, or by samples with a false-alarm rate of at most 1e-6 for each test. What a
backend does not claim to run is skipped with its reason. Stabilizer engines get the Pauli twirl of the noise.
"""

from __future__ import annotations

import pytest

from qnetframe.builtin.devices import transmon
from qnetframe.builtin.protocols import PROTOCOLS
from qnetframe.experiment.compare import Comparison, compare
from qnetframe.network import with_hardware
from qnetframe.plugins import discover
from qnetframe.testing.protocol_checks import network_for

SHOTS = 2000
SEED = 20240615
SETTINGS = ("ideal links", "noisy links", "noisy devices")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test for each backend that is asked for, each protocol and each setting."""
    metafunc.parametrize("backend", metafunc.config.getoption("--qnetframe-backend"))
    metafunc.parametrize("protocol", [spec.name for spec in PROTOCOLS])
    metafunc.parametrize("setting", SETTINGS)


def test_protocol(backend: str, protocol: str, setting: str) -> None:
    """A backend and the reference agree on every circuit of a protocol."""
    able = discover().backends[backend].capabilities
    if backend == "reference":
        pytest.skip("the reference is what others are compared with")
    comparison = compared(backend, protocol, setting, None if any(c.exact for c in able) else SHOTS)
    if skipped(comparison, backend):
        comparison = compared(backend, protocol, setting, SHOTS)
    if skipped(comparison, backend):
        pytest.skip(skipped(comparison, backend))
    assert comparison.agree, comparison.verdict


def compared(backend: str, protocol: str, setting: str, shots: int | None) -> Comparison:
    """Return the comparison with the reference in a setting."""
    plugins = discover()

    def make(**params: object) -> object:
        return plugins.make("protocol", protocol, params)

    network = network_for(make, 1.0 if setting == "ideal links" else 0.95)
    if setting == "noisy devices" and network is not None:
        network = with_hardware(network, transmon())
    twirl = not any(c.noise == "kraus" for c in plugins.backends[backend].capabilities)
    return compare(
        protocol, backends=["reference", backend], topology=network, shots=shots, seed=SEED, twirl=twirl,
        plugins=plugins,
    )  # fmt: skip


def skipped(comparison: Comparison, backend: str) -> str:
    """Return why a backend was skipped; empty if it ran."""
    return next((row.skipped for row in comparison.rows if row.backend == backend), "")
