"""Device: what an operation costs on the hardware of a node, as a list of native pulses."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.network import GateProfile, Hardware
from qnetframe.placement import natives
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.values import ComplexArray

Routing: TypeAlias = Literal["refuse", "swap"]


@dataclass(frozen=True, slots=True)
class Pulse:
    """One native gate on physical qubits."""

    gate: GateProfile
    qubits: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Two neighbouring physical qubits have exchanged their contents (by the pulses before)."""

    qubits: tuple[int, int]


Step: TypeAlias = Pulse | Exchange


class Device:
    """The hardware of one node, with look-ups and a cache of what gates cost.

    A device without any one-qubit (two-qubit) gate in its profile makes those ideally and at once.
    """

    def __init__(self, node: str, hardware: Hardware, routing: Routing = "refuse") -> None:
        self.node, self.hardware, self.routing = node, hardware, routing
        sizes = {name: len(q) or _size(name) for name, q in hardware.gates if name not in natives.NOT_GATES}
        self.has_one = 1 in sizes.values()
        self.has_two = 2 in sizes.values()
        self._two = [n for n, size in sizes.items() if size == 2]
        self._cache: dict[object, tuple[Step, ...]] = {}
        self._neighbours: dict[int, tuple[int, ...]] = {}
        self._coupled: dict[int, list[tuple[int, int]]] | None = None

    @property
    def ideal_gates(self) -> bool:
        """Whether gates cost nothing at all."""
        return not self.has_one and not self.has_two

    def profile(self, name: str, qubits: tuple[int, ...]) -> GateProfile | None:
        """Return the profile of a native gate on physical qubits, None where the device does not have it."""
        gates = self.hardware.gates
        found = gates.get((name, qubits))
        if found is None and name in natives.SYMMETRIC and len(qubits) == 2:
            found = gates.get((name, qubits[::-1]))
        return gates.get((name, ())) if found is None else found

    def entangler(self, a: int, b: int) -> tuple[GateProfile, natives.Recipe] | None:
        """Return a native gate that makes a CX on (a, b), and the recipe; None where there is none."""
        for name, recipe in natives.CX_FROM.items():
            found = self.profile(name, (a, b))
            if found is not None:
                return found, recipe
            back = natives.CX_FROM_REVERSED.get(name)
            found = self.profile(name, (b, a)) if back else None
            if found is not None and back is not None:
                return found, back
        return None

    def coupled(self, a: int, b: int) -> bool:
        """Whether two physical qubits have a two-qubit gate."""
        coupling = self.hardware.coupling
        if coupling is not None and (min(a, b), max(a, b)) not in coupling:
            return False
        return not self.has_two or self.entangler(a, b) is not None

    def neighbours(self, qubit: int) -> tuple[int, ...]:
        """Return the physical qubits that one is coupled to."""
        if qubit not in self._neighbours:
            coupling, others = self.hardware.coupling, range(len(self.hardware.qubits))
            candidates = (
                others if coupling is None else sorted({a + b - qubit for a, b in self._pairs(qubit)})
            )
            absent = {qubit, *self.hardware.excluded}
            self._neighbours[qubit] = tuple(
                q for q in candidates if q not in absent and self.coupled(qubit, q)
            )
        return self._neighbours[qubit]

    def _pairs(self, qubit: int) -> list[tuple[int, int]]:
        if self._coupled is None:
            self._coupled = {}
            for pair in self.hardware.coupling or ():
                for end in pair:
                    self._coupled.setdefault(end, []).append(pair)
        return self._coupled.get(qubit, [])

    def path(self, a: int, b: int) -> tuple[int, ...] | None:
        """Return a shortest chain of coupled qubits from a to b, None where there is none."""
        before = {a: a}
        queue = deque([a])
        while queue:
            here = queue.popleft()
            if here == b:
                found = [b]
                while found[-1] != a:
                    found.append(before[found[-1]])
                return tuple(reversed(found))
            for following in self.neighbours(here):
                if following not in before:
                    before[following] = here
                    queue.append(following)
        return None

    def gate_steps(self, name: str, params: tuple[float, ...], qubits: tuple[int, ...]) -> tuple[Step, ...]:
        """Return what a standard gate costs on physical qubits.

        Raises UnsupportedError naming the qubits that are not coupled, or the gate that the device lacks.
        """
        key = (name, params, qubits)
        if key not in self._cache:
            direct = self.profile(name, qubits) if len(qubits) == 1 else None
            if direct is not None:
                self._cache[key] = (Pulse(direct, qubits),)
            else:
                self._cache[key] = _Expansion(self).run(((name, params, qubits),))
        return self._cache[key]

    def recipe_steps(self, recipe: natives.Recipe, qubits: tuple[int, ...]) -> tuple[Step, ...]:
        """Return what a recipe costs, its positions being indices into ``qubits``."""
        key = (recipe, qubits)
        if key not in self._cache:
            self._cache[key] = _Expansion(self).run(_bound(recipe, qubits))
        return self._cache[key]

    def rotation_steps(self, matrix: ComplexArray, qubit: int) -> tuple[Step, ...]:
        """Return what any one-qubit unitary (2, 2) costs."""
        return tuple(Pulse(gate, (qubit,)) for gate in self.rotation(matrix, qubit))

    def rotation(self, matrix: ComplexArray, qubit: int) -> tuple[GateProfile, ...]:
        """Return the cheapest native pulses of a one-qubit unitary; Z rotations are virtual and free."""
        if not self.has_one:
            return ()
        stay = abs(matrix[0, 0]) ** 2
        if stay > 1 - 1e-12:
            return ()
        single = list(natives.ANY_ROTATION)
        root = self.profile("sx", (qubit,))
        if root is None:
            single += natives.AXIS_ROTATION
        if stay < 1e-12:
            single += natives.HALF_TURN
        elif abs(stay - 0.5) < 1e-12:
            single += natives.QUARTER_TURN
        options = [(found,) for name in single if (found := self.profile(name, (qubit,))) is not None]
        if not options and root is not None:
            return (root, root)
        if not options:
            has = sorted({n for n, q in self.hardware.gates if q in ((), (qubit,))})
            raise UnsupportedError(
                f"hardware {self.hardware.name!r} (node {self.node!r}): qubit {qubit} has no native "
                f"one-qubit gates for this rotation; it has: {', '.join(has) or 'none'}"
            )
        if root is not None and not (stay < 1e-12 or abs(stay - 0.5) < 1e-12):
            options.append((root, root))  # type: ignore[arg-type]
        return min(options, key=lambda o: (sum(g.error for g in o), sum(g.duration for g in o)))


