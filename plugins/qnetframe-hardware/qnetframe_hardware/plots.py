"""Figures of hardware dynamics. Each takes results of this pack, draws on ``ax`` or new axes, and returns
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.errors import InvalidInputError
from qnetframe_hardware.dynamics.operators import PAULI_X, PAULI_Y, PAULI_Z
from qnetframe_hardware.dynamics.solution import Solution
from qnetframe_hardware.ions.crystal import Crystal
from qnetframe_hardware.photons.interference import Wavepacket, hong_ou_mandel

# Okabe & Ito, "Color Universal Design" (2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_GREY = "#8a8f98"


def _axes(ax: Any, size: tuple[float, float] = (5.6, 3.6), **options: Any) -> Any:
    if ax is not None:
        return ax
    from matplotlib.figure import Figure

    return Figure(figsize=size, layout="constrained").add_subplot(**options)


def _clean(axes: Any) -> Any:
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def bloch_trajectory(solution: Solution, *, number: int = 0, ax: Any = None) -> Any:
    """Draw the way of a qubit's state on and in the Bloch sphere; the solution must have its states.

    ``solution`` of a problem with dims (2,), made with ``save_states=True``; ``number`` picks the initial
    state.
    """
    if solution.states is None or solution.states.shape[2] != 2:
        raise InvalidInputError(
            "a Bloch trajectory needs the states of one qubit: solve with save_states=True"
        )
    states = solution.states[:, number]
    rho = np.einsum("ti,tj->tij", states, states.conj()) if states.ndim == 2 else states
    x, y, z = (np.einsum("tij,ji->t", rho, p).real for p in (PAULI_X, PAULI_Y, PAULI_Z))
    axes = _axes(ax, (4.6, 4.6), projection="3d")
    angle = np.linspace(0, 2 * np.pi, 121)
    circle, zero = (np.cos(angle), np.sin(angle)), np.zeros_like(angle)
    for ring in ((*circle, zero), (circle[0], zero, circle[1]), (zero, *circle)):
        axes.plot(*ring, color=_GREY, lw=0.6)
    axes.plot(x, y, z, color=COLOURS[0], lw=1.6)
    axes.scatter(x[[0, -1]], y[[0, -1]], z[[0, -1]], color=[COLOURS[2], COLOURS[1]], s=36, depthshade=False)
    for text, place in (
        ("|0⟩", (0, 0, 1.18)),
        ("|1⟩", (0, 0, -1.25)),
        ("x", (1.2, 0, 0)),
        ("y", (0, 1.2, 0)),
    ):
        axes.text(*place, text, ha="center", va="center")
    axes.set_box_aspect((1, 1, 1))
    axes.set(xlim=(-0.8, 0.8), ylim=(-0.8, 0.8), zlim=(-0.8, 0.8))
    axes.set_axis_off()
    axes.set_title("from green to orange", fontsize=9, color="#444444")
    return axes


def wigner_function(rho: npt.ArrayLike, points: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return W(x, p) of an oscillator on the grid points x points, [p, x], alpha = (x + i p)/sqrt2, integral
    1.

    From the Fock elements: K. E. Cahill and R. J. Glauber, Phys. Rev. 177, 1882 (1969). ``rho`` (n, n) or a
    ket (n,).
    """
    from scipy.special import eval_genlaguerre, gammaln

    state = np.asarray(rho, dtype=complex)
    state = np.outer(state, state.conj()) if state.ndim == 1 else state
    axis = np.asarray(points, dtype=float)
    a = np.add.outer(1j * axis, axis) / np.sqrt(2)
    square = 4 * np.abs(a) ** 2
    total = np.zeros(a.shape)
    for m in range(len(state)):
        for k in range(len(state) - m):
            weight = state[m + k, m]
            if abs(weight) < 1e-12:
                continue
            norm = (-1) ** m * np.exp((gammaln(m + 1) - gammaln(m + k + 1)) / 2)
            value = norm * (2 * a.conj()) ** k * eval_genlaguerre(m, k, square)
            total += (1 if k == 0 else 2) * (weight * value).real
    return np.asarray(total * np.exp(-square / 2) / np.pi)


def wigner(rho: npt.ArrayLike, *, extent: float = 4.0, samples: int = 121, ax: Any = None) -> Any:
    """Draw the Wigner function of an oscillator's state; red is positive, blue negative."""
    points = np.linspace(-extent, extent, samples)
    values = wigner_function(rho, points)
    axes = _axes(ax, (4.8, 4.0))
    top = float(np.abs(values).max())
    image = axes.pcolormesh(
        points, points, values, cmap="RdBu_r", vmin=-top, vmax=top, shading="gouraud", rasterized=True
    )
    axes.figure.colorbar(image, ax=axes, label="W(x, p)")
    axes.set(xlabel="x", ylabel="p", aspect="equal", title="Wigner function")
    return axes


