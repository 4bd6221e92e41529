"""Microwave links between cryostats: a qubit's photon crosses a cold cable; modules joined by such links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from qnetframe import checks
from qnetframe.channels import Channel, identity
from qnetframe.errors import InvalidInputError
from qnetframe.network import Hardware, Link, LinkModel, Network, Node
from qnetframe_hardware.dynamics.operators import basis, destroy, embed, number, thermal
from qnetframe_hardware.dynamics.problem import Collapse, Problem, Term
from qnetframe_hardware.dynamics.process import encoded_process

if TYPE_CHECKING:
    from qnetframe_hardware.hookspecs import Solver

ComplexArray = npt.NDArray[np.complex128]


@dataclass(frozen=True, eq=False)
class MicrowaveLink:
    """``channel`` from a qubit at one end to one at the other; ``efficiency`` of a single photon; time in s.

    ``state`` (4, 4) is Phi+ with one half sent, ``fidelity`` its overlap with Phi+.
    """

    channel: Channel
    efficiency: float
    state: ComplexArray
    fidelity: float
    transfer_time: float

    def link(self, *, cycle_time: float = 0.0) -> LinkModel:
        """Return the deterministic link; ``cycle_time`` (s) is what preparing an attempt takes on top."""
        return LinkModel(
            attempt_time=self.transfer_time + checks.non_negative(cycle_time, "cycle_time (seconds)"),
            state=self.state,
            send_channel=self.channel,
        )


def microwave_link_problem(
    *,
    coupling_hz: float,
    cable_decay_hz: float,
    thermal_photons: float = 0.0,
    t1: float = float("inf"),
    cable_levels: int = 4,
) -> Problem:
    """Return the problem of `microwave_link`, dims (2, cable_levels, 2): qubit, cable mode, qubit."""
    g = 2 * pi * checks.positive(coupling_hz, "coupling_hz")
    loss = 2 * pi * checks.non_negative(cable_decay_hz, "cable_decay_hz")
    hot = checks.non_negative(thermal_photons, "thermal_photons")
    levels = checks.integer(cable_levels, "cable_levels", low=2)
    dims = (2, levels, 2)
    c = embed(dims, (1, destroy(levels)))
    qubits = [embed(dims, (i, destroy(2))) for i in (0, 2)]
    decay = 0.0 if t1 == float("inf") else 1 / checks.positive(t1, "t1 (seconds)")
    return Problem(
        dims,
        # The minus sign makes the transfer the identity, without the phase of two half turns.
        [Term(qubits[0].T @ c, g, plus_conjugate=True), Term(qubits[1].T @ c, -g, plus_conjugate=True)],
        basis(dims, 1, 0, 0),
        np.linspace(0, pi / (sqrt(2) * g), 21),
        [
            Collapse(c, loss * (hot + 1), "cable"),
            Collapse(c.T, loss * hot, "thermal photons"),
            *(Collapse(q, decay, "relaxation") for q in qubits),
        ],
        {"received": embed(dims, (2, number(2)))},
        truncated=(1,) if hot else (),
        edge_tolerance=1e-3,
        name="microwave link",
    )


def microwave_link(
    *,
    coupling_hz: float,
    cable_decay_hz: float,
    thermal_photons: float = 0.0,
    t1: float = float("inf"),
    cable_levels: int = 4,
    solver: str | Solver = "auto",
) -> MicrowaveLink:
    """Return a qubit's way through one mode of a cable that both ends couple to with ``coupling_hz`` = g/2pi.

    Both couplings are on for pi/(sqrt2 g), which pitches the photon into the mode and catches it at the other
    end (Y. P. Zhong et al., Nat. Phys. 15, 741 (2019)). The mode loses photons at 2 pi ``cable_decay_hz`` and
    is in equilibrium with ``thermal_photons``; ``t1`` (s) is that of the qubits. Without heat the photon
    arrives with about e^{-loss t/4}.
    """
    problem = microwave_link_problem(
        coupling_hz=coupling_hz,
        cable_decay_hz=cable_decay_hz,
        thermal_photons=thermal_photons,
        t1=t1,
        cable_levels=cable_levels,
    )
    found = encoded_process(
        problem,
        (0,),
        output=(2,),
        environment={1: thermal(cable_levels, thermal_photons)},
        solver=solver,
        name="microwave",
    )
    phi = np.zeros((4, 4))
    phi[np.ix_([0, 3], [0, 3])] = 0.5
    state = identity().tensor(found.channel).apply(phi)
    ket = np.array([1, 0, 0, 1]) / sqrt(2)
    received = float(found.channel.apply(np.diag([0.0, 1.0]))[1, 1].real)
    return MicrowaveLink(
        found.channel, received, state, float((ket @ state @ ket).real), float(problem.times[-1])
    )


def module_network(
    *,
    modules: int | Sequence[str],
    link: LinkModel,
    hardware: Hardware,
    shape: Literal["line", "ring", "star", "all"] = "line",
    length_km: float = 0.0,
) -> Network:
    """Return modules with the same device, joined by the same link (`MicrowaveLink.link`,
    `Transduction.link`).
    """
    names = [f"module{i}" for i in range(modules)] if isinstance(modules, int) else list(modules)
    n = len(names)
    checks.integer(n, "modules", low=2)
    pairs = {
        "line": [(i, i + 1) for i in range(n - 1)],
        "ring": [(i, (i + 1) % n) for i in range(n)] if n > 2 else [(0, 1)],
        "star": [(0, i) for i in range(1, n)],
        "all": [(i, j) for i in range(n) for j in range(i + 1, n)],
    }
    if shape not in pairs:
        raise InvalidInputError(f"shape is {shape!r}; allowed: {', '.join(pairs)}")
    links = [Link(names[i], names[j], link, length_km=length_km) for i, j in pairs[shape]]
    return Network(tuple(Node(name, hardware) for name in names), tuple(links))
