"""Device: what an operation costs on the hardware of a node, as a list of native pulses."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.network import GateProfile, Hardware
from qnetframe.placement import natives
from qnetframe.placement.carry import Applied, Located, carried, conjugated, exchanged, rests
from qnetframe.program.gates import GATES, gate_matrix
from qnetframe.values import ComplexArray

Routing: TypeAlias = Literal["refuse", "swap"]


@dataclass(frozen=True, slots=True)
class Pulse:
    """One native gate on physical qubits.

    ``noise`` is that of a gate with an explicit channel, as it is after the whole operation.
    """

    gate: GateProfile
    qubits: tuple[int, ...]
    noise: Located | None = None


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
        self.explicit = any(gate.channel is not None for gate in hardware.gates.values())
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
            if found is not None and found.channel is not None:
                found = replace(found, channel=exchanged(found.channel))
        return gates.get((name, ())) if found is None else found

    def entangler(self, a: int, b: int) -> tuple[GateProfile, natives.Recipe, str] | None:
        """Return a native gate that makes a CX on (a, b), the recipe, and its name; None where none does."""
        for name, recipe in natives.CX_FROM.items():
            found = self.profile(name, (a, b))
            if found is not None:
                return found, recipe, name
            back = natives.CX_FROM_REVERSED.get(name)
            found = self.profile(name, (b, a)) if back else None
            if found is not None and back is not None:
                return found, back, name
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
                noise = None if direct.channel is None else (qubits, direct.channel)
                self._cache[key] = (Pulse(direct, qubits, noise),)
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
        pulses = self._rotation(matrix, qubit)
        if not self.explicit:
            return tuple(Pulse(gate, (qubit,)) for _, gate in pulses)
        steps = []
        for (_, gate), rest in zip(pulses, rests([name for name, _ in pulses], matrix), strict=True):
            noise = None if gate.channel is None else ((qubit,), conjugated(gate.channel, rest))
            steps.append(Pulse(gate, (qubit,), noise))
        return tuple(steps)

    def rotation(self, matrix: ComplexArray, qubit: int) -> tuple[GateProfile, ...]:
        """Return the cheapest native pulses of a one-qubit unitary; Z rotations are virtual and free."""
        return tuple(gate for _, gate in self._rotation(matrix, qubit))

    def _rotation(self, matrix: ComplexArray, qubit: int) -> tuple[tuple[str, GateProfile], ...]:
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
        options: list[tuple[tuple[str, GateProfile], ...]] = [
            ((name, found),) for name in single if (found := self.profile(name, (qubit,))) is not None
        ]
        if not options and root is not None:
            return (("sx", root), ("sx", root))
        if not options:
            has = sorted({n for n, q in self.hardware.gates if q in ((), (qubit,))})
            raise UnsupportedError(
                f"hardware {self.hardware.name!r} (node {self.node!r}): qubit {qubit} has no native "
                f"one-qubit gates for this rotation; it has: {', '.join(has) or 'none'}"
            )
        if root is not None and not (stay < 1e-12 or abs(stay - 0.5) < 1e-12):
            options.append((("sx", root), ("sx", root)))
        return min(options, key=lambda o: (sum(g.error for _, g in o), sum(g.duration for _, g in o)))


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
        # The unitaries so far, and how many of them come before the noise of each step; for explicit noise.
        self.applied: list[Applied] = []
        self.since: list[int] = []

    def run(self, calls: natives.Recipe) -> tuple[Step, ...]:
        for name, params, qubits in calls:
            self.gate(name, params, qubits)
        for qubit in list(self.rotations):
            self.flush(qubit)
        if self.device.explicit:
            self.steps = [self.moved(s, at) for s, at in zip(self.steps, self.since, strict=True)]
        return tuple(self.steps)

    def moved(self, step: Step, since: int) -> Step:
        """Return a step with its explicit noise as it is after everything that follows."""
        if isinstance(step, Exchange) or step.noise is None:
            return step
        return replace(step, noise=carried(*step.noise, self.applied[since:]))

    def add(self, steps: tuple[Step, ...], qubits: tuple[int, ...], matrix: ComplexArray) -> None:
        """Append the steps of a unitary; their noise comes after it."""
        if self.device.explicit:
            self.applied.append((qubits, matrix))
        self.steps.extend(steps)
        self.since.extend([len(self.applied)] * len(steps))

    def flush(self, qubit: int) -> None:
        matrix = self.rotations.pop(qubit, None)
        if matrix is not None:
            self.add(self.device.rotation_steps(matrix, qubit), (qubit,), matrix)

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
            if device.explicit:
                self.whole((), (a, b), gate_matrix(name, params))
            return
        direct = device.profile(name, (a, b))
        if direct is not None:
            self.pulse(direct, (a, b), gate_matrix(name, params))
        elif name == "cx":
            found = device.entangler(a, b)
            assert found is not None
            for call in _bound(found[1], (a, b)):
                if call[0] == natives.NATIVE:
                    self.pulse(found[0], call[2], natives.ENTANGLERS[found[2]])
                else:
                    self.gate(*call)
        else:
            for call in _bound(natives.RECIPES[name](*params), (a, b)):
                self.gate(*call)

    def pulse(self, gate: GateProfile, qubits: tuple[int, ...], matrix: ComplexArray) -> None:
        noise = None if gate.channel is None else (qubits, gate.channel)
        self.whole((Pulse(gate, qubits, noise),), qubits, matrix)

    def whole(self, steps: tuple[Step, ...], qubits: tuple[int, ...], matrix: ComplexArray) -> None:
        """Append a gate on two qubits, after the rotations that were waiting to be merged."""
        for qubit in qubits:
            self.flush(qubit)
        self.add(steps, qubits, matrix)

    def routed(self, name: str, params: tuple[float, ...], a: int, b: int) -> None:
        """Swap ``a`` next to ``b`` along a shortest path, apply the gate, and swap back."""
        device = self.device
        place = f"qubits {a} and {b} of hardware {device.hardware.name!r} (node {device.node!r})"
        path = device.path(a, b) if device.routing == "swap" else None
        if path is None and device.hardware.coupling == frozenset():
            raise UnsupportedError(
                f"{name} on {place}: the hardware has no usable two-qubit gate at all; its qubits "
                "take one-qubit gates and pairs from links only"
            )
        if path is None:
            advice = (
                "no chain of coupled qubits joins them; use another layout="
                if device.routing == "swap"
                else "use routing='swap' or another layout="
            )
            raise UnsupportedError(f"{name} on {place}: they are not coupled; {advice}")
        if device.explicit:
            raise UnsupportedError(
                f"{name} on {place}: they are not coupled, and swaps with gates that have explicit channels "
                "are not supported; use another layout="
            )
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
        self.since.append(len(self.applied))
