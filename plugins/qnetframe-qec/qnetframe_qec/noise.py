"""Noise models: which channel follows each step of a round, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qnetframe import checks
from qnetframe.errors import InvalidInputError, UnknownNameError

if TYPE_CHECKING:
    from qnetframe.channels import Channel


@dataclass(frozen=True)
class NoiseModel:
    """What goes wrong in a round of syndrome extraction; None and 0 are nothing.

    ``before_round`` acts on every data qubit before each round; ``gate_1q`` and ``gate_2q`` after each gate,
    ``idle`` on each qubit that a layer of gates leaves out, ``idle_readout`` on each that is neither measured
    nor reset while others are. ``reset_flip`` is the probability that a qubit starts in the wrong state,
    ``readout`` that the recorded bit is wrong. ``misread`` is the probability that the message of a node
    about a round is wrong: all syndrome bits of that node and round flip together. ``erasure`` is the
    probability that a data qubit is lost before a round, which is heralded.
    """

    name: str
    before_round: Channel | None = None
    gate_1q: Channel | None = None
    gate_2q: Channel | None = None
    idle: Channel | None = None
    idle_readout: Channel | None = None
    reset_flip: float = 0.0
    readout: float = 0.0
    misread: float = 0.0
    erasure: float = 0.0
    ideal_extraction: bool = False

    def __post_init__(self) -> None:
        for field in ("reset_flip", "readout", "misread", "erasure"):
            checks.probability(getattr(self, field), f"noise {self.name!r}: {field}")
        for field, width in (
            ("before_round", 1),
            ("gate_1q", 1),
            ("gate_2q", 2),
            ("idle", 1),
            ("idle_readout", 1),
        ):
            channel = getattr(self, field)
            if channel is not None and channel.num_qubits != width:
                raise InvalidInputError(
                    f"noise {self.name!r}: {field} acts on {channel.num_qubits} qubits; it must act on "
                    f"{width}"
                )
        if self.misread and self.ideal_extraction:
            raise InvalidInputError(
                f"noise {self.name!r}: misread is {self.misread!r}; it must be 0 where rounds are read "
                "without error"
            )


def none(p: float = 0.0) -> NoiseModel:
    """Return the model without noise; p must be 0."""
    if p:
        raise InvalidInputError(f"p is {p!r}; noise 'none' has none")
    return NoiseModel("none")


def code_capacity(p: float) -> NoiseModel:
    """Return bit flips of the data with probability p, once, before a round that is read without error."""
    from qnetframe.channels.named import bit_flip

    return NoiseModel("code-capacity", before_round=bit_flip(p), ideal_extraction=True)


def code_capacity_depolarizing(p: float) -> NoiseModel:
    """Return X, Y or Z on the data, each with probability p/3, before a round that is read without error."""
    from qnetframe.channels.named import depolarizing

    return NoiseModel("code-capacity-depolarizing", before_round=depolarizing(p), ideal_extraction=True)


def phenomenological(p: float) -> NoiseModel:
    """Return bit flips of the data before each round and of every recorded syndrome, both with probability p.

    E. Dennis et al., J. Math. Phys. 43, 4452 (2002), section IV.
    """
    from qnetframe.channels.named import bit_flip

    return NoiseModel("phenomenological", before_round=bit_flip(p), readout=p)


def circuit(p: float) -> NoiseModel:
    """Return uniform depolarizing noise: gates, data before each round, resets and readouts, all with p.

    Depolarizing is X, Y, Z with p/3 or the 15 two-qubit Paulis with p/15. A. G. Fowler et al., Phys. Rev. A
    86, 032324 (2012).
    """
    from qnetframe.channels.named import depolarizing, two_qubit_depolarizing

    one = depolarizing(p)
    return NoiseModel("circuit", one, one, two_qubit_depolarizing(p), reset_flip=p, readout=p)


def gates(p: float) -> NoiseModel:
    """Return ``circuit`` noise without that of the data before each round: gates, resets and readouts
    only.
    """
    return replace(circuit(p), name="gates", before_round=None)


def si1000(p: float) -> NoiseModel:
    """Return noise in the proportions of superconducting qubits with a cycle of 1000 ns.

    Two-qubit gates p, one-qubit gates and idling p/10, reset 2p, readout 5p, idling during readout and reset
    2p. C. Gidney, M. Newman, M. McEwen, Quantum 6, 813 (2022), appendix A. The rounds here use CX, not CZ.
    """
    from qnetframe.channels.named import depolarizing, two_qubit_depolarizing

    return NoiseModel(
        "si1000",
        gate_1q=depolarizing(p / 10),
        gate_2q=two_qubit_depolarizing(p),
        idle=depolarizing(p / 10),
        idle_readout=depolarizing(2 * p),
        reset_flip=2 * p,
        readout=5 * p,
    )


def biased(p: float, bias: float = 10.0) -> NoiseModel:
    """Return ``circuit`` noise whose one-qubit errors are Z with probability p·bias/(bias + 1), else X or Y.

    ``bias`` is p_Z/(p_X + p_Y), 1/2 for depolarizing noise; two-qubit gates get the product of it on both.
    D. K. Tuckett, S. D. Bartlett, S. T. Flammia, Phys. Rev. Lett. 120, 050505 (2018).
    """
    from qnetframe.channels.named import pauli

    checks.positive(bias, "bias")
    rest = p / (2 * (bias + 1))
    one = pauli(rest, rest, p * bias / (bias + 1))
    return NoiseModel("biased", one, one, one.tensor(one), reset_flip=p, readout=p)


def erasure(p: float, pauli_fraction: float = 0.0) -> NoiseModel:
    """Return heralded erasure of data before each round with probability p, beside ``circuit`` noise.

    The circuit noise has the probability p·pauli_fraction. Y. Wu et al., Nat. Commun. 13, 4657 (2022).
    """
    checks.probability(p, "p")
    checks.probability(pauli_fraction, "pauli_fraction")
    base = circuit(p * pauli_fraction) if pauli_fraction else NoiseModel("none")
    return replace(base, name="erasure", erasure=p)


MODELS: Mapping[str, Callable[..., NoiseModel]] = {
    "none": none,
    "code-capacity": code_capacity,
    "code-capacity-depolarizing": code_capacity_depolarizing,
    "phenomenological": phenomenological,
    "circuit": circuit,
    "gates": gates,
    "si1000": si1000,
    "biased": biased,
    "erasure": erasure,
}


def noise_model(name: str, p: float, misread: float = 0.0, **more: float) -> NoiseModel:
    """Return a noise model by name at probability p, with ``misread``; UnknownNameError lists the names."""
    if name not in MODELS:
        raise UnknownNameError("noise model", str(name), MODELS)
    checks.probability(p, "p")
    try:
        model = MODELS[name](p, **more)
    except TypeError:
        raise InvalidInputError(f"noise model {name!r} does not take {', '.join(more)}") from None
    return replace(model, misread=misread) if misread else model
