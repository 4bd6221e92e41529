"""What the host itself costs, without any simulation, against the number of operations."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable

import numpy as np
from noisy_chain import program as chain_program

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import two_qubit_depolarizing
from qnetframe.placement import place

STAGES = ("write", "place", "plan and passes", "hash")


def few_qubits(operations: int) -> Program:
    """Return about so many gates, channels, measurements, corrections and resets on four qubits."""
    rng = random.Random(operations)
    p = Program("few qubits")
    qubits = p.qubits("alice", "0", "1", "2", "3")
    noise = two_qubit_depolarizing(0.01)
    last = p.measure(qubits[0])
    while len(p.operations) < operations:
        a, b = rng.sample(qubits, 2)
        p.cx(a, b).noise(noise, a, b).h(a).rz(0.3, b)
        bit = p.measure(a)
        p.x(b, when=bit ^ last).reset(a)
        last = bit
    p.output(last)
    return p


def all_outputs(operations: int) -> Program:
    """Return a program whose every second operation measures a bit, and every bit is an output."""
    p = Program("all outputs")
    qubit = p.qubit("alice", "0")
    for _ in range(operations // 2):
        p.h(qubit).measure(qubit)
    return p


def chain(operations: int) -> Program:
    """Return a noisy swapping chain of at least so many operations (nine a link)."""
    return chain_program(max(2, -(-operations // 9)))


SHAPES: dict[str, Callable[[int], Program]] = {
    "few qubits": few_qubits, "all outputs": all_outputs, "chain": chain,
}  # fmt: skip


def stages(shape: str, operations: int) -> tuple[int, dict[str, float]]:
    """Return the number of operations, and the seconds of each stage for a new program."""
    marks = [time.perf_counter()]
    program = SHAPES[shape](operations)
    marks.append(time.perf_counter())
    circuit = place(program).circuit
    marks.append(time.perf_counter())
    with contextlib.suppress(qn.UnsupportedError):  # thousands of bits are too many to simulate; passes ran
        qn.explain(circuit, "reference", shots=1)
    marks.append(time.perf_counter())
    assert len(circuit.content_hash) == 64
    marks.append(time.perf_counter())
    taken = np.diff(marks).tolist()
    return len(program.operations), dict(zip(STAGES, taken, strict=True))


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return k of the least-squares fit seconds = c · size**k."""
    return float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0])
