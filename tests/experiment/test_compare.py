"""Comparisons: what counts as agreement, what does not, and how often a right engine raises an alarm."""

import dataclasses
import json

import numpy as np
import pytest

from qnetframe import Plugins, Program, compare
from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.channels import amplitude_damping
from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.experiment.agreement import branch_deviation, check_pair
from qnetframe.experiment.engine import run_circuit
from qnetframe.program import operations
from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Noise
from qnetframe.values import Branch, Estimate, Samples


def plugins_with(**factories):
    """Return the builtin plugins and backends made of the reference engine with changes."""
    import types

    from qnetframe.hookspecs import hookimpl

    module = types.ModuleType("extra")
    specs = [
        BackendSpec(name, factory, "test engine", capabilities=CAPABILITIES)
        for name, factory in factories.items()
    ]
    module.qnetframe_backends = hookimpl(specname="qnetframe_backends")(lambda: specs)
    return Plugins(entry_points=False, modules=[module])


@dataclasses.dataclass
class Changed:
    """The reference engine on a changed circuit."""

    change: object = None

    def compile(self, circuit):
        return ReferenceBackend().compile(self.change(circuit) if self.change else circuit)


def without_noise(circuit: Circuit) -> Circuit:
    return circuit.replace([o for o in circuit.operations if not isinstance(o, Noise)])


class NoisyProtocol:
    """One measured bit after noise."""

    def run(self, session):
        p = Program("noisy")
        a = p.qubit("alice", "a")
        m = p.x(a).noise(amplitude_damping(0.05), a).measure(a)
        return {"P(1)": session.run(p).probability(m)}


class DependsOnBackend:
    """A protocol that wrongly runs another program each time."""

    calls = 0

    def run(self, session):
        DependsOnBackend.calls += 1
        p = Program("changing")
        a = p.qubit("alice", "a")
        m = p.rx(0.1 * DependsOnBackend.calls, a).measure(a)
        return {"P(1)": session.run(p).probability(m)}


class NothingRun:
    """A protocol that runs no program."""

    def run(self, session):
        return {"constant": Estimate(1.0)}


def test_equal_engines_agree_exactly():
    plugins = plugins_with(twin=Changed)
    result = compare(NoisyProtocol(), backends=["reference", "twin"], plugins=plugins)
    assert result.agree is True
    assert "exact branches within 1e-09" in result.verdict
    assert [p.verdict for p in result.pairs] == ["agree"]


@pytest.mark.parametrize("shots", [None, 2000])
def test_an_engine_that_drops_noise_disagrees(shots):
    plugins = plugins_with(silent=lambda: Changed(without_noise))
    result = compare(NoisyProtocol(), backends=["reference", "silent"], plugins=plugins, shots=shots)
    assert result.agree is False
    assert result.verdict.startswith("DISAGREEMENT in 1 of 1 pairs: reference and silent: disagree")
    assert result.pairs[0].worst.deviation == pytest.approx(0.05, abs=1e-9)


def test_different_circuits_are_not_comparable():
    plugins = plugins_with(twin=Changed)
    result = compare(DependsOnBackend(), backends=["reference", "twin"], plugins=plugins)
    assert result.pairs[0].verdict == "not comparable"
    assert result.agree is False


def test_no_circuit_is_nothing_compared():
    plugins = plugins_with(twin=Changed)
    result = compare(NothingRun(), backends=["reference", "twin"], plugins=plugins)
    assert result.agree is None and "nothing compared" in result.verdict


def test_one_backend_alone_is_nothing_compared():
    result = compare("teleportation", backends=["reference"], plugins=plugins_with())
    assert result.agree is None


def test_a_backend_that_cannot_is_a_named_row():
    result = compare("chsh", backends=["reference", "stim"], shots=100)
    skipped = next(r for r in result.rows if r.backend == "stim")
    assert skipped.run is None
    assert "non-Clifford gate ry" in skipped.skipped and "reference" in skipped.skipped


