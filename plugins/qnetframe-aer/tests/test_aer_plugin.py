"""What the host sees of the plugin before it is used."""

from __future__ import annotations

import subprocess
import sys

from qnetframe.plugins import discover


def test_the_host_finds_the_backend():
    spec = discover().backends["aer"]
    assert spec.sdks == ("qiskit", "qiskit-aer")
    assert spec.capabilities[0].method == "density_matrix"
    assert [c.method for c in spec.capabilities if c.exact] == ["density_matrix"]


def test_listing_imports_no_sdk():
    code = (
        "import sys, qnetframe_aer; (spec,) = qnetframe_aer.qnetframe_backends(); spec.capabilities;"
        "assert not {'qiskit', 'qiskit_aer'} & sys.modules.keys(); spec.factory();"
        "assert 'qiskit_aer' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
