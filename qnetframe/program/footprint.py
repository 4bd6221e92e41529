"""How much a circuit asks of an exact or trajectory engine, found without running it."""

from __future__ import annotations

from dataclasses import dataclass

from qnetframe.program.circuit import Circuit
from qnetframe.program.memory import remembered
from qnetframe.program.operations import (
    Coin,
    Erase,
    Expect,
    Gate,
    Measure,
    Require,
    Save,
    Unitary,
    condition_of,
    qubits_of,
)
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.liveness import LiveParities, last_uses
from qnetframe.program.passes.scheduling import schedule

# Up to here one deferred density matrix (4**7 complex numbers, 256 kB) is worth the calls that it saves: on
# random programs Aer, Cirq and QuTiP together are fastest with 6 or 7, and twice as slow with 9.
DEFERRED_WIRES = 7


@dataclass(frozen=True, slots=True)
class Footprint:
    """Sizes of a scheduled circuit.

    ``wires`` is the register of its deferred form (qubits and classical ancillas), ``live_qubits`` the most
    qubits alive at once, ``slots`` the most classical bits remembered at once (at most 2**slots branches).
    """

    wires: int
    live_qubits: int
    slots: int
    operations: int

    @property
    def defers(self) -> bool:
        """Whether one deferred density matrix is the better exact method than cutting at measurements."""
        cutting = 2 * self.live_qubits + self.slots
        return self.wires <= DEFERRED_WIRES or 2 * self.wires <= cutting

    def width(self, defers: bool) -> int:
        """Return the qubits of the density matrices, of the deferred form or of the segments between cuts."""
        return self.wires if defers else self.live_qubits

    def memory_bytes(self, defers: bool) -> int:
        """Return the bytes of all the density matrices together, 16 for each complex number."""
        return 16 << (2 * self.wires if defers else 2 * self.live_qubits + self.slots)


@remembered
def footprint(circuit: Circuit) -> Footprint:
    """Return the sizes of a circuit, in time linear in its length."""
    ordered = schedule(circuit)
    live = LiveParities(ordered)
    last = last_uses(qubits_of(o) for o in ordered.operations)
    saved = set(ordered.saved)
    alive: set[str] = set()
    qubits = slots = 0
    for i, operation in enumerate(ordered.operations):
        if isinstance(operation, (Save, Expect)):
            continue
        alive.update(qubits_of(operation))
        qubits = max(qubits, len(alive))
        if isinstance(operation, (Measure, Coin, Erase)):
            live.record(operation.bit)
        slots = max(slots, live.num_slots)
        needed = condition_of(operation)
        if needed is not None and isinstance(operation, (Gate, Unitary, Require)):
            live.use(needed)
        live.compress()
        alive.difference_update(q for q in qubits_of(operation) if last[q] == i and q not in saved)
    alive.update(saved)
    return Footprint(len(deferred(circuit).qubits), max(qubits, len(alive)), slots, len(ordered.operations))
