"""What the theory benchmark times gives the values of other libraries; nothing here looks at a clock."""

import numpy as np
import pytest

pytest.importorskip("qutip")
pytest.importorskip("qiskit")

import theory

from qnetframe.states import hilbert_schmidt


@pytest.mark.parametrize("measure", ["concurrence", "negativity", "fidelity"])
def test_every_library_gives_the_same(measure):
    first, second = hilbert_schmidt(4, 100, seed=5), hilbert_schmidt(4, 100, seed=6)
    exact = theory.ours(measure, first, second)
    for library, (make, call) in theory.loops()[measure].items():
        values = [call(make(a), make(b)) for a, b in zip(first, second, strict=True)]
        assert np.abs(np.array(values) - exact).max() < 1e-7, library


def test_the_table():
    entry = {
        "microseconds a state": {"qnetframe": 2.0, "x, from arrays": 200.0},
        "times as fast": {"x, from arrays": 100.0},
        "largest difference": {"x": 1e-12},
    }
    shown = theory.table(
        {
            "measures": {"concurrence": entry},
            "deficient": {"concurrence": {"rank 1": 0.5}},
            "alone": {"y": {"seconds": 0.01, "target": 0.2}},
        }
    )
    assert (
        "| concurrence | x, from arrays | 200.00 | 100 | 1.0e-12 |" in shown
        and "| y | 10.0 ms | 200 ms |" in shown
    )
