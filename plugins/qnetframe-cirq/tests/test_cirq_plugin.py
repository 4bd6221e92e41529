"""What the host sees of the plugin before it is used."""

from __future__ import annotations

import subprocess
import sys

from qnetframe.plugins import discover


def test_the_host_finds_the_backend():
    spec = discover().backends["cirq"]
    assert spec.sdks == ("cirq-core",)
    found = [(c.method, c.exact) for c in spec.capabilities]
    assert found == [("density_matrix", True), ("trajectories", False)]


def test_listing_imports_no_sdk():
    code = (
        "import sys, qnetframe_cirq; (spec,) = qnetframe_cirq.qnetframe_backends(); spec.capabilities;"
        "assert 'cirq' not in sys.modules; spec.factory(); assert 'cirq' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