def normal_modes(crystal: Crystal, *, ax: Any = None) -> Any:
    """Draw each axial mode as arrows on the ions, lowest frequency at the bottom."""
    axes = _clean(_axes(ax, (6.4, 0.75 * len(crystal.ions) + 1.4)))
    places = crystal.positions_m * 1e6
    reach = 0.8 * (np.diff(places).min() if len(places) > 1 else 1.0)
    arrow = {"arrowstyle": "-|>", "color": "#333333", "lw": 1.2, "shrinkA": 0, "shrinkB": 0}
    names = list(dict.fromkeys(ion.name for ion in crystal.ions))
    colours = [COLOURS[names.index(ion.name) % len(COLOURS)] for ion in crystal.ions]
    for p, (frequency, mode) in enumerate(
        zip(crystal.axial_frequencies_hz, crystal.axial_modes, strict=True)
    ):
        axes.axhline(p, color="#e3e6ea", lw=0.8, zorder=0)
        axes.scatter(places, np.full(len(places), p), s=70, color=colours, zorder=2)
        for place, amplitude in zip(places, mode, strict=True):
            if abs(amplitude) > 1e-6:
                axes.annotate(
                    "", (place + reach * amplitude, p + 0.22), (place, p + 0.22),
                    arrowprops=arrow,
                )  # fmt: skip
        axes.text(1.01, p, f"{frequency / 1e6:.3f} MHz", transform=axes.get_yaxis_transform(), va="center")
    for i, name in enumerate(names):
        axes.scatter([], [], color=COLOURS[i % len(COLOURS)], s=70, label=name)
    axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=len(names))
    axes.set(xlabel="position along the trap (µm)", yticks=[], ylim=(-0.6, len(places) - 0.3))
    axes.set_xlim(places.min() - reach, places.max() + reach)
    axes.spines["left"].set_visible(False)
    return axes


def hong_ou_mandel_dip(
    first: Wavepacket, second: Wavepacket, delays: npt.ArrayLike, *, label: str | None = None, ax: Any = None
) -> Any:
    """Draw the probability of a coincidence against the delay (s) of the second photon."""
    axes = _clean(_axes(ax))
    at = np.asarray(delays, dtype=float)
    values = [hong_ou_mandel(first=first, second=second, delay=float(d)).coincidence for d in at]
    axes.plot(at * 1e9, values, label=label, color=COLOURS[len(axes.lines) // 2 % len(COLOURS)])
    axes.axhline(0.5, color=_GREY, lw=0.8, ls="--")
    axes.set(xlabel="delay (ns)", ylabel="P(coincidence)", ylim=(0, 0.55), title="Hong-Ou-Mandel dip")
    if label:
        axes.legend(frameon=False, fontsize=8, loc="lower left")
    return axes


def pulse_shapes(
    times: npt.ArrayLike, pulses: Mapping[str, Any], *, unit: str = "rad/s", ax: Any = None
) -> Any:
    """Draw coefficients (or arrays) against time (s), each by its name."""
    axes = _clean(_axes(ax))
    at = np.asarray(times, dtype=float)
    for (name, pulse), colour in zip(pulses.items(), COLOURS * 9, strict=False):
        values = pulse.at(at) if hasattr(pulse, "at") else np.asarray(pulse)
        axes.plot(at * 1e9, np.real(values), label=name, color=colour)
    axes.axhline(0, color=_GREY, lw=0.6)
    axes.set(xlabel="time (ns)", ylabel=f"amplitude ({unit})")
    axes.legend(frameon=False)
    return axes


def infidelity_budget(budgets: Mapping[str, Mapping[str, float]], *, ax: Any = None) -> Any:
    """Draw one horizontal bar for each device (or experiment), a colour for each cause, on a common scale."""
    rows: Sequence[str] = list(budgets)
    causes = list(dict.fromkeys(c for budget in budgets.values() for c in budget))
    axes = _clean(_axes(ax, (7.2, 0.6 * len(rows) + 1.2)))
    left = np.zeros(len(rows))
    for i, cause in enumerate(causes):
        values = np.asarray([max(0.0, budgets[row].get(cause, 0.0)) for row in rows])
        hatch = "" if i < len(COLOURS) else "//"
        axes.barh(
            range(len(rows)),
            values,
            left=left,
            color=COLOURS[i % len(COLOURS)],
            hatch=hatch,
            edgecolor="white",
            label=cause,
        )
        left += values
    axes.set_yticks(range(len(rows)), rows)
    axes.invert_yaxis()
    axes.set(xlabel="infidelity")
    axes.legend(frameon=False, fontsize=8)
    return axes
