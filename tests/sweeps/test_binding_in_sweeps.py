"""A sweep binds circuits of one shape to the passes of the first; its rows are those of separate runs."""

import math

import pytest

import qnetframe as qn
from qnetframe.program.passes import deferral as deferral_module

ANGLES = [f"{math.cos(a)!r},{math.sin(a)!r}" for a in (0.3, 1.1, 1.4)]


@pytest.mark.parametrize("shots", [None, 200])
@pytest.mark.parametrize("backend", ["reference", "aer", "cirq"])
def test_rows_of_bound_circuits_are_those_of_runs(tmp_path, monkeypatch, backend, shots):
    """Lengths change channels (pairs wait for each other), angles the prepared state."""
    made = []
    plain = deferral_module._Deferral
    monkeypatch.setattr(deferral_module, "_Deferral", lambda c: made.append(c) or plain(c))
    given = {"topology": "chain", "link": "fiber", "hardware": "nv-centre", "waiting": "mean", "shots": shots}
    result = qn.sweep(
        "teleportation", backends=[backend], over={"link.length_km": [0, 7.5, 20], "state": ["+i", *ANGLES]},
        params={"topology.nodes": 3}, store=tmp_path / "r.db", progress=False, **given,
    )  # fmt: skip
    # "+i" is measured and the others saved, each with and without a wait; none for circuits met before.
    shapes = len(made)
    assert shapes <= 4
    with result.open() as store:
        rows = list(store.rows())
    assert len(rows) == 12
    values = set()
    for row in rows:
        setting = row.task.settings
        params = {k: setting[k] for k in ("link.length_km", "state", "topology.nodes")}
        again = qn.run("teleportation", backend=backend, params=params, seed=row.task.run_seed, **given)
        assert dict(again.estimates) == row.outcome.estimates
        values.add(tuple(estimate.value for estimate in again.estimates.values()))
    assert len(values) == 12
    assert len(made) >= shapes + 12
