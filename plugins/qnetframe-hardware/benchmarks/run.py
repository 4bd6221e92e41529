"""Measure this pack's models against straightforward QuTiP scripts for the same figures.

python plugins/qnetframe-hardware/benchmarks/run.py [--quick]

Both sides run in turns in one process, each as often in a round as takes 20 ms (the first call after the
other side would measure caches); what counts are the ratios of medians of CPU time. Each pair of answers is
compared first. The scripts are what QuTiP's documentation teaches, at the tolerances that this
pack pins (rtol 1e-10, atol 1e-12). Prints a Markdown table and writes out/hardware_benchmarks.json; exit code
1 if answers differ.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import qutip

from qnetframe_hardware import chains, ions
from qnetframe_hardware.dynamics import Collapse, Problem, Term, make_solver
from qnetframe_hardware.dynamics.operators import LOWERING, basis, destroy, embed, number
from qnetframe_hardware.photons import cavity_emission, cavity_problem
from qnetframe_hardware.transmons import transmon_spectrum

OPTIONS = {"rtol": 1e-10, "atol": 1e-12, "nsteps": 10**6, "progress_bar": ""}
ROUND = 0.02  # seconds of CPU, at least, of each side in a round
Side = Callable[[], Any]


def chain(sites: int) -> tuple[Side, Side]:
    """|f(t)| at 200 times through an XX chain: the block of one excitation, both ways in that block."""
    couplings = chains.perfect_couplings(sites=sites)
    times = np.linspace(0, np.pi, 200)

    def ours() -> Any:
        h = chains.single_excitation_hamiltonian(couplings=couplings)
        return np.abs(chains.transfer_amplitude(hamiltonian=h, times=times))

    def script() -> Any:
        hops = 2 * couplings
        h = qutip.Qobj(np.diag(hops, 1) + np.diag(hops, -1))
        end = qutip.basis(sites, sites - 1)
        states = qutip.sesolve(h, qutip.basis(sites, 0), times, options=OPTIONS).states
        return np.array([abs(end.overlap(state)) for state in states])

    return ours, script


def full_chain(sites: int) -> tuple[Side, Side]:
    """The same through the whole space of 2^N states, as a first script would write it."""
    couplings = chains.perfect_couplings(sites=sites)
    times = np.linspace(0, np.pi, 50)

    def ours() -> Any:
        h = chains.single_excitation_hamiltonian(couplings=couplings)
        return np.abs(chains.transfer_amplitude(hamiltonian=h, times=times)) ** 2

    def script() -> Any:
        def at(op: Any, i: int) -> Any:
            return qutip.tensor([op if j == i else qutip.qeye(2) for j in range(sites)])

        sx, sy = ([at(op, i) for i in range(sites)] for op in (qutip.sigmax(), qutip.sigmay()))
        h = sum(couplings[i] * (sx[i] * sx[i + 1] + sy[i] * sy[i + 1]) for i in range(sites - 1))
        start = qutip.tensor([qutip.basis(2, int(i == 0)) for i in range(sites)])
        occupied = (1 - at(qutip.sigmaz(), sites - 1)) / 2
        return qutip.sesolve(h, start, times, e_ops=[occupied], options=OPTIONS).expect[0]

    return ours, script


def gate(levels: int, closed_form: bool) -> tuple[Side, Side]:
    """The process of a heated Mølmer-Sørensen gate: closed form, or one integration, against 16 runs."""
    settings = {"detuning_hz": 10e3, "heating_rate": 60.0}

    def ours() -> Any:
        solver = None if closed_form else "qutip"
        return ions.molmer_sorensen(**settings, levels=levels, solver=solver).channel.superoperator

    def script() -> Any:
        delta = 2 * np.pi * 10e3
        g = delta / 4
        a = qutip.tensor(qutip.qeye(2), qutip.qeye(2), qutip.destroy(levels))
        sx = qutip.tensor(qutip.sigmax(), qutip.qeye(2), qutip.qeye(levels))
        sx = sx + qutip.tensor(qutip.qeye(2), qutip.sigmax(), qutip.qeye(levels))
        h = g * sx * (a + a.dag()) - delta * a.dag() * a
        jumps = [np.sqrt(60.0) * a, np.sqrt(60.0) * a.dag()]
        ground = qutip.fock_dm(levels, 0)
        columns = []
        for i in range(4):
            for j in range(4):
                spins = qutip.Qobj(np.outer(np.eye(4)[i], np.eye(4)[j]), dims=[[2, 2], [2, 2]])
                final = qutip.mesolve(
                    h, qutip.tensor(spins, ground), [0, 1e-4], jumps, options=OPTIONS
                ).states[-1]
                columns.append(final.ptrace([0, 1]).full().ravel())
        return np.array(columns).T

    return ours, script


def emission() -> tuple[Side, Side]:
    """The photon that leaves a cavity: two amplitudes against a master equation with a counting integral."""

    def ours() -> Any:
        return cavity_emission(g=1.0, kappa=1.0, gamma=0.5).probability

    def script() -> Any:
        s, a = qutip.tensor(qutip.destroy(2), qutip.qeye(2)), qutip.tensor(qutip.qeye(2), qutip.destroy(2))
        times = np.linspace(0, 40, 2001)
        start = qutip.tensor(qutip.basis(2, 1), qutip.basis(2, 0))
        jumps = [np.sqrt(2.0) * a, s]
        h = s.dag() * a + a.dag() * s
        flux = qutip.mesolve(h, start, times, jumps, e_ops=[2 * a.dag() * a], options=OPTIONS).expect[0]
        return np.trapezoid(flux, times)

    return ours, script


def spectrum() -> tuple[Side, Side]:
    """Three transmon levels: a tridiagonal matrix of the charges they reach, a dense one of 63 charges."""

    def ours() -> Any:
        return transmon_spectrum(ej=50, ec=1, levels=3).energies[:3]

    def script() -> Any:
        n = qutip.charge(31)
        hop = qutip.Qobj(np.diag(np.ones(62), 1))
        levels = (4 * n**2 - 25 * (hop + hop.dag())).eigenenergies()
        return levels[:3] - levels[0]

    return ours, script


def same_engine() -> tuple[Side, Side]:
    """One master equation through the neutral problem and by QuTiP itself: what the layer costs."""
    times = np.linspace(0, 10, 41)

    def ours() -> Any:
        problem = cavity_problem(g=1.0, kappa=1.0, gamma=0.5, duration=10.0)
        return make_solver("qutip").solve(problem).expectations["emitted"][0]

    def script() -> Any:
        s, a, counter = (
            qutip.tensor([qutip.destroy(2) if i == j else qutip.qeye(2) for i in range(3)]) for j in range(3)
        )
        start = qutip.tensor(qutip.basis(2, 1), qutip.basis(2, 0), qutip.basis(2, 0))
        jumps = [np.sqrt(2.0) * a * counter.dag(), s]
        h = s.dag() * a + a.dag() * s
        watched = [counter.dag() * counter, a.dag() * a]
        return qutip.mesolve(h, start, times, jumps, e_ops=watched, options=OPTIONS).expect[0]

    return ours, script


def damped_oscillator(levels: int) -> tuple[Side, Side]:
    """A larger master equation through the layer: a damped, driven cavity with a qubit."""
    dims, times = (2, levels), np.linspace(0, 6, 31)

    def ours() -> Any:
        a = embed(dims, (1, destroy(levels)))
        exchange = embed(dims, (0, LOWERING.T), (1, destroy(levels)))
        terms = [Term(exchange, plus_conjugate=True), Term(a, 0.5, plus_conjugate=True)]
        photons = {"n": embed(dims, (1, number(levels)))}
        problem = Problem(dims, terms, basis(dims, 0, 0), times, [Collapse(a, 0.5)], photons)
        return make_solver("qutip").solve(problem).expectations["n"][0]

    def script() -> Any:
        a, s = (
            qutip.tensor(qutip.qeye(2), qutip.destroy(levels)),
            qutip.tensor(qutip.destroy(2), qutip.qeye(levels)),
        )
        h = s.dag() * a + a.dag() * s + 0.5 * (a + a.dag())
        start = qutip.tensor(qutip.basis(2, 0), qutip.basis(levels, 0))
        return qutip.mesolve(
            h, start, times, [np.sqrt(0.5) * a], e_ops=[a.dag() * a], options=OPTIONS
        ).expect[0]

    return ours, script


CASES: dict[str, Callable[[], tuple[Side, Side]]] = {
    "XX chain, N = 50, one excitation, 200 times": lambda: chain(50),
    "XX chain, N = 10, script in the whole space": lambda: full_chain(10),
    "process of a heated MS gate, closed form against 16 runs": lambda: gate(12, True),
    "process of a heated MS gate, one integration against 16 runs": lambda: gate(12, False),
    "photon out of a cavity": emission,
    "transmon levels": spectrum,
    "small master equation, both by QuTiP": same_engine,
    "cavity of 20 levels and a qubit, both by QuTiP": lambda: damped_oscillator(20),
}


def cpu_time(side: Side, repeats: int) -> float:
    """Return the seconds of CPU of one call."""
    start = time.process_time()
    for _ in range(repeats):
        side()
    return (time.process_time() - start) / repeats


def main() -> int:
    """Compare, time and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="three rounds instead of nine")
    rounds = 3 if parser.parse_args().quick else 9
    rows, good = {}, True
    print("| | this pack | QuTiP script | times as fast | largest difference |\n|---|---|---|---|---|")
    for name, make in CASES.items():
        sides = make()
        first, second = (np.asarray(side()) for side in sides)
        gap = float(np.abs(first - second).max())
        good = good and gap < 1e-5
        times: tuple[list[float], list[float]] = ([], [])
        repeats = [ceil(ROUND / cpu_time(side, 1)) for side in sides]
        for _ in range(rounds):
            for side, count, taken in zip(sides, repeats, times, strict=True):
                taken.append(cpu_time(side, count))
        ours, script = (statistics.median(t) for t in times)
        ratio = script / ours
        rows[name] = {"ours": ours, "script": script, "ratio": ratio, "difference": gap}
        shown = f"{ratio:,.{1 if ratio > 5 else 2}f}"
        print(f"| {name} | {ours * 1e3:.2f} ms | {script * 1e3:.2f} ms | {shown} | {gap:.0e} |", flush=True)
    out = Path("out")
    out.mkdir(exist_ok=True)
    (out / "hardware_benchmarks.json").write_text(
        json.dumps({"qutip": qutip.__version__, "rows": rows}, indent=1)
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
