"""Rounds of syndrome extraction written into a Program, with the noise of a model."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

from qnetframe.channels import Channel
from qnetframe.channels.named import bit_flip, dephasing
from qnetframe.program.program import Program, Qubit
from qnetframe.values import Bit, Parity
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import NoiseModel
from qnetframe_qec.programs.schedule import Coupling, schedule

BitLike: TypeAlias = Bit | Parity
# (check, data qubit) -> the channel after their gate in place of the model's.
GateNoise = Callable[[int, int], Channel | None]
# Writes a gate of a round by name on two qubits, which may belong to different parties.
Couple = Callable[[Program, str, Qubit, Qubit], None]
_CONTROLLED = {"X": "cx", "Y": "cy", "Z": "cz"}


@dataclass
class Patch:
    """A code's qubits in a program: data qubits and one ancilla for each check.

    They are declared for one party unless they are given; ``couple`` then writes gates between parties.
    ``before`` writes what happens before a round. ``readers`` says who sends the bit of each check, the party
    of its ancilla by default: what the noise misreads is all that one of them sends of a round.
    """

    program: Program
    code: Code
    noise: NoiseModel
    party: str = "patch"
    gate_noise: GateNoise | None = None
    couple: Couple | None = None
    before: Callable[[int], None] | None = None
    data: tuple[Qubit, ...] = ()
    ancillas: tuple[Qubit, ...] = ()
    layers: tuple[tuple[Coupling, ...], ...] = ()
    readers: tuple[Hashable, ...] = ()
    heralds: list[tuple[Bit, int]] = field(default_factory=list)
    _gathered: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        declare = self.program.qubits
        self.data = self.data or declare(self.party, *(f"d{i}" for i in range(self.code.n)))
        self.ancillas = self.ancillas or declare(self.party, *(f"a{i}" for i in range(self.code.num_checks)))
        self.readers = self.readers or tuple(a.party for a in self.ancillas)
        self.layers = schedule(self.code)
        # A check of Z only is gathered by CX from the data; any other by controlled gates from |+>.
        self._gathered = frozenset(self.code.z_checks)

    def start(self, basis: str) -> None:
        """Put every data qubit in |0> (basis "z") or |+> ("x"), and fresh ancillas in |0>, with reset
        errors.
        """
        if basis == "x":
            for qubit in self.data:
                self.program.h(qubit)
        self._flip(self.data, basis)
        self._flip(self.ancillas, "z")

    def round(self, number: int, ideal: bool = False) -> list[BitLike]:
        """Write one round and return the bit of every check; ``ideal`` leaves out all noise of the round."""
        noise = NoiseModel("none") if ideal or self.noise.ideal_extraction else self.noise
        if self.before is not None:
            self.before(number)
        if not ideal:
            self._before_round()
        self._turn(noise)
        for layer in self.layers:
            self._couple(layer, noise)
        self._turn(noise)
        bits = self._read(noise)
        for ancilla in self.ancillas:
            self.program.reset(ancilla)
        self._flip(self.ancillas, "z", noise)
        self._idle(noise.idle_readout, {a.id for a in self.ancillas})
        return bits

    def finish(self, basis: str) -> list[Bit]:
        """Measure every data qubit in the z or x basis."""
        readout = 0.0 if self.noise.ideal_extraction else self.noise.readout
        return [self.program.measure(q, basis, readout=readout) for q in self.data]

    def fresh(self, qubits: Iterable[Qubit]) -> None:
        """Write the reset errors of qubits that were just reset."""
        self._flip(qubits, "z")

    # ---- pieces ------------------------------------------------------------------------------

    def _read(self, noise: NoiseModel) -> list[BitLike]:
        """Measure the ancillas. A message that is wrong is a coin, which nobody sees, on all of its bits."""
        bits = [self.program.measure(a, readout=noise.readout) for a in self.ancillas]
        if not noise.misread:
            return list(bits)
        wrong = {reader: self.program.coin(noise.misread) for reader in dict.fromkeys(self.readers)}
        return [bit ^ wrong[reader] for bit, reader in zip(bits, self.readers, strict=True)]

    def _before_round(self) -> None:
        for qubit in self.data:
            if self.noise.before_round is not None:
                self.program.noise(self.noise.before_round, qubit)
        if self.noise.erasure:
            for i, qubit in enumerate(self.data):
                self.heralds.append((self.program.erase(qubit, self.noise.erasure), i))

    def _couple(self, layer: tuple[Coupling, ...], noise: NoiseModel) -> None:
        """Write the gates of a layer, then their noise: engines are fastest with equal instructions in a
        row.
        """
        pairs = []
        for coupling in layer:
            ancilla, data = self.ancillas[coupling.check], self.data[coupling.data]
            gathered = coupling.check in self._gathered
            pairs.append((data, ancilla) if gathered else (ancilla, data))
            name = "cx" if gathered else _CONTROLLED[coupling.letter]
            if self.couple is None:
                self.program.gate(name, *pairs[-1])
            else:
                self.couple(self.program, name, *pairs[-1])
        for coupling, pair in zip(layer, pairs, strict=True):
            special = self.gate_noise(coupling.check, coupling.data) if self.gate_noise else None
            channel = noise.gate_2q if special is None else special
            if channel is not None:
                self.program.noise(channel, *pair)
        self._idle(noise.idle, {qubit.id for pair in pairs for qubit in pair})

    def _turn(self, noise: NoiseModel) -> None:
        turned = [a for i, a in enumerate(self.ancillas) if i not in self._gathered]
        for ancilla in turned:
            self.program.h(ancilla)
        for ancilla in turned if noise.gate_1q is not None else ():
            self.program.noise(noise.gate_1q, ancilla)  # type: ignore[arg-type]
        if turned:
            self._idle(noise.idle, {a.id for a in turned})

    def _flip(self, qubits: Iterable[Qubit], basis: str, noise: NoiseModel | None = None) -> None:
        p = (noise or self.noise).reset_flip
        if p:
            channel = bit_flip(p) if basis == "z" else dephasing(p)
            for qubit in qubits:
                self.program.noise(channel, qubit)

    def _idle(self, channel: Channel | None, busy: set[str]) -> None:
        if channel is not None:
            for qubit in (*self.data, *self.ancillas):
                if qubit.id not in busy:
                    self.program.noise(channel, qubit)
