"""Measure early and use the wire again: fewer wires for engines that run shot by shot."""

from __future__ import annotations

from qnetframe.program.circuit import Circuit
from qnetframe.program.memory import remembered
from qnetframe.program.operations import Expect, Measure, Noise, Operation, Require, Reset, Save, qubits_of
from qnetframe.program.passes.deferral import deferred
from qnetframe.program.passes.frame import track_pauli_frame
from qnetframe.program.passes.liveness import last_uses
from qnetframe.program.passes.scheduling import rename


@remembered
def shot_form(circuit: Circuit) -> Circuit:
    """Return the circuit that an engine without feed-forward samples shot by shot: bits only, no conditions.

    Pauli frames are tracked, the rest of the feed-forward is deferred, and bits are measured early, except
    where nothing is random before the end, so that one final state serves every shot.
    """
    bits = circuit.replace(o for o in circuit.operations if not isinstance(o, (Save, Expect)))
    flat = deferred(track_pauli_frame(bits))
    return measure_early(flat) if any(isinstance(o, (Noise, Reset)) for o in flat.operations) else flat


def measure_early(circuit: Circuit) -> Circuit:
    """Return a deferred circuit with each bit measured as soon as its wire is done, and the wire reused.

    The input is what ``deferred`` returns, without anything to save or require. The output holds
    measurements in mid-circuit and still no conditions; its outcome distribution is the same. An engine
    that draws all shots from one final state is better off without this pass.
    """
    if any(isinstance(o, (Save, Expect, Require)) for o in circuit.operations):
        return circuit
    body = [o for o in circuit.operations if not isinstance(o, Measure)]
    ends = {o.qubit: o for o in circuit.operations if isinstance(o, Measure)}
    last = last_uses(qubits_of(o) for o in body)
    names: dict[str, str] = {}
    count = 0
    free: list[str] = []
    operations: list[Operation] = []
    for i, operation in enumerate(body):
        for qubit in qubits_of(operation):
            if qubit not in names:
                if not free:
                    free.append(f"w{count}")
                    count += 1
                names[qubit] = free.pop()
        operations.append(rename(operation, names))
        for qubit in qubits_of(operation):
            if last[qubit] != i:
                continue
            wire = names[qubit]
            if qubit in ends:
                operations.append(Measure(wire, ends.pop(qubit).bit))
            if not isinstance(operations[-1], Reset):
                operations.append(Reset(wire))
            free.append(wire)
    for measure in ends.values():  # wires that nothing ever touched
        operations.append(Measure(f"w{count}", measure.bit))
        count += 1
    return Circuit(tuple(f"w{i}" for i in range(count)), tuple(operations), circuit.outputs)
