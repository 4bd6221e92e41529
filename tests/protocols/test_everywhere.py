"""Every protocol of the host and the gallery on every backend: agreement branch by branch, or a refusal.

Those of other packs ask for more (certain links, engines with detectors, no program at all): they test their own.
"""

import pytest

from qnetframe import UnsupportedError, compare, run
from qnetframe.plugins import discover

EXACT = ("reference", "aer", "cirq", "qutip")
# What a Clifford simulator cannot do, and the gate that it must name.
NOT_CLIFFORD = {
    "blind-rotation": "rz",
    "byzantine-agreement": "ry",
    "chsh": "ry",
    "coin-flipping": "ry",
    "leader-election": "cry",
    "phase-sensing": "rz",
    "w-state": "cry",
}
PROTOCOLS = sorted(
    spec.name
    for spec in discover().protocols.values()
    if spec.factory.__module__.startswith(("qnetframe.", "qnetframe_gallery."))
)
# Four nodes with relaxing, imperfect devices, 10 km of fibre between them.
NETWORK = {
    "topology.nodes": 4,
    "topology.fidelity": 0.97,
    "topology.length_km": 10,
    "hardware.t1": 1e-3,
    "hardware.t2": 5e-4,
    "hardware.single_qubit_error": 1e-3,
    "hardware.two_qubit_error": 5e-3,
    "hardware.measure_error": 0.01,
    "hardware.prepare_error": 0.002,
    "hardware.two_qubit_duration": 5e-7,
    "hardware.measure_duration": 1e-6,
}


def test_all_are_here():
    assert len(PROTOCOLS) == 20 and set(NOT_CLIFFORD) <= set(PROTOCOLS)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_exact_backends_agree(protocol):
    result = compare(protocol, backends=EXACT, topology="chain", hardware="uniform", params=NETWORK)
    assert [r.backend for r in result.rows if r.run is not None] == list(EXACT)
    assert result.agree is True, result.verdict
    assert all(p.worst is not None and p.worst.kind == "exact" for p in result.pairs)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_stim_samples_or_names_what_it_cannot(protocol):
    # The family-wise false-alarm rate of each comparison is 1e-6.
    result = compare(
        protocol, backends=["reference", "stim"], topology="chain", hardware="uniform", params=NETWORK,
        shots=1000, seed=2, twirl=True,
    )  # fmt: skip
    (skipped,) = [r.skipped for r in result.rows if r.backend == "stim"]
    if protocol in NOT_CLIFFORD:
        assert f"the non-Clifford gate {NOT_CLIFFORD[protocol]} on " in skipped
        assert result.agree is None and "nothing compared" in result.verdict
    else:
        assert not skipped and result.agree is True, result.verdict


def test_stim_names_the_twirl_of_nested_bbpssw():
    with pytest.raises(UnsupportedError, match=r"conditional h on .*, which is no Pauli gate"):
        run("bbpssw", backend="stim", params={"rounds": 2}, shots=100)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_two_devices_and_a_real_map(protocol):
    # Google's weber and IBM's sherbrooke at the ends, three links of the Dutch research network between.
    pytest.importorskip("topohub")
    result = compare(
        protocol,
        backends=EXACT,
        topology="map",
        params={"topology.name": "topozoo/Surfnet", "topology.fidelity": 0.98},
        ends=("Leiden", "Schiphol-Rijk"),
        hardware={"Leiden": "google-weber", "Schiphol-Rijk": "ibm-sherbrooke"},
        routing="swap",
    )
    assert [r.backend for r in result.rows if r.run is not None] == list(EXACT)
    assert result.agree is True, result.verdict
    places = {node for record in result.runs[0].records for node in record.placed.layout}
    assert {"Leiden", "Schiphol-Rijk"} <= places
