"""What a backend must do that leaves branches to the host and evolves density matrices itself.

``CHECKS`` maps names to functions of (make, evolve): ``make(max_branches=...)`` returns a backend that takes
unconditional segments from ``exact_branches``, and ``evolve`` is what it evolves them with.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from qnetframe.api import Backend
from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import Channel, amplitude_damping, pauli, two_qubit_depolarizing
from qnetframe.errors import UnsupportedError
from qnetframe.program.branches import Evolve, Segment, branches_by_cutting
from qnetframe.program.footprint import footprint
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.program.operations import Gate, Noise, Operation, Reset, Unitary, freeze
from qnetframe.program.program import Program
from qnetframe.testing.agreement import assert_exact, assert_same_branches
from qnetframe.testing.programs import (
    ANGLES,
    PHI_PLUS,
    PROGRAMS,
    purification,
    repeater_chain,
    six_by_six,
    teleportation,
    werner_noise,
)
from qnetframe.testing.random_programs import (
    random_channel,
    random_density_matrix,
    random_program,
    random_unitary,
)
from qnetframe.values import ComplexArray

Make = Callable[..., Backend]
Check = Callable[[Make, Evolve], None]

QUBITS = ("a", "b", "c", "d")
RANDOM_PROGRAMS = 40


def _operations() -> dict[str, Operation]:
    """Return every kind of operation of a segment, on one to four of QUBITS and in no sorted order."""
    rng = np.random.default_rng(20)
    gates = {
        f"gate {n}": Gate(n, ("c", "a", "b")[: g.num_qubits], ANGLES[: g.num_params])
        for n, g in GATES.items()
    }
    return {
        **gates,
        "unitary 1": Unitary(("b",), freeze(random_unitary(rng, 2))),
        "unitary 2": Unitary(("c", "a"), freeze(random_unitary(rng, 4))),
        "unitary 3": Unitary(("c", "a", "b"), freeze(random_unitary(rng, 8))),
        "unitary 4": Unitary(("d", "c", "a", "b"), freeze(random_unitary(rng, 16))),
        "amplitude damping": Noise(("b",), amplitude_damping(0.3)),
        "channel 2": Noise(("d", "b"), random_channel(rng, 2, rank=3)),
        "depolarizing 2": Noise(("b", "d"), two_qubit_depolarizing(0.2)),
        "pauli 3": Noise(("c", "a", "d"), Channel.from_pauli({"XYZ": 0.2, "IZX": 0.1})),
        "pauli 4": Noise(("c", "a", "d", "b"), Channel.from_pauli({"XYZX": 0.2, "IZXI": 0.1})),
        "reset": Reset("c"),
    }


OPERATIONS = _operations()


def written_out(operation: Operation, qubits: tuple[str, ...], state: ComplexArray) -> ComplexArray:
    """Return the state after an operation, (2**n, 2**n), by matrices made from the bits of their indices."""
    kraus: list[ComplexArray]
    if isinstance(operation, Gate):
        kraus, targets = [gate_matrix(operation.name, operation.params)], operation.qubits
    elif isinstance(operation, Unitary):
        kraus, targets = [np.array(operation.matrix)], operation.qubits
    elif isinstance(operation, Noise):
        kraus, targets = list(operation.channel.kraus), operation.qubits
    else:
        assert isinstance(operation, Reset), f"a segment has no {operation.kind}"
        kraus, targets = (
            [np.outer([1, 0], bra).astype(complex) for bra in ([1, 0], [0, 1])],
            (operation.qubit,),
        )
    full = [_expanded(k, [qubits.index(t) for t in targets], len(qubits)) for k in kraus]
    return np.asarray(sum(k @ state @ k.conj().T for k in full))


def _expanded(local: ComplexArray, places: list[int], n: int) -> ComplexArray:
    full = np.zeros((1 << n, 1 << n), dtype=complex)
    for column in range(1 << n):
        bits = [column >> (n - 1 - i) & 1 for i in range(n)]
        inner = sum(bits[p] << (len(places) - 1 - j) for j, p in enumerate(places))
        for outer in range(len(local)):
            new = list(bits)
            for j, p in enumerate(places):
                new[p] = outer >> (len(places) - 1 - j) & 1
            full[sum(b << (n - 1 - i) for i, b in enumerate(new)), column] += local[outer, inner]
    return full


def _operation(operation: Operation, make: Make, evolve: Evolve) -> None:
    """An operation acts on its qubits in order, whatever the weight of the state."""
    rho = random_density_matrix(np.random.default_rng(5), len(QUBITS)) * 0.37
    (found,) = evolve([Segment(QUBITS, (operation,), rho)])
    assert np.abs(found - written_out(operation, QUBITS, rho)).max() < 1e-12


def _linear(scale: float, make: Make, evolve: Evolve) -> None:
    """Evolution is linear, down to branches that rounding leaves neither positive nor of the right trace."""
    rho = np.asarray(np.array([[1.1, 0.3j], [-0.3j, -0.1]]) * complex(scale))
    h = np.array([[1, 1], [1, -1]]) / math.sqrt(2)
    damping = amplitude_damping(0.3)
    body = (Gate("h", ("a",)), Noise(("a",), damping), Unitary(("a",), freeze(h)))
    found = evolve([Segment(("a",), body, rho), Segment(("a",), (Reset("a"),), rho), Segment((), (), None)])
    assert np.abs(found[0] - h @ damping.apply(h @ rho @ h) @ h).max() < 1e-12 * scale
    assert np.abs(found[1] - [[scale, 0], [0, 0]]).max() < 1e-12 * scale
    assert found[2].tolist() == [[1]]


def _branches(program: Callable[[], Program], make: Make, evolve: Evolve) -> None:
    """The branches are the reference's."""
    assert_exact(make(), program().circuit())


