"""How well an excitation, and with it a qubit, gets from one site to another."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import pi
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.linalg.lapack import dstevd
from scipy.optimize import minimize_scalar

from qnetframe import checks
from qnetframe.channels import Channel, amplitude_damping
from qnetframe.errors import InvalidInputError
from qnetframe.values import Estimate
from qnetframe_hardware.chains.couplings import perfect_couplings
from qnetframe_hardware.chains.hamiltonian import edges_of, single_excitation_hamiltonian

RealArray = npt.NDArray[np.float64]
ComplexArray = npt.NDArray[np.complex128]
_BLOCK = 1 << 22  # amplitudes computed at once
_GRID = 32  # from this many equally spaced times on, phases are products


@dataclass(frozen=True)
class Transfer:
    """The ``amplitude`` f of an excitation at ``time`` (s), and the average ``fidelity`` of the qubit sent.

    ``path`` names the sites that an excitation is routed through, where it is.
    """

    time: float
    amplitude: complex
    path: tuple[Hashable, ...] = ()

    @property
    def fidelity(self) -> float:
        """1/2 + |f|/3 + |f|^2/6, the phase of f undone."""
        return fidelity_of_amplitude(abs(self.amplitude))

    def channel(self) -> Channel:
        """Return what happens to the qubit: amplitude damping by 1 - |f|^2, the phase of f undone."""
        return amplitude_damping(max(0.0, 1 - abs(self.amplitude) ** 2))


def fidelity_of_amplitude(modulus: float) -> float:
    """Return 1/2 + |f|/3 + |f|^2/6: S. Bose, Phys. Rev. Lett. 91, 207901 (2003), equation 6."""
    f = checks.probability(min(modulus, 1.0), "modulus of the amplitude")
    return 0.5 + f / 3 + f * f / 6


def transfer_amplitude(
    *, hamiltonian: npt.ArrayLike, times: npt.ArrayLike, start: int = 0, end: int = -1
) -> ComplexArray:
    """Return <end| e^{-iHt} |start> at every time, (T,), of a real symmetric (N, N) one-excitation block.

    One diagonalisation serves all times.
    """
    h = np.asarray(hamiltonian, dtype=float)
    found = _eigen(h) if h.ndim == 2 and h.shape[0] == h.shape[1] and h.size else None
    if found is None:
        raise InvalidInputError(f"hamiltonian has shape {h.shape}; it must be real and symmetric (N, N)")
    energies, vectors = found
    weights = vectors[start] * vectors[end]
    at = np.atleast_1d(np.asarray(times, dtype=float))
    gaps = np.diff(at)
    if len(at) >= _GRID and np.ptp(gaps) <= 1e-9 * abs(gaps[0]):
        return _on_grid(energies, weights, at[0], (at[-1] - at[0]) / (len(at) - 1), len(at))
    step = max(1, _BLOCK // len(h))
    return np.concatenate(
        [np.exp(-1j * np.outer(at[i : i + step], energies)) @ weights for i in range(0, len(at), step)]
    )


def _eigen(h: RealArray) -> tuple[RealArray, RealArray] | None:
    """Return energies and vectors of a square matrix, or None if it is not symmetric and finite."""
    if not np.isfinite(h).all():
        return None
    own, hops, back = h.diagonal(), h.diagonal(1), h.diagonal(-1)
    chain = np.count_nonzero(h) == sum(map(np.count_nonzero, (own, hops, back)))
    gap = np.abs(hops - back if chain else h - h.T).max(initial=0.0)
    if not gap <= 1e-10 * max(1e-300, np.abs(h).max(initial=0.0)):
        return None
    if chain and len(h) > 1:
        energies, vectors, failed = dstevd(own, hops)  # by itself: scipy's way to it costs a fifth
        if not failed:
            return energies, vectors
    return np.linalg.eigh(h)  # type: ignore[return-value]


def _on_grid(energies: RealArray, weights: RealArray, first: float, gap: float, count: int) -> ComplexArray:
    """Return sum_k w_k e^{-i E_k t} on equally spaced times: coarse phases times fine ones, one product of
    matrices.
    """
    fine = int(np.sqrt(count)) + 1
    coarse = -(-count // fine)
    early = np.exp(-1j * np.outer(first + gap * fine * np.arange(coarse), energies))
    late = np.exp(-1j * np.outer(gap * np.arange(fine), energies))
    return ((early * weights) @ late.T).ravel()[:count]


def best_transfer(
    *, couplings: Any, window: tuple[float, float], anisotropy: float = 0.0, start: int = 0, end: int = -1
) -> Transfer:
    """Return the best arrival within ``window`` (s), on a grid finer than the fastest beat, then refined."""
    h = single_excitation_hamiltonian(couplings=couplings, anisotropy=anisotropy)
    early, late = (checks.finite(t, "window (seconds)") for t in window)
    if not 0 <= early < late:
        raise InvalidInputError(f"window is {window}; it must be two increasing times from 0 on")
    span = float(np.ptp(np.linalg.eigvalsh(h)))
    count = int(min(5e6, max(101, 8 * span * (late - early))))
    times = np.linspace(early, late, count)
    moduli = np.abs(transfer_amplitude(hamiltonian=h, times=times, start=start, end=end))
    best, width = times[moduli.argmax()], times[1] - times[0]

    def loss(t: float) -> float:
        return -float(abs(transfer_amplitude(hamiltonian=h, times=t, start=start, end=end)[0]))

    low, high = max(early, best - width), min(late, best + width)
    refined = minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * max(1.0, late)}
    )
    time = float(refined.x) if -refined.fun > moduli.max() else float(best)
    return Transfer(time, complex(transfer_amplitude(hamiltonian=h, times=time, start=start, end=end)[0]))


def disordered_transfer(
    *,
    couplings: Any,
    time: float,
    disorder: float,
    samples: int = 200,
    seed: int = 0,
    anisotropy: float = 0.0,
) -> Estimate:
    """Return the mean fidelity at ``time`` when every coupling errs by a normal relative ``disorder``, with
    its error.
    """
    spread = checks.non_negative(disorder, "disorder")
    count = checks.integer(samples, "samples", low=2)
    rng = np.random.default_rng(checks.integer(seed, "seed", low=0))
    _, edges = edges_of(couplings)
    pairs, values = list(edges), np.asarray(list(edges.values()))
    found = []
    for _ in range(count):
        noisy = dict(zip(pairs, values * (1 + spread * rng.normal(size=len(values))), strict=True))
        h = _ordered(noisy, len(values) + 1 if not isinstance(couplings, Mapping) else None, anisotropy)
        found.append(fidelity_of_amplitude(abs(transfer_amplitude(hamiltonian=h, times=time)[0])))
    return Estimate(float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(count)))


def _ordered(edges: Mapping[tuple[int, int], float], sites: int | None, anisotropy: float) -> RealArray:
    if sites is not None:
        return single_excitation_hamiltonian(
            couplings=[edges[i, i + 1] for i in range(sites - 1)], anisotropy=anisotropy
        )
    return single_excitation_hamiltonian(couplings=edges, anisotropy=anisotropy)


def transport_efficiency(
    *,
    couplings: Any,
    start: int = 0,
    end: int = -1,
    sink_rate: float,
    loss_rate: float = 0.0,
    dephasing_rate: float = 0.0,
    fields: Any = None,
) -> float:
    """Return the probability that an excitation is trapped at ``end`` before it is lost, on any topology.

    rho' = -i [H, rho] with trapping (rate ``sink_rate`` at ``end``), loss (rate ``loss_rate`` everywhere) and
    pure dephasing (each site's coherences at ``dephasing_rate``), integrated to infinity by one linear
    system: M. B. Plenio and S. F. Huelga, New J. Phys. 10, 113019 (2008). Rates in 1/s.
    """
    h = single_excitation_hamiltonian(couplings=couplings, fields=fields)
    n = len(h)
    trap = np.zeros(n)
    trap[end] = checks.positive(sink_rate, "sink_rate (1/s)")
    leak = checks.non_negative(loss_rate, "loss_rate (1/s)")
    drift = -1j * h - np.diag(trap + leak) / 2
    one = np.eye(n)
    generator = np.kron(drift, one) + np.kron(one, drift.conj())
    # Coherence between two sites decays by the rates of both.
    generator -= 2 * checks.non_negative(dephasing_rate, "dephasing_rate (1/s)") * np.diag((1 - one).ravel())
    rho = np.zeros((n, n), dtype=complex)
    rho[start, start] = 1.0
    # Least squares: without loss, states that never reach the trap make the system singular.
    integral = np.linalg.lstsq(generator, -rho.ravel(), rcond=None)[0].reshape(n, n)
    return float(trap[end] * integral[end, end].real)


def route_excitation(
    *, graph: Any, sender: Hashable, receiver: Hashable, rate: float = 1.0, residual: float = 0.0
) -> Transfer:
    """Return a qubit's way to a chosen receiver by switching couplings, in a time of pi/``rate``.

    ``graph`` is a networkx graph of couplings that can be switched. Those on the shortest path get the
    couplings of perfect transfer (`perfect_couplings`), all others are switched off down to ``residual``
    times the largest.
    """
    import networkx as nx

    try:
        path = nx.shortest_path(graph, sender, receiver)
    except (nx.NodeNotFound, nx.NetworkXNoPath) as error:
        raise InvalidInputError(f"no path from {sender!r} to {receiver!r}: {error}") from None
    if len(path) < 2:
        raise InvalidInputError(f"sender and receiver are both {sender!r}")
    chosen = dict(zip(pairwise(path), perfect_couplings(sites=len(path), rate=rate), strict=True))
    rest = checks.probability(residual, "residual") * max(chosen.values())
    couplings: dict[tuple[Hashable, Hashable], float] = dict(chosen)
    on = {frozenset(pair) for pair in chosen}
    for a, b in graph.edges:
        if frozenset((a, b)) not in on:
            couplings[a, b] = rest
    sites, _ = edges_of(couplings)
    h = single_excitation_hamiltonian(couplings=couplings)
    time = pi / rate
    amplitude = transfer_amplitude(
        hamiltonian=h, times=time, start=sites.index(sender), end=sites.index(receiver)
    )[0]
    return Transfer(time, complex(amplitude), tuple(path))
