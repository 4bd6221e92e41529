"""Random programs: every exact engine agrees with the reference within 1e-9 on every branch."""

import numpy as np
import pytest

from qnetframe import execute
from qnetframe.experiment.agreement import branch_deviation, check_pair
from qnetframe.experiment.engine import run_circuit
from qnetframe.plugins import discover
from qnetframe.testing.agreement import assert_sampled
from qnetframe.testing.random_programs import random_program

PROGRAMS = 300
BATCHES = 10
SAMPLED = 40
# 40 programs on each sampler share this rate of false alarms (Bonferroni over programs and cells).
ALPHA = 1e-6


@pytest.mark.parametrize("batch", range(BATCHES))
@pytest.mark.parametrize("backend", ["aer", "cirq", "qutip"])
def test_exact_engines_agree_on_random_programs(backend, batch):
    size = PROGRAMS // BATCHES
    for seed in range(batch * size, (batch + 1) * size):
        circuit = random_program(seed).circuit()
        truth = execute(circuit).branches
        found = execute(circuit, backend=backend).branches
        gap, where = branch_deviation(truth, found)
        assert gap < 1e-9, f"random program {seed} on {backend}: {gap} at {where}"


@pytest.mark.parametrize(("backend", "options"), [
    ("stim", {}), ("aer", {"method": "stabilizer"}), ("aer", {"method": "density_matrix"}),
    ("aer", {"method": "statevector"}), ("aer", {"method": "matrix_product_state"}), ("cirq", {}),
])  # fmt: skip
def test_native_samplers_agree_with_the_exact_distribution(backend, options):
    plugins = discover()
    spec = plugins.backends[backend]
    engine = plugins.make("backend", backend, options)
    checked = 0
    for seed in range(1000, 1000 + SAMPLED):
        circuit = random_program(seed, clifford=True, saves=False, require=False, max_bits=4).circuit()
        if not circuit.outputs:
            continue
        assert_sampled(engine, circuit, 1000, seed, ALPHA / SAMPLED)
        checked += 1
    assert checked > SAMPLED // 2 and spec.name == backend


def test_the_programs_use_every_operation():
    kinds = set()
    widths, bits = set(), set()
    for seed in range(PROGRAMS):
        program = random_program(seed)
        kinds |= {o.kind for o in program.operations}
        widths.add(len(program.declared))
        bits.add(len(program.bit_owners))
    needed = {
        "gate",
        "unitary",
        "prepare",
        "measure",
        "reset",
        "entangle",
        "noise",
        "erase",
        "coin",
        "require",
        "save",
        "expect",
    }
    assert needed <= kinds
    assert max(widths) == 6 and max(bits) == 6


def test_post_selected_sampling_agrees_between_native_and_exact():
    plugins = discover()
    spec = plugins.backends["stim"]
    for seed in range(2000, 2010):
        circuit = random_program(seed, clifford=True, saves=True).circuit()
        truth = execute(circuit)
        if truth.success_probability.value < 0.05:
            continue
        engine = plugins.make("backend", "stim", {})
        result, _ = run_circuit(circuit, spec, engine, 2000, np.random.SeedSequence(seed))
        check = check_pair(result, truth)
        assert check.p_value > ALPHA / 10 / max(1, check.tests), f"{seed}: {check}"