def _size(name: str) -> int:
    if name in GATES:
        return GATES[name].num_qubits
    return 2 if name in natives.CX_FROM or name in natives.SYMMETRIC else 1


def _bound(recipe: natives.Recipe, qubits: tuple[int, ...]) -> natives.Recipe:
    return tuple((name, params, tuple(qubits[i] for i in at)) for name, params, at in recipe)


class _Expansion:
    """Expands gates into pulses; one-qubit gates in a row are merged, as a compiler does."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.steps: list[Step] = []
        self.rotations: dict[int, ComplexArray] = {}

    def run(self, calls: natives.Recipe) -> tuple[Step, ...]:
        for name, params, qubits in calls:
            self.gate(name, params, qubits)
        for qubit in list(self.rotations):
            self.flush(qubit)
        return tuple(self.steps)

    def flush(self, qubit: int) -> None:
        matrix = self.rotations.pop(qubit, None)
        if matrix is not None:
            self.steps.extend(self.device.rotation_steps(matrix, qubit))

    def gate(self, name: str, params: tuple[float, ...], qubits: tuple[int, ...]) -> None:
        if len(qubits) == 1:
            before = self.rotations.get(qubits[0], np.eye(2, dtype=complex))
            self.rotations[qubits[0]] = gate_matrix(name, params) @ before
        elif len(qubits) == 2:
            self.two(name, params, qubits[0], qubits[1])
        else:
            for call in _bound(natives.RECIPES[name](*params), qubits):
                self.gate(*call)

    def two(self, name: str, params: tuple[float, ...], a: int, b: int) -> None:
        device = self.device
        if not device.coupled(a, b):
            self.routed(name, params, a, b)
            return
        if not device.has_two:
            return
        direct = device.profile(name, (a, b))
        if direct is not None:
            self.pulse(direct, (a, b))
        elif name == "cx":
            found = device.entangler(a, b)
            assert found is not None
            for call in _bound(found[1], (a, b)):
                if call[0] == natives.NATIVE:
                    self.pulse(found[0], call[2])
                else:
                    self.gate(*call)
        else:
            for call in _bound(natives.RECIPES[name](*params), (a, b)):
                self.gate(*call)

    def pulse(self, gate: GateProfile, qubits: tuple[int, ...]) -> None:
        for qubit in qubits:
            self.flush(qubit)
        self.steps.append(Pulse(gate, qubits))

    def routed(self, name: str, params: tuple[float, ...], a: int, b: int) -> None:
        """Swap ``a`` next to ``b`` along a shortest path, apply the gate, and swap back."""
        device = self.device
        place = f"qubits {a} and {b} of hardware {device.hardware.name!r} (node {device.node!r})"
        path = device.path(a, b) if device.routing == "swap" else None
        if path is None:
            advice = (
                "no chain of coupled qubits joins them; use another layout="
                if device.routing == "swap"
                else "use routing='swap' or another layout="
            )
            raise UnsupportedError(f"{name} on {place}: they are not coupled; {advice}")
        hops = list(pairwise(path[:-1]))
        for hop in hops:
            self.exchange(hop)
        self.gate(name, params, (path[-2], b))
        for hop in reversed(hops):
            self.exchange(hop)

    def exchange(self, pair: tuple[int, int]) -> None:
        self.gate("swap", (), pair)
        for qubit in pair:
            self.flush(qubit)
        self.steps.append(Exchange(pair))