def test_exact_asked_of_a_sampler_is_a_named_row():
    result = compare("teleportation", backends=["reference", "stim"])
    assert "ask for shots" in next(r for r in result.rows if r.backend == "stim").skipped


class Rare:
    """A protocol that keeps only the shots where a coin fell on its thin side."""

    def __init__(self, probability):
        self.probability = probability

    def run(self, session):
        p = Program("common")
        common = session.run(p.output(p.measure(p.h(p.qubit("alice", "a")).operations[-1].qubits[0])))
        p = Program("rare")
        m = p.measure(p.qubit("alice", "a"))
        p.require(p.coin(self.probability)).output(m)
        rare = session.run(p)
        return {"P(1)": common.probability("m0"), "P(1) if kept": rare.probability(m)}


def test_no_accepted_shot_is_a_named_row_and_the_others_are_compared():
    plugins = plugins_with(twin=Changed)
    result = compare(Rare(1e-7), backends=["reference", "twin"], plugins=plugins, shots=200)
    assert [row.run for row in result.rows] == [None, None] and result.agree is None
    assert "none of 200 shots satisfies every require (exact acceptance 1e-07)" in result.rows[0].skipped
    assert "nothing compared: 0 backend(s) ran" in result.verdict
    data = json.loads(result.to_json())
    assert "none of 200 shots" in data["backends"][1]["skipped"] and data["pairs"] == []
    assert "twin skipped: none of 200 shots" in " ".join(str(result).split())
    exact = compare(Rare(1e-7), backends=["reference", "twin"], plugins=plugins)
    assert exact.agree is True


def test_an_engine_that_wrongly_accepts_no_shot_disagrees_though_it_is_skipped():
    def rejecting(circuit: Circuit) -> Circuit:
        return circuit.replace([replace_coin(o) for o in circuit.operations])

    def replace_coin(operation):
        if isinstance(operation, operations.Coin):
            return dataclasses.replace(operation, probability=0.0)
        return operation

    plugins = plugins_with(twin=Changed, wrong=lambda: Changed(rejecting))
    for shots in (None, 500):
        result = compare(Rare(0.5), backends=["reference", "twin", "wrong"], plugins=plugins, shots=shots)
        assert [row.backend for row in result.rows if row.run is None] == ["wrong"]
        assert result.agree is False and "reference and wrong: disagree" in result.verdict
        verdicts = {(p.first, p.second): p.verdict for p in result.pairs}
        assert verdicts == {
            ("reference", "twin"): "agree", ("reference", "wrong"): "disagree", ("twin", "wrong"): "disagree"
        }  # fmt: skip
        from qnetframe.report import comparison_page

        page = comparison_page(result)
        assert "of circuit 1" in page and "skipped: no" in page


def test_bad_input_is_refused_before_anything_runs():
    with pytest.raises(UnknownNameError, match="unknown backend 'ar'"):
        compare("teleportation", backends=["reference", "ar"])
    with pytest.raises(InvalidInputError, match="names one twice"):
        compare("teleportation", backends=["reference", "reference"])
    with pytest.raises(InvalidInputError, match="backends is empty"):
        compare("teleportation", backends=[])
    with pytest.raises(InvalidInputError, match=r"alpha is 2; a probability must be in \[0, 1\]"):
        compare("teleportation", backends=["reference"], alpha=2)
    with pytest.raises(InvalidInputError, match="prefix 'topologie'; allowed are"):
        compare("teleportation", backends=["reference"], params={"topologie.nodes": 2})


def test_a_protocol_that_returns_something_else_is_a_plugin_error():
    class Wrong:
        def run(self, session):
            return [1, 2]

    with pytest.raises(PluginError, match="must return a mapping of names to Estimates"):
        compare(Wrong(), backends=["reference"])


