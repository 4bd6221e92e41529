"""Figures of theory: capacities against noise, superadditivity of codes, rounds of purification."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from qnetframe.channels import Channel, depolarizing
from qnetframe.channels.capacity import Capacities, capacities, superadditive_lower_bound
from qnetframe.channels.capacity.maps import ChannelLike
from qnetframe.errors import InvalidInputError
from qnetframe.figures import COLOURS, STYLE
from qnetframe.states import Trajectory
from qnetframe.states.bounds import Bounds

_CODES: tuple[int | tuple[int, ...], ...] = (1, 3, 5, 7, (5, 5))


def plot_capacities(
    channels: Sequence[ChannelLike],
    values: npt.ArrayLike,
    parameter: str = "noise",
    ax: Any = None,
    progress: Callable[[ChannelLike], Capacities] = capacities,
) -> Any:
    """Draw every capacity of a family of channels against their parameter; return the matplotlib Axes.

    A capacity that is known is one line; one between bounds a band, its lower end solid, its upper dashed.
    ``progress`` computes the capacities of one channel, for callers that show how far it is.
    """
    import matplotlib

    xs = np.asarray(values, dtype=float)
    if len(channels) != len(xs) or not len(xs):
        raise InvalidInputError(f"{len(channels)} channels for {len(xs)} values; there must be as many")
    found = [progress(channel) for channel in channels]
    with matplotlib.rc_context(STYLE):
        axes = _new_axes() if ax is None else ax
        assisted = [c.entanglement_assisted.value for c in found]
        axes.plot(xs, assisted, color=COLOURS[3], label="C_E, entanglement assisted")
        for name, label, colour in (
            ("classical", "C, classical", COLOURS[2]),
            ("two_way", "Q↔, two-way assisted", COLOURS[1]),
            ("quantum", "Q, quantum", COLOURS[0]),
        ):
            _band(axes, xs, [getattr(c, name) for c in found], label, colour)
        axes.set(xlabel=parameter, ylabel="bits or qubits a use", xlim=(xs.min(), xs.max()))
        axes.set_ylim(bottom=0)
        axes.set_title(f"Capacities of {found[0].channel.replace('_', ' ')}", loc="left")
        axes.legend(frameon=False, loc="upper right")
    return axes


def _band(axes: Any, xs: npt.NDArray[Any], bounds: Sequence[Bounds], label: str, colour: str) -> None:
    lower, upper = (np.array([getattr(b, end) for b in bounds]) for end in ("lower", "upper"))
    known = bool(np.all(upper - lower <= 1e-6))
    axes.plot(xs, lower, color=colour, label=label if known else f"{label}: bounds")
    if not known:
        axes.plot(xs, upper, color=colour, linestyle="--", linewidth=1.0)
        axes.fill_between(xs, lower, upper, color=colour, alpha=0.12, linewidth=0)


def plot_superadditivity(
    values: npt.ArrayLike | None = None,
    codes: Sequence[int | tuple[int, ...]] = _CODES,
    family: Callable[[float], Channel] = depolarizing,
    ax: Any = None,
) -> Any:
    """Draw the coherent information a use through codes where that of one use vanishes; return the Axes.

    ``values`` are noise parameters of ``family`` (default: depolarizing around p = 0.19).
    """
    import matplotlib

    xs = np.linspace(0.189, 0.1908, 37) if values is None else np.asarray(values, dtype=float)
    with matplotlib.rc_context(STYLE):
        axes = _new_axes() if ax is None else ax
        for code, colour in zip(codes, (COLOURS[6], *COLOURS[:6]), strict=False):
            ys = [1e3 * superadditive_lower_bound(family(float(x)), code) for x in xs]
            inner = code if isinstance(code, int) else " in ".join(map(str, code))
            label = "one use (hashing)" if code == 1 else f"repetition code {inner}"
            axes.plot(xs, ys, color=colour, label=label, linestyle="--" if code == 1 else "-")
        axes.axhline(0.0, color="#444c56", linewidth=0.8)
        if values is None:
            axes.set_ylim(-0.6, 1.4)  # where the codes are; single uses fall far below
        axes.set(xlabel="p, total Pauli error probability", xlim=(xs.min(), xs.max()))
        axes.set_ylabel("coherent information a use (10⁻³ qubits)")
        axes.set_title("Codes send qubits where single uses send none", loc="left")
        axes.legend(frameon=False, loc="upper right")
    return axes


def plot_purification(
    trajectories: Mapping[str, Trajectory], ax: Any = None, *, against: str = "pairs"
) -> Any:
    """Draw fidelity round by round for single pairs, one line a protocol; return the Axes.

    ``against`` is "pairs", the mean number of raw pairs (logarithmic), or "rounds".
    """
    import matplotlib

    if against not in ("pairs", "rounds"):
        raise InvalidInputError(f"against is {against!r}; it must be pairs or rounds")
    if not trajectories:
        raise InvalidInputError("there is no trajectory to draw")
    with matplotlib.rc_context(STYLE):
        axes = _new_axes() if ax is None else ax
        for i, (name, path) in enumerate(trajectories.items()):
            if path.weights.ndim != 2:
                raise InvalidInputError(
                    f"trajectory {name!r} has weights of shape {path.weights.shape}; one pair has (rounds, 4)"
                )
            xs = path.pairs if against == "pairs" else np.arange(len(path.pairs))
            colour = COLOURS[i % len(COLOURS)]
            axes.plot(xs, path.fidelity, "o-", color=colour, markersize=4, label=name)
        if against == "pairs":
            axes.set_xscale("log")
        axes.set(ylabel="fidelity with Φ+")
        axes.set_xlabel("mean number of raw pairs for one kept pair" if against == "pairs" else "rounds")
        axes.set_title("Purification, round by round", loc="left")
        axes.legend(frameon=False, loc="lower right")
    return axes


def _new_axes() -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(7.2, 4.4), layout="constrained").subplots()
