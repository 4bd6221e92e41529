"""Does what an engine answered have the form that the contract asks for? A wrong form is never a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from numbers import Real
from typing import Any, TypeVar

import numpy as np

from qnetframe.errors import PluginError, QnetframeError
from qnetframe.experiment.settings import required
from qnetframe.program.circuit import Circuit
from qnetframe.values import Branch, Samples

T = TypeVar("T")

# Wide enough for single precision. Weighted by a branch's probability, as all that is computed from states.
FORM_TOLERANCE = 1e-6


def answered(backend: str, what: str, ask: Callable[[], T]) -> T:
    """Return what a plugin's code gives; whatever it raises of its own is a PluginError that names it."""
    try:
        return ask()
    except QnetframeError:
        raise
    except Exception as error:
        text = " ".join(str(error).split())
        raise PluginError(
            f"backend {backend!r} failed in {what}: {type(error).__name__}{': ' if text else ''}{text}"
        ) from error


def checked_branches(backend: str, circuit: Circuit, found: Iterable[Branch]) -> tuple[Branch, ...]:
    """Return the exact branches of a circuit; PluginError says which one has what wrong.

    Outputs are distinct rows of 0 and 1, one for each declared output; probabilities are at least 0 and add
    up to 1, or to at most 1 where the circuit requires something; states are density matrices of the saved
    qubits. Deviations up to 1e-6 pass here: comparing is sharper.
    """
    branches = answered(backend, "exact()", lambda: tuple(found))
    seen: set[tuple[int, ...]] = set()
    for branch in branches:
        wrong = _wrong(branch, len(circuit.outputs), len(circuit.saved))
        if not wrong and branch.outputs in seen:
            wrong = "they come in two branches; merge them"
        if wrong:
            where = f" (outputs {branch.outputs!r:.60})" if isinstance(branch, Branch) else ""
            raise PluginError(f"backend {backend!r} returned a wrong branch{where}: {wrong}")
        seen.add(branch.outputs)
    total = math.fsum(b.probability for b in branches)
    low = -FORM_TOLERANCE if required(circuit) else 1 - FORM_TOLERANCE
    if not low <= total <= 1 + FORM_TOLERANCE:
        allowed = "at most 1" if required(circuit) else "1, since nothing is required"
        raise PluginError(
            f"backend {backend!r}: the branches' probabilities add up to {total:.9g}; it must be {allowed}"
        )
    return branches


def _wrong(branch: Any, outputs: int, saved: int) -> str:
    """Return what is wrong with one branch, "" if nothing."""
    if not isinstance(branch, Branch):
        return f"{branch!r:.60} is not a Branch"
    row, probability, state = branch.outputs, branch.probability, branch.state
    if not isinstance(row, tuple) or len(row) != outputs or not all(bit in (0, 1) for bit in row):
        return f"outputs must be a tuple of {outputs} times 0 or 1"
    if not isinstance(probability, Real) or not -FORM_TOLERANCE <= probability <= 1 + FORM_TOLERANCE:
        return f"its probability is {probability!r:.60}; it must be in [0, 1]"
    if not saved:
        return "" if state is None else "it has a state, but no qubit is saved"
    shape = (1 << saved, 1 << saved)
    if not isinstance(state, np.ndarray) or state.shape != shape:
        found = f"shape {state.shape}" if isinstance(state, np.ndarray) else f"{type(state).__name__}"
        return f"its state has {found}; {saved} saved qubits need an array of shape {shape}"
    trace = np.trace(state)
    # Written so that NaN fails.
    if not abs(probability) * abs(trace - 1) <= FORM_TOLERANCE:
        return f"its state has trace {trace:.9g}; it must be normalised to 1"
    skew = float(np.abs(state - state.conj().T).max())
    if not abs(probability) * skew <= FORM_TOLERANCE:
        return f"its state differs from its adjoint by {skew:.3g}; it must be Hermitian"
    return ""


def checked_samples(backend: str, circuit: Circuit, shots: int, samples: Any) -> Samples:
    """Return the samples of a circuit; PluginError where columns or shots are not those asked for."""
    labels = tuple(o.label for o in circuit.outputs)
    if not isinstance(samples, Samples) or samples.labels != labels or samples.shots != shots:
        raise PluginError(
            f"backend {backend!r}: sample({shots}) must return Samples of {shots} shots with the columns "
            f"{', '.join(labels) or '(none)'}"
        )
    return samples
