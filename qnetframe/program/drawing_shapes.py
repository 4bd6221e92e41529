"""The signs that stand for an operation on its wires."""

from __future__ import annotations

from typing import Literal, TypeAlias

from qnetframe.program import drawing_labels as labels
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
    Unitary,
)

Shape: TypeAlias = Literal[
    "box", "control", "target", "swap", "pair", "measure", "send", "noise", "state", "idle", "keep", "bits",
    "dot",
]  # fmt: skip
LinkKind: TypeAlias = Literal["gate", "pair", "noise", "keep", "bits"]

_CONTROLS = {
    "cx": 1, "cy": 1, "cz": 2, "ch": 1, "cp": 1, "crx": 1, "cry": 1, "crz": 1, "cu": 1, "ccx": 2, "cswap": 1,
}  # fmt: skip
_TARGETS: dict[str, Shape] = {"cx": "target", "ccx": "target", "swap": "swap", "cswap": "swap"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def note_of(operation: ProgramOperation) -> str:
    """Return what stands beside an operation's sign: its condition, or the bit that it records."""
    if isinstance(operation, (Gate, Unitary)) and operation.when is not None:
        return f"if {labels.condition_text(operation.when)}"
    if isinstance(operation, Measure):
        return labels.plain(operation.bit) + labels.readout_text(operation.readout)
    if isinstance(operation, Erase):
        return labels.plain(operation.bit)
    if isinstance(operation, Entangle) and operation.link:
        return labels.plain(operation.link)
    return ""


def signs_of(operation: ProgramOperation, number: int) -> tuple[list[tuple[Shape, str]], LinkKind]:
    """Return shape and text for each qubit of an operation, and the kind of line that joins them."""
    match operation:
        case Gate():
            controls = _CONTROLS.get(operation.name, 0)
            shape = _TARGETS.get(operation.name, "box")
            text = labels.gate_text(operation.name, operation.params) if shape == "box" else ""
            signs: list[tuple[Shape, str]] = [("control", ""), (shape, text)]
            return signs[:1] * controls + signs[1:] * (number - controls), "gate"
        case Unitary():
            return [("box", t) for t in _numbered("U", number)], "gate"
        case Prepare():
            text = labels.state_text(operation)
            if text in ("Φ⁺", "Φ⁻", "Ψ⁺", "Ψ⁻"):
                return [("pair", text), ("pair", "")], "pair"
            return [("state", t) for t in _numbered(text, number)], "gate"
        case Measure():
            return [("measure", operation.basis.upper())], "gate"
        case Reset():
            return [("state", "|0⟩")], "gate"
        case Entangle():
            return [("pair", "")] * 2, "pair"
        case Send():
            return [("send", labels.plain(operation.to))], "gate"
        case Idle():
            return [("idle", labels.duration(operation.seconds))], "gate"
        case Noise():
            first = labels.noise_text(operation)
            return [("noise", first if i == 0 else "") for i in range(number)], "noise"
        case Erase():
            return [("noise", f"erase {labels.percent(operation.probability)}")], "noise"
        case Save():
            return [("keep", labels.plain(operation.label))] * number, "keep"
        case Expect():
            label = labels.plain(operation.label)
            return [("keep", f"⟨{pauli}⟩ {label}") for _, pauli in operation.paulis], "keep"
        case Coin() | Require() | Detector() | Observable():
            return [("bits", labels.classical_text(operation))], "bits"


def _numbered(text: str, number: int) -> list[str]:
    return [text] if number == 1 else [text + str(i).translate(_SUBSCRIPTS) for i in range(number)]
