"""Coefficients of Hamiltonian terms: constant, analytic or sampled, readable by any array library.

Each has ``at(t, xp)``, where ``xp`` is numpy or a namespace like it (``jax.numpy``), so that one definition
serves an engine that steps in Python and one that traces and compiles.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError


class Coefficient(typing.Protocol):
    """A function of time."""

    def at(self, t: Any, xp: Any = np) -> Any:
        """Return the value at time ``t`` in seconds (a scalar or an array), computed by ``xp``."""
        ...


@dataclass(frozen=True)
class Constant:
    """The same value at all times."""

    value: complex = 1.0

    def __post_init__(self) -> None:
        if not np.isfinite(complex(self.value)):
            raise InvalidInputError(f"coefficient is {self.value!r}; it must be finite")

    def at(self, t: Any, xp: Any = np) -> Any:
        """Return the value, in the shape of ``t``."""
        return self.value + 0 * t


@dataclass(frozen=True)
class Harmonics:
    """sum_k amplitudes[k] exp(i frequencies[k] t), angular frequencies in rad/s."""

    amplitudes: tuple[complex, ...]
    frequencies: tuple[float, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "amplitudes", tuple(complex(a) for a in self.amplitudes))
        object.__setattr__(
            self, "frequencies", tuple(checks.finite(f, "harmonic frequency") for f in self.frequencies)
        )
        if len(self.amplitudes) != len(self.frequencies) or not self.amplitudes:
            raise InvalidInputError(
                f"harmonics have {len(self.amplitudes)} amplitudes and {len(self.frequencies)} frequencies; "
                "they must be as many, and at least one"
            )

    def at(self, t: Any, xp: Any = np) -> Any:
        """Return the sum at ``t``."""
        terms = [a * xp.exp(1j * f * t) for a, f in zip(self.amplitudes, self.frequencies, strict=True)]
        return sum(terms[1:], terms[0])


@dataclass(frozen=True)
class Formula:
    """Any function of (t, xp) that uses only what ``xp`` has, such as ``lambda t, xp: xp.sin(t) ** 2``."""

    function: Callable[[Any, Any], Any]

    def __post_init__(self) -> None:
        if not callable(self.function):
            raise InvalidInputError(f"formula is {self.function!r}; it must be a function of (t, xp)")

    def at(self, t: Any, xp: Any = np) -> Any:
        """Return the function's value."""
        return self.function(t, xp)


@dataclass(frozen=True, eq=False)
class Sampled:
    """Samples at given times, joined by a not-a-knot cubic spline; constant outside the samples.

    ``times`` (n,) in seconds, increasing, at least 4; ``values`` (n,) real or complex. Every engine
    evaluates the same polynomial pieces, so that they solve the same problem.
    """

    times: Any  # array-like
    values: Any  # array-like
    _pieces: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        times, values = np.asarray(self.times, dtype=float), np.asarray(self.values)
        if times.ndim != 1 or times.shape != values.shape or len(times) < 4:
            raise InvalidInputError(
                f"samples have times of shape {times.shape} and values of shape {values.shape}; both must be "
                "(n,) with n at least 4"
            )
        if not (np.isfinite(times).all() and np.isfinite(values).all() and (np.diff(times) > 0).all()):
            raise InvalidInputError("samples must be finite and their times increasing")
        from scipy.interpolate import CubicSpline

        object.__setattr__(self, "times", times)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "_pieces", np.asarray(CubicSpline(times, values).c))

    def at(self, t: Any, xp: Any = np) -> Any:
        """Return the spline at ``t``."""
        knots, pieces = xp.asarray(self.times), xp.asarray(self._pieces)
        t = xp.clip(t, knots[0], knots[-1])
        i = xp.clip(xp.searchsorted(knots, t, side="right") - 1, 0, len(self._pieces[0]) - 1)
        x = t - knots[i]
        return ((pieces[0, i] * x + pieces[1, i]) * x + pieces[2, i]) * x + pieces[3, i]


def _gaussian(t: Any, xp: Any, centre: float, sigma: float, amplitude: float) -> Any:
    return amplitude * xp.exp(-(((t - centre) / sigma) ** 2) / 2)


def _gaussian_slope(t: Any, xp: Any, centre: float, sigma: float, amplitude: float) -> Any:
    return -(t - centre) / sigma**2 * _gaussian(t, xp, centre, sigma, amplitude)


def gaussian_pulse(*, centre: float, sigma: float, amplitude: float) -> Formula:
    """Return amplitude * exp(-(t - centre)^2 / (2 sigma^2)); times in seconds."""
    checks.positive(sigma, "sigma (seconds)")
    return Formula(partial(_gaussian, centre=centre, sigma=sigma, amplitude=amplitude))


def derivative_pulse(*, centre: float, sigma: float, amplitude: float) -> Formula:
    """Return the time derivative of `gaussian_pulse`, the second quadrature of a DRAG pulse."""
    checks.positive(sigma, "sigma (seconds)")
    return Formula(partial(_gaussian_slope, centre=centre, sigma=sigma, amplitude=amplitude))


def _sine_squared(t: Any, xp: Any, duration: float, amplitude: float) -> Any:
    inside = (t >= 0) & (t <= duration)
    return xp.where(inside, amplitude * xp.sin(np.pi * t / duration) ** 2, 0.0)


def sine_squared_pulse(*, duration: float, amplitude: float) -> Formula:
    """Return amplitude * sin^2(pi t / duration) from 0 to ``duration`` seconds, 0 elsewhere."""
    checks.positive(duration, "duration (seconds)")
    return Formula(partial(_sine_squared, duration=duration, amplitude=amplitude))