def test_the_comparison_is_plain_json():
    asked: list[str] = []
    result = compare(
        "teleportation", backends=["reference", "aer"], topology="chain", shots=200, seed=4,
        title="two engines", progress=asked.append,
    )  # fmt: skip
    data = json.loads(result.to_json())
    assert (
        data["setup"] == {"topology": "chain"}
        and data["title"] == "two engines"
        and asked == ["reference", "aer"]
    )
    assert data["agree"] is True and data["alpha"] == 1e-6 and data["seed"] == 4
    assert {b["backend"] for b in data["backends"]} == {"reference", "aer"}
    assert data["backends"][0]["run"]["estimates"]["average fidelity"]["shots"] > 0
    frame = result.to_pandas()
    assert set(frame["backend"]) == {"reference", "aer"} and (frame["standard_error"] > 0).all()


def test_branch_deviation_sees_probabilities_states_and_missing_branches():
    zero, one = np.diag([1.0, 0]), np.diag([0, 1.0])
    same = (Branch((0,), 0.5, zero), Branch((1,), 0.5, one))
    assert branch_deviation(same, same) == (0.0, "")
    assert branch_deviation(same, same[:1])[0] == pytest.approx(0.5)
    assert branch_deviation(same, (same[0], Branch((1,), 0.5, zero)))[0] == pytest.approx(0.5)
    assert branch_deviation((Branch((), 0.3),), (Branch((), 0.4),))[0] == pytest.approx(0.1)


class Coin:
    """A native sampler of one biased bit, with no exact method."""

    def __init__(self, probability):
        self.probability = probability

    def compile(self, circuit):
        return self

    def sample(self, shots, seed):
        bits = np.random.default_rng(seed).random((shots, 1)) < self.probability
        return Samples.from_bits(["m0"], bits)


def coin_result(probability, seed, shots=500):
    p = Program()
    p.measure(p.h(p.qubit("a", "q")).operations[-1].qubits[0])
    native = dataclasses.replace(CAPABILITIES[0], exact=False)
    spec = BackendSpec("coin", lambda: None, "biased bit", capabilities=(native,))
    seed_sequence = np.random.SeedSequence(seed)
    return run_circuit(p.circuit(), spec, Coin(probability), shots, seed_sequence)[0]


def test_false_alarms_are_no_more_frequent_than_promised():
    # With family-wise rate 5 % over 400 comparisons, more than 40 alarms has probability below 1e-4.
    exact = run_circuit_reference()
    alpha, against_exact, against_samples = 0.05, 0, 0
    for seed in range(400):
        one, two = coin_result(0.5, 2 * seed), coin_result(0.5, 2 * seed + 1)
        check = check_pair(one, exact)
        against_exact += check.p_value < alpha / check.tests
        check = check_pair(one, two)
        against_samples += check.p_value < alpha / check.tests
    assert against_exact <= 40 and against_samples <= 40


def test_a_biased_sampler_is_found():
    exact = run_circuit_reference()
    biased = coin_result(0.6, 1, shots=5000)
    for other in (exact, coin_result(0.5, 2, shots=5000)):
        check = check_pair(biased, other)
        assert check.p_value < 1e-6 / check.tests


def run_circuit_reference():
    p = Program()
    p.measure(p.h(p.qubit("a", "q")).operations[-1].qubits[0])
    spec = BackendSpec("reference", ReferenceBackend, "referee", capabilities=CAPABILITIES)
    return run_circuit(p.circuit(), spec, ReferenceBackend(), None, np.random.SeedSequence(0))[0]


def test_seeds_differ_between_backends_so_that_samples_are_independent():
    plugins = plugins_with(twin=Changed)
    runs = compare("teleportation", backends=["reference", "twin"], plugins=plugins, shots=300).runs
    first, second = (r.estimates["average fidelity"].value for r in runs)
    third, fourth = (r.estimates["P(Φ+)"].value for r in runs)
    assert first == second == 1.0 and third != fourth
