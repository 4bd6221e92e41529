"""A colour centre (NV or SiV): electron-nuclear gates, storage in the nucleus, single-click links."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pi, sqrt

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.network import LinkModel
from qnetframe_hardware.dynamics.operators import LOWERING, PAULI_X, PAULI_Z, basis, embed
from qnetframe_hardware.dynamics.problem import Collapse, Problem
from qnetframe_hardware.dynamics.process import process
from qnetframe_hardware.photons.heralding import Heralded, single_click
from qnetframe_hardware.transmons.coherence import pure_dephasing_time

ComplexArray = npt.NDArray[np.complex128]

_H = np.array([[1, 1], [1, -1]]) / sqrt(2)
_CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=complex)
# exp(-i pi/4 ZX), a CX but for local gates.
_CONDITIONAL = (np.eye(4) - 1j * np.kron(PAULI_Z, PAULI_X)) / sqrt(2)


def conditional_rotation_problem(
    *, hyperfine_hz: float, t1: float = inf, t2: float = inf, nuclear_t2: float = inf
) -> Problem:
    """Return the problem of `conditional_rotation`, dims (2, 2): electron, nucleus."""
    rate = 2 * pi * checks.positive(hyperfine_hz, "hyperfine_hz")
    phi, slow = pure_dephasing_time(t1=t1, t2=t2), checks.positive(nuclear_t2, "nuclear_t2", infinite=True)
    dims = (2, 2)
    # Decoupled resonantly, the transverse coupling A turns the nucleus about +-x at A/pi on average.
    turn = rate / pi
    return Problem(
        dims,
        [turn / 2 * embed(dims, (0, PAULI_Z), (1, PAULI_X))],
        (basis(dims, 0, 0) + basis(dims, 1, 0)) / sqrt(2),
        np.linspace(0, (pi / 2) / turn, 11),
        [
            Collapse(embed(dims, (0, LOWERING)), 0.0 if t1 == inf else 1 / t1, "relaxation"),
            Collapse(embed(dims, (0, PAULI_Z)), 0.0 if phi == inf else 1 / (2 * phi), "dephasing"),
            Collapse(embed(dims, (1, PAULI_Z)), 0.0 if slow == inf else 1 / (2 * slow), "nuclear dephasing"),
        ],
        {"nucleus": embed(dims, (1, PAULI_Z))},
        name="electron-nuclear gate",
    )


def conditional_rotation(
    *, hyperfine_hz: float, t1: float = inf, t2: float = inf, nuclear_t2: float = inf
) -> tuple[Channel, float]:
    """Return the channel of exp(-i pi/4 Z X) on electron and nucleus, and its duration in seconds.

    Dynamical decoupling in resonance with the nucleus turns it about +-x, conditioned on the electron, at the
    mean rate A/pi of the transverse coupling A/2pi = ``hyperfine_hz``: T. H. Taminiau et al., Phys. Rev.
    Lett. 109, 137602 (2012). ``t1`` and ``t2`` are those of the decoupled electron, seconds.
    """
    problem = conditional_rotation_problem(hyperfine_hz=hyperfine_hz, t1=t1, t2=t2, nuclear_t2=nuclear_t2)
    return process(problem, (0, 1), name="electron-nuclear gate"), float(problem.times[-1])


def conditional_cx(channel: Channel) -> Channel:
    """Return the CX from the electron that a conditional rotation and ideal local gates make."""
    local = _CX @ _CONDITIONAL.conj().T
    return channel.then(Channel.from_unitary(local))


def swap_to_nucleus(
    *, hyperfine_hz: float, t1: float = inf, t2: float = inf, nuclear_t2: float = inf
) -> tuple[Channel, float]:
    """Return the channel from the electron's qubit to a nucleus that starts in |0>, and its duration.

    Two conditional gates make it: CX to the nucleus, then CX back written with Hadamards (A. Reiserer et al.,
    Phys. Rev. X 6, 021040 (2016)).
    """
    gate, duration = conditional_rotation(hyperfine_hz=hyperfine_hz, t1=t1, t2=t2, nuclear_t2=nuclear_t2)
    cx = conditional_cx(gate)
    both = Channel.from_unitary(np.kron(_H, _H))
    total = cx.then(both).then(cx).then(both)
    superoperator = np.empty((4, 4), dtype=complex)
    nucleus = np.diag([1.0, 0.0])
    for a in (0, 1):
        for b in (0, 1):
            one = np.zeros((2, 2))
            one[a, b] = 1.0
            out = total.apply(np.kron(one, nucleus)).reshape(2, 2, 2, 2)
            superoperator[:, 2 * a + b] = np.einsum("iaib->ab", out).ravel()
    return Channel.from_superoperator(superoperator, "swap to nucleus"), 2 * duration


@dataclass(frozen=True, eq=False)
class ColourCentreLink:
    """A single-click pair of two centres: ``rate`` in Hz, ``attempt_time`` in s, best ``bright`` if it was
    sought.
    """

    heralded: Heralded
    bright: float
    rate: float
    attempt_time: float

    def link(self) -> LinkModel:
        """Return the link; the attempt time includes what entangling costs beside the photon's flight."""
        return self.heralded.link(attempt_time=self.attempt_time)


def remote_centres(
    *,
    bright: float,
    detection: float | tuple[float, float],
    visibility: float = 1.0,
    dark_counts: float = 0.0,
    phase_noise: float = 0.0,
    double_excitation: float = 0.0,
    attempt_time: float,
) -> ColourCentreLink:
    """Return the link of two centres by one click (P. C. Humphreys et al., Nature 558, 268 (2018)).

    ``detection`` is the probability that a photon of the zero-phonon line is detected, given that the bright
    state was excited; ``double_excitation`` the probability of a second, lost photon, which marks the bright
    centre and so dephases the pair: a factor 1 - p for each centre's bright amplitude.
    """
    twice = checks.probability(double_excitation, "double_excitation")
    # Coherence (1 - p) of |01><10| as a phase of variance -2 ln(1 - p).
    extra = sqrt(-2 * np.log1p(-twice)) if twice < 1 else inf
    noise = float(np.hypot(checks.non_negative(phase_noise, "phase_noise (rad)"), extra))
    pair = single_click(
        bright=bright, efficiency=detection, visibility=visibility, dark_counts=dark_counts, phase_noise=noise
    )
    time = checks.positive(attempt_time, "attempt_time (seconds)")
    return ColourCentreLink(pair, bright, pair.probability / time, time)
