"""The runnable examples run as they are, in a folder of their own, without a warning."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
WRITES = {
    "demo.py": {"teleportation.html", "teleportation.png"},
    "encoded_repeaters.py": set(),
    "hamiltonian_to_key.py": {"hamiltonian_to_key.png"},
    "hardware_sweep.py": {"hardware_sweep.png"},
    "purification_schedules.py": {"purification_schedules.png"},
    "qkd_day.py": set(),
    "qkd_real_links.py": set(),
    "write_a_protocol.py": set(),
}


def run(name, folder, *arguments):
    command = [sys.executable, "-W", "error", str(EXAMPLES / name), *arguments]
    wide = {**os.environ, "COLUMNS": "120"}
    return subprocess.run(
        command, cwd=folder, env=wide, capture_output=True, text=True, timeout=300, check=False
    )


def test_every_example_is_tested():
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(WRITES)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WRITES))
def test_example(name, tmp_path):
    for backend in ("aer", "cirq", "qutip", "stim"):
        pytest.importorskip(f"qnetframe_{backend}")
    done = run(name, tmp_path, *(["--quick"] if name == "demo.py" else []))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    written = {path.name for path in (tmp_path / "out").glob("*")} if (tmp_path / "out").exists() else set()
    assert written == WRITES[name]
    assert all(f"out/{file}" in done.stdout for file in written)
    if name == "demo.py":
        assert "aer, cirq, qutip, reference agree (exact branches within 1e-09" in done.stdout
        assert "aer, cirq, qutip, reference, stim agree" in done.stdout
        assert "average fidelity" in done.stdout and "±" in done.stdout
        page = (tmp_path / "out" / "teleportation.html").read_text(encoding="utf-8")
        assert "Pauli-twirled: an approximation" in page