def _cut(program: Callable[[], Program], make: Make, evolve: Evolve) -> None:
    """They are so too where the host cuts the circuit at its measurements."""
    circuit = program().circuit()
    assert_same_branches(branches_by_cutting(circuit, evolve), ReferenceBackend().compile(circuit).exact())


def _teleportation(make: Make, evolve: Evolve) -> None:
    """Teleportation by a Werner pair: fidelity (2 F + 1) / 3 (Horodecki, PRA 60, 1888), four branches."""
    target = np.array([0.6, 0.8j])
    for fidelity in (1.0, 0.9):
        branches = make().compile(teleportation(fidelity).circuit()).exact()
        assert [b.outputs for b in branches] == [(0, 0), (0, 1), (1, 0), (1, 1)]
        for branch in branches:
            assert branch.state is not None and abs(branch.probability - 0.25) < 1e-12
            found = (target.conj() @ branch.state @ target).real
            assert abs(found - (2 * fidelity + 1) / 3) < 1e-12


def _purification(make: Make, evolve: Evolve) -> None:
    """Two Werner pairs of fidelity 0.8: success and fidelity of Bennett et al., PRL 76, 722 (1996), eq. 7."""
    f, g = 0.8, 0.2 / 3
    branches = make().compile(purification(f).circuit()).exact()
    success = math.fsum(b.probability for b in branches)
    assert abs(success - (f**2 + 2 * f * g + 5 * g**2)) < 1e-12
    good = 0.0
    for branch in branches:
        assert branch.state is not None
        good += branch.probability * float((PHI_PLUS @ branch.state @ PHI_PLUS).real)
    assert abs(good - (f**2 + g**2)) < 1e-12


def _chain(make: Make, evolve: Evolve) -> None:
    """Swapping multiplies the Werner parameters w = (4 F - 1) / 3 (Briegel et al., PRL 81, 5932, eq. 5)."""
    links, fidelity = 12, 0.98
    ends = (werner_noise(fidelity), pauli())
    (branch,) = make().compile(repeater_chain(links, ends, readout=(0.0, 0.0)).circuit()).exact()
    assert branch.state is not None
    found = branch.probability * float((PHI_PLUS @ branch.state @ PHI_PLUS).real)
    assert abs(found - (3 * ((4 * fidelity - 1) / 3) ** links + 1) / 4) < 1e-12


def _too_wide_to_defer(make: Make, evolve: Evolve) -> None:
    """A circuit too wide to defer gives its 64 branches, and is refused where fewer are allowed."""
    circuit = six_by_six().circuit()
    assert not footprint(circuit).defers
    assert len(assert_exact(make(max_branches=64), circuit)) == 64
    try:
        make(max_branches=63).compile(circuit).exact()
    except UnsupportedError as error:
        assert "max_branches=63" in str(error)
    else:
        raise AssertionError("64 branches came from max_branches=63")


def _random(seed: int) -> Program:
    return random_program(seed, clifford=seed % 4 == 0)


_COMPARED: dict[str, Callable[[], Program]] = {
    **PROGRAMS,
    **{f"chain of {links}": partial(repeater_chain, links) for links in (2, 12)},
    **{f"random {seed}": partial(_random, seed) for seed in range(RANDOM_PROGRAMS)},
}

CHECKS: dict[str, Check] = {
    **{name: partial(_operation, operation) for name, operation in OPERATIONS.items()},
    **{f"linear at {scale}": partial(_linear, scale) for scale in (1.0, 1e-14, 1e-200)},
    **{f"branches of {name}": partial(_branches, program) for name, program in _COMPARED.items()},
    **{f"cut {name}": partial(_cut, program) for name, program in _COMPARED.items()},
    "teleportation": _teleportation,
    "purification": _purification,
    "chain": _chain,
    "too wide to defer": _too_wide_to_defer,
}
