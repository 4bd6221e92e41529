"""The demo's comparison accepts every exact engine: real calibration data, 18 km of fibre, Kraus noise."""

import qnetframe as qn

ENGINES = ["reference", "aer", "cirq", "qutip", "qulacs", "pennylane", "quimb"]


def test_every_exact_engine_agrees_in_the_setting_of_the_demo():
    comparison = qn.compare(
        "teleportation",
        backends=ENGINES,
        hardware="ibm-sherbrooke",
        link="fiber",
        params={"link.length_km": 18},
    )
    assert comparison.agree and len(comparison.runs) == len(ENGINES), comparison.verdict
    assert comparison.verdict.endswith("agree (exact branches within 1e-09)")


def test_samplers_without_a_table_agree_too():
    # A chain of trajectories: nothing is saved, so that the engines' own samplers are what is compared.
    comparison = qn.compare(
        "entanglement-swapping", backends=["reference", "qulacs", "pennylane", "quimb"], topology="chain",
        params={"topology.nodes": 4, "topology.fidelity": 0.95}, shots=2000,
    )  # fmt: skip
    assert comparison.agree, comparison.verdict
