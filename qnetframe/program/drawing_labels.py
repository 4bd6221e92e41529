"""Short texts for diagrams: gates, angles, durations, conditions, channels."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from qnetframe.program.operations import (
    Coin,
    Detector,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Noise,
    Observable,
    Prepare,
    ProgramOperation,
    Require,
    Reset,
    Save,
    Send,
    condition_of,
    qubits_of,
    thaw,
)
from qnetframe.values import AllOf, Condition, Parity

_GATE_TEXT = {"id": "I", "sdg": "S†", "tdg": "T†", "sx": "√X", "u1": "P", "u2": "U₂", "u3": "U"}
_ROOT_HALF = math.sqrt(0.5)
_KETS = {
    "|0⟩": (1, 0), "|1⟩": (0, 1), "|+⟩": (_ROOT_HALF, _ROOT_HALF), "|−⟩": (_ROOT_HALF, -_ROOT_HALF),
    "|i⟩": (_ROOT_HALF, 1j * _ROOT_HALF), "|−i⟩": (_ROOT_HALF, -1j * _ROOT_HALF),
    "|00⟩": (1, 0, 0, 0), "Φ⁺": (_ROOT_HALF, 0, 0, _ROOT_HALF), "Φ⁻": (_ROOT_HALF, 0, 0, -_ROOT_HALF),
    "Ψ⁺": (0, _ROOT_HALF, _ROOT_HALF, 0), "Ψ⁻": (0, _ROOT_HALF, -_ROOT_HALF, 0),
}  # fmt: skip


def plain(text: str, longest: int = 28) -> str:
    """Return a name as one printable line of limited length."""
    line = "".join(c if c.isprintable() else "�" for c in text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def percent(probability: float) -> str:
    """Return a probability as a percentage of three digits."""
    return f"{100 * probability:.3g}%"


def angle(value: float) -> str:
    """Return an angle in radians, as a fraction of π where it is one with a denominator up to 16."""
    ratio = Fraction(value / math.pi).limit_denominator(16) if abs(value) < 64 * math.pi else Fraction(0)
    if value == 0 or not ratio or abs(value - float(ratio) * math.pi) > 1e-9:
        return f"{value:.4g}".replace("-", "−")
    top = {1: "π", -1: "−π"}.get(ratio.numerator, f"{ratio.numerator}π".replace("-", "−"))
    return top if ratio.denominator == 1 else f"{top}/{ratio.denominator}"


def duration(seconds: float) -> str:
    """Return a time with its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12)):
        if seconds >= size or unit == "ps":
            return f"{seconds / size:.3g} {unit}" if seconds else "0 s"
    raise AssertionError("unreachable")


def gate_text(name: str, params: tuple[float, ...]) -> str:
    """Return the symbol of the gate on a box, without its controls."""
    base = name[1:] if name in ("cy", "ch", "cp", "crx", "cry", "crz", "cu") else name
    symbol = _GATE_TEXT.get(base, base.capitalize())
    return symbol + (f"({', '.join(map(angle, params))})" if params else "")


def state_text(operation: Prepare) -> str:
    """Return the usual name of a prepared state; |ψ⟩ for other pure states, ρ for mixed ones."""
    rho = thaw(operation.state)
    for name, ket in _KETS.items():
        if len(ket) == len(rho) and np.allclose(rho, np.outer(ket, np.conj(ket)), atol=1e-9):
            return name
    return "|ψ⟩" if abs(np.trace(rho @ rho) - 1) < 1e-9 else "ρ"


def _parity(value: Parity) -> str:
    if value.constant and len(value.bits) == 1:
        return f"¬{plain(value.bits[0])}"
    constant = ("1",) if value.constant else ()
    return "⊕".join((*map(plain, value.bits), *constant)) or "0"


def condition_text(value: Condition) -> str:
    """Return a condition in the signs of logic: ⊕ parity, ¬ not, ∧ all of, ∨ any of."""
    if isinstance(value, Parity):
        return plain(_parity(value), 60)
    sign = " ∧ " if isinstance(value, AllOf) else " ∨ "
    return plain(sign.join(map(_parity, value.parities)), 60)


def noise_text(operation: Noise) -> str:
    """Return a channel's name and, for a Pauli channel, its probability of any error."""
    channel = operation.channel
    name = plain(channel.name.removeprefix("two_qubit_").replace("_", " ") or "noise")
    if channel.is_identity:
        return name
    error = 1.0 - channel.entanglement_fidelity()
    return f"{name} {percent(error)}" if channel.is_pauli else name


def readout_text(readout: tuple[float, float]) -> str:
    """Return a readout error, or nothing where there is none."""
    low, high = readout
    if not low and not high:
        return ""
    return f" ±{percent(low)}" if low == high else f" ±{percent(low)}/{percent(high)}"


def classical_text(operation: Coin | Require | Detector | Observable) -> str:
    """Return what an operation on bits alone does."""
    if isinstance(operation, Coin):
        return f"{plain(operation.bit)} ← coin {percent(operation.probability)}"
    condition = condition_of(operation)
    assert condition is not None
    what = f"observable {operation.index}" if isinstance(operation, Observable) else operation.kind
    return f"{what} {condition_text(condition)}"


def describe(operation: ProgramOperation) -> str:
    """Return one line that says in words what an operation does."""
    names = ", ".join(map(plain, qubits_of(operation)))
    if isinstance(operation, (Coin, Require, Detector, Observable)):
        return classical_text(operation)
    if isinstance(operation, Measure):
        error = readout_text(operation.readout)
        return f"measure {names} in the {operation.basis} basis, record {plain(operation.bit)}" + (
            f", readout error{error}" if error else ""
        )
    if isinstance(operation, Entangle):
        return f"heralded pair {names}" + (f" from link {plain(operation.link)}" if operation.link else "")
    if isinstance(operation, Send):
        return f"send {names} to {plain(operation.to)}; loss is flagged by {operation.bit}"
    if isinstance(operation, Erase):
        chance = percent(operation.probability)
        return f"lose {names} with probability {chance}, record {plain(operation.bit)}"
    if isinstance(operation, Noise):
        return f"noise on {names}: {noise_text(operation)}"
    if isinstance(operation, Idle):
        return f"{names} idle for {duration(operation.seconds)}"
    if isinstance(operation, Prepare):
        return f"prepare {names} in {state_text(operation)}"
    if isinstance(operation, Save):
        return f"save {names} as {plain(operation.label)}"
    if isinstance(operation, Expect):
        product = " ".join(f"{pauli}({plain(q)})" for q, pauli in operation.paulis)
        return f"expectation {plain(operation.label)} of {product}"
    if isinstance(operation, Reset):
        return f"reset {names}"
    name = operation.name if isinstance(operation, Gate) else "unitary"
    if isinstance(operation, Gate) and operation.params:
        name += f"({', '.join(map(angle, operation.params))})"
    when = f" if {condition_text(operation.when)}" if operation.when is not None else ""
    return f"{name} on {names}{when}"
