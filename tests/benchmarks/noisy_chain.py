"""A noisy swapping chain: cost against length, with equal exact results on three engines."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import qnetframe as qn
from qnetframe import Program
from qnetframe.channels import (
    amplitude_damping,
    depolarizing,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.values import ComplexArray, Parity


def program(links: int, variant: int = 0) -> Program:
    """Return a chain of ``links`` links on 2·links qubits that saves the end-to-end pair.

    Pairs, gates and waiting are noisy by Pauli and by Kraus channels, readout errors are asymmetric, and no
    two links are alike: nothing can be computed once and used for all. ``variant`` changes every number a
    little, so that a second run finds no channel that the first has left in a cache.
    """
    rng = np.random.default_rng((links, variant))
    p = Program(f"noisy chain of {links} links")
    nodes = [f"node{i}" for i in range(links + 1)]
    right = {node: p.qubit(node, "right") for node in nodes[:-1]}
    left = {node: p.qubit(node, "left") for node in nodes[1:]}
    for here, there in pairwise(nodes):
        p.entangle(right[here], left[there])
        p.noise(depolarizing(rng.uniform(1e-4, 2e-3)), right[here])
        p.noise(amplitude_damping(rng.uniform(1e-4, 2e-3)), left[there])
    z, x = [], []
    for node in nodes[1:-1]:
        a, b = left[node], right[node]
        p.cx(a, b).noise(two_qubit_depolarizing(rng.uniform(5e-4, 2e-3)), a, b)
        p.h(a).noise(thermal_relaxation(1.0, 0.7, rng.uniform(1e-4, 1e-3)), a)
        for qubit, bits in ((a, z), (b, x)):
            wrong = rng.uniform(5e-4, 2e-3, size=2)
            bits.append(p.measure(qubit, readout=(float(wrong[0]), float(wrong[1]))).id)
    end = left[nodes[-1]]
    p.x(end, when=Parity(tuple(x))).z(end, when=Parity(tuple(z)))
    p.output()
    p.save("pair", right[nodes[0]], end)
    return p


def end_to_end(links: int, backend: str, variant: int = 0) -> ComplexArray:
    """Return the exact state (4, 4) of the end-to-end pair."""
    return qn.execute(program(links, variant), backend=backend).state("pair").matrix


def line(lengths: list[int], seconds: list[float]) -> tuple[float, float, float]:
    """Return intercept (s), slope (s a link) and R² of the least-squares line through the times."""
    slope, intercept = np.polyfit(lengths, seconds, 1)
    rest = np.array(seconds) - (intercept + slope * np.array(lengths))
    return float(intercept), float(slope), 1 - float(rest @ rest) / float(np.var(seconds) * len(seconds))
