"""Layout: the program's qubits at a node on the physical qubits of its device, the best coupled ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import inf

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.placement.demand import Demand
from qnetframe.placement.device import Device
from qnetframe.placement.noise import relaxation_infidelity

# Partial assignments looked at before the best layout so far is taken.
BUDGET = 20_000
# Outweighs any sum of errors: a layout first keeps to the qubits that the hardware prefers.
_NOT_PREFERRED = 1e3


def lay_out(device: Device, demand: Demand, fixed: Mapping[str, int], wait: float) -> dict[str, int]:
    """Return a physical qubit for each program qubit of a node.

    The sum of gate, readout and preparation errors, weighted by their use, and of the relaxation during
    ``wait`` seconds is minimised over the placings where every pair that shares a gate is coupled, by a
    search that stops after BUDGET steps. Where there is none, qubits are kept as close as possible.
    ``fixed`` assigns some qubits beforehand. Raises InvalidInputError if the device is too small or ``fixed``
    does not fit it.
    """
    hardware = device.hardware
    where = f"layout of node {device.node!r}"
    _check_fixed(device, demand, fixed, where)
    if not hardware.qubits:
        taken = set(fixed.values())
        free = iter(i for i in range(len(demand.qubits) + len(taken)) if i not in taken)
        return {q: fixed[q] if q in fixed else next(free) for q in demand.qubits}
    usable = [i for i in range(len(hardware.qubits)) if i not in hardware.excluded]
    if len(demand.qubits) > len(usable):
        raise InvalidInputError(
            f"{where}: the program has {len(demand.qubits)} qubits there ({', '.join(demand.qubits)}), "
            f"hardware {hardware.name!r} has {len(usable)}"
        )
    return _Search(device, demand, dict(fixed), wait, usable).run()


def _check_fixed(device: Device, demand: Demand, fixed: Mapping[str, int], where: str) -> None:
    hardware, owner = device.hardware, dict[int, str]()
    for qubit, index in fixed.items():
        if qubit not in demand.qubits:
            names = ", ".join(demand.qubits) or "none"
            raise InvalidInputError(f"{where} names {qubit!r}, which is never there; qubits there: {names}")
        high = len(hardware.qubits) - 1 if hardware.qubits else None
        checks.integer(index, f"{where}: physical qubit of {qubit!r}", low=0, high=high)
        if index in hardware.excluded:
            raise InvalidInputError(
                f"{where} puts {qubit!r} on qubit {index}, which hardware {hardware.name!r} excludes"
            )
        if index in owner:
            raise InvalidInputError(f"{where} puts both {owner[index]!r} and {qubit!r} on qubit {index}")
        owner[index] = qubit


@dataclass
class _Search:
    """Branch and bound over one connected group of interacting qubits after the other."""

    device: Device
    demand: Demand
    chosen: dict[str, int]
    wait: float
    usable: list[int]
    steps: int = 0
    best: dict[str, int] | None = None
    best_cost: float = inf
    partners: dict[str, dict[str, int]] = field(default_factory=dict)
    order: list[int] = field(default_factory=list)
    base: dict[int, float] = field(default_factory=dict)

    def run(self) -> dict[str, int]:
        self.partners = {q: {} for q in self.demand.qubits}
        for (a, b), weight in self.demand.pairs.items():
            self.partners[a][b] = self.partners[b][a] = weight
        preferred = self.device.hardware.preferred
        for index in self.usable:
            profile = self.device.hardware.qubits[index]
            self.base[index] = relaxation_infidelity((profile,), self.wait)
            if preferred and index not in preferred:
                self.base[index] += _NOT_PREFERRED
        rank = {q: i for i, q in enumerate(preferred)}
        typical = {i: self.base[i] + self.readout(i) + 2 * self.gate(i) for i in self.usable}
        self.order = sorted(self.usable, key=lambda i: (typical[i], rank.get(i, len(rank)), i))
        for group in self.groups():
            self.place(group)
        return {q: self.chosen[q] for q in self.demand.qubits}

    def readout(self, index: int) -> float:
        return sum(self.device.hardware.qubits[index].readout) / 2

    def gate(self, index: int) -> float:
        if not self.device.has_one:
            return 0.0
        names = ("sx", "u3", "u", "prx", "r", "phxz", "rx", "x", "h")
        found = (self.device.profile(name, (index,)) for name in names)
        return next((g.error for g in found if g is not None), 1.0)

    def single_cost(self, qubit: str, index: int) -> float:
        demand = self.demand
        return (
            self.base[index]
            + demand.gates[qubit] * self.gate(index)
            + demand.readouts[qubit] * self.readout(index)
            + demand.preparations[qubit] * self.device.hardware.qubits[index].prepare_error
        )

    def pair_cost(self, a: int, b: int) -> float:
        found = self.device.entangler(a, b)
        return 0.0 if found is None else found[0].error

    def groups(self) -> list[list[str]]:
        """Return the connected groups, largest first, each from a qubit outwards."""
        found, seen = [], set()
        heaviest = sorted(self.partners, key=lambda q: -len(self.partners[q]))
        for start in [*self.chosen, *heaviest]:
            if start in seen:
                continue
            group, queue = [], deque([start])
            seen.add(start)
            while queue:
                here = queue.popleft()
                group.append(here)
                for other in sorted(self.partners[here], key=lambda q: -len(self.partners[q])):
                    if other not in seen:
                        seen.add(other)
                        queue.append(other)
            found.append(group)
        return sorted(found, key=lambda g: -len(g))

    def place(self, group: list[str]) -> None:
        self.best, self.best_cost, self.steps = None, inf, 0
        self.extend(group, 0, dict(self.chosen), set(self.chosen.values()), 0.0)
        self.chosen = self.nearby(group) if self.best is None else self.best

    def extend(self, group: list[str], at: int, placed: dict[str, int], used: set[int], cost: float) -> None:
        if cost >= self.best_cost:
            return
        if at == len(group):
            self.best, self.best_cost = dict(placed), cost
            return
        qubit = group[at]
        if qubit in placed and qubit in self.chosen:
            self.extend(group, at + 1, placed, used, cost)
            return
        partners = [(placed[p], w) for p, w in self.partners[qubit].items() if p in placed]
        for index in self.candidates([p for p, _ in partners]):
            if index in used:
                continue
            self.steps += 1
            if self.steps > BUDGET:
                return
            more = self.single_cost(qubit, index) + sum(w * self.pair_cost(p, index) for p, w in partners)
            placed[qubit] = index
            used.add(index)
            self.extend(group, at + 1, placed, used, cost + more)
            del placed[qubit]
            used.discard(index)

    def candidates(self, partners: list[int]) -> Iterable[int]:
        """Return the qubits coupled to all of ``partners``, the best first."""
        if not partners:
            return self.order
        common = set(self.device.neighbours(partners[0]))
        for other in partners[1:]:
            common &= set(self.device.neighbours(other))
        return [i for i in self.order if i in common]

    def nearby(self, group: list[str]) -> dict[str, int]:
        """Place a group that nothing couples as asked: each qubit as close as possible to its partners."""
        placed = dict(self.chosen)
        for qubit in group:
            if qubit in placed:
                continue
            partners = [(placed[p], w) for p, w in self.partners[qubit].items() if p in placed]
            distances = [(self.distances(p), w) for p, w in partners]
            far, used = len(self.usable), set(placed.values())
            costs = {
                i: sum(w * d.get(i, far) for d, w in distances) + self.single_cost(qubit, i)
                for i in self.order
                if i not in used
            }
            placed[qubit] = min(costs, key=costs.__getitem__)
        return placed

    def distances(self, start: int) -> dict[int, int]:
        found, queue = {start: 0}, deque([start])
        while queue:
            here = queue.popleft()
            for other in self.device.neighbours(here):
                if other not in found:
                    found[other] = found[here] + 1
                    queue.append(other)
        return found
