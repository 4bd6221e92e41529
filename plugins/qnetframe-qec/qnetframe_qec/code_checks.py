"""What every code must do: ``test_mine = kind_tests("code", "mine")`` is the whole test file of one.

That stabilizers commute and logical operators are right is checked when a ``Code`` is made. These are the
claims that this leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qnetframe.program.program import Program
from qnetframe.testing.kit import CapabilityMiss
from qnetframe_qec.codes.code import Code
from qnetframe_qec.codes.distance import distance_bound, exact_distance
from qnetframe_qec.hooks import CodeSpec
from qnetframe_qec.noise import none
from qnetframe_qec.programs.encoding import encoder
from qnetframe_qec.programs.extraction import Patch
from qnetframe_qec.programs.memory import memory_program

Make = Callable[..., Code]
Check = Callable[[CodeSpec, Make], None]

# Up to this many qubits the distance is found exactly; a bound is only ever too high.
EXACT_QUBITS = 30


def claimed_distance(spec: CodeSpec, make: Make) -> None:
    """No logical operator is lighter than the distance, and in a small code one is as light."""
    code = make()
    if code.distance is None:
        raise CapabilityMiss("it claims no distance")
    # Errors that no check of a one-sided code can see do not count.
    kind = ("X" if code.z_checks else "Z") if code.is_one_sided else "any"
    if code.n <= EXACT_QUBITS:
        found = exact_distance(code, kind)
        assert found == code.distance, f"its distance is {found}, and {code.distance} is claimed"
    elif kind == "any":
        bound = distance_bound(code)
        assert bound.value >= code.distance, f"{bound.operator} is logical and of weight {bound.value}"


def quiet_rounds(spec: CodeSpec, make: Make) -> None:
    """Without noise no detector of a memory fires and no observable flips: the schedule measures the code."""
    code = make()
    if not code.is_css:
        raise CapabilityMiss("it is not CSS; rounds start from products of |0> or |+>")
    for basis in "zx":
        _quiet(memory_program(code, 2, none(), basis), f"memory in basis {basis}")


def encoded_states(spec: CodeSpec, make: Make) -> None:
    """The encoder makes every stabilizer 0, a round leaves the state alone, and there is an inverse."""
    code = make()
    coder = encoder(code)
    for value in (0, 1):
        program = Program(f"{code.name}, inputs {value}")
        patch = Patch(program, code, none())
        for i in coder.inputs if value else ():
            program.x(patch.data[i])
        coder.encode(program, patch.data)
        bits = patch.round(0)
        for i in coder.independent:
            program.detector(bits[i])
        coder.decode(program, patch.data)
        for i, qubit in enumerate(patch.data):
            program.detector(program.measure(qubit) ^ (value if i in coder.inputs else 0))
        _quiet(program, f"inputs {value}")


CHECKS: Mapping[str, Check] = {
    check.__name__: check for check in (claimed_distance, quiet_rounds, encoded_states)
}


def _quiet(program: Program, what: str) -> None:
    from qnetframe_stim import stim_backend

    executable: Any = stim_backend().compile(program.circuit())
    found = executable.detect(64, 1)
    fired = found.detectors.bits().any(axis=0)
    assert not fired.any(), f"{what}: {int(fired.sum())} detectors fire without noise"
    assert not found.observables.bits().any(), f"{what}: an observable flips without noise"
