"""What every device must do: be a consistent set of numbers on which a program can be placed and run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from qnetframe.api import HardwareSpec
from qnetframe.errors import UnsupportedError
from qnetframe.experiment.run import execute
from qnetframe.network import Hardware, Link, Network, Node
from qnetframe.plugins import Plugins
from qnetframe.program.program import Program
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import CapabilityMiss, Check, Make
from qnetframe.testing.values_checks import made_twice_is_equal, value_pickles


def has_a_name(spec: HardwareSpec, make: Make) -> None:
    """It has a name, under which reports show it, and qubits that are left: not all of them excluded."""
    hardware = make()
    assert hardware.name.strip(), "it has no name"
    assert not hardware.qubits or len(set(hardware.excluded)) < len(hardware.qubits), (
        "every qubit is excluded"
    )


def gates_are_where_qubits_are_coupled(spec: HardwareSpec, make: Make) -> None:
    """Each gate on two given qubits is on a coupled pair, and each coupled pair has a gate."""
    hardware = make()
    if hardware.coupling is None:
        raise CapabilityMiss("every pair is coupled")
    given = {(min(i), max(i)) for _, i in hardware.gates if len(i) == 2}
    apart = sorted(given - hardware.coupling)
    assert not apart, f"gates on pairs that are not coupled: {apart[:8]}"
    default = any(not i and n in _TWO_QUBIT for n, i in hardware.gates)
    idle = sorted(hardware.coupling - given)
    assert default or not given or not idle, f"coupled pairs without a gate: {idle[:8]}"


_TWO_QUBIT = {"cx", "cy", "cz", "ch", "cp", "crx", "cry", "crz", "cu", "swap", "ecr", "rzz", "iswap"}


def prepares_and_measures(spec: HardwareSpec, make: Make) -> None:
    """A qubit that is prepared in |0> and measured gives 0 more often than 1: errors are below one half."""
    p = Program()
    a = p.qubit("alice", "a")
    p.reset(a)
    p.output(p.measure(a), label="one")
    found = execute(p, network=_network(make()), plugins=Plugins(entry_points=False))
    one = sum(e.value for outcome, e in found.distribution().items() if outcome == (1,))
    assert 0 <= one < 0.5, f"P(1) of a qubit prepared in |0> is {one}"


def holds_a_pair(spec: HardwareSpec, make: Make) -> None:
    """A pair between two such devices, with a gate on each side, is a state: positive and of trace one."""
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    p.entangle(a, b).h(a).h(b).save("pair", a, b)
    rho = execute(p, network=_network(make()), plugins=Plugins(entry_points=False)).state("pair").matrix
    assert abs(np.trace(rho) - 1) < 1e-9 and np.linalg.eigvalsh(rho).min() > -1e-9


def runs_a_chain_of_gates(spec: HardwareSpec, make: Make) -> None:
    """A GHZ state is better than noise: |0…0> and |1…1> have populations above 1/4 each."""
    hardware = make()
    p = Program()
    size = min(3, len(hardware.qubits) - len(set(hardware.excluded)) if hardware.qubits else 3)
    if size < 2:
        raise CapabilityMiss("it has one qubit")
    qubits = p.qubits("alice", *(f"q{i}" for i in range(size)))
    p.h(qubits[0])
    for first, second in pairwise(qubits):
        p.cx(first, second)
    p.save("ghz", *qubits)
    try:
        result = execute(p, network=_network(hardware), plugins=Plugins(entry_points=False))
    except UnsupportedError as error:
        raise CapabilityMiss(f"no row of {size} coupled qubits was found: {error}") from error
    rho = result.state("ghz").matrix
    low, high = float(rho[0, 0].real), float(rho[-1, -1].real)
    assert min(low, high) > 1 / 4, f"populations of |0…0> and |1…1> are {low:.3f} and {high:.3f}"


def _network(hardware: Hardware) -> Network:
    return Network((Node("alice", hardware), Node("bob", hardware)), (Link("alice", "bob"),))


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        has_a_name, gates_are_where_qubits_are_coupled, prepares_and_measures, holds_a_pair,
        runs_a_chain_of_gates, made_twice_is_equal, value_pickles, bad_input_is_refused,
    )
}  # fmt: skip
