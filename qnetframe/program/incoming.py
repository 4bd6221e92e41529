"""Circuits from elsewhere, written operation by operation into a Program with parties."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, LocalityError, UnsupportedError
from qnetframe.program.formulas import TRUE, Formula
from qnetframe.program.program import Program
from qnetframe.program.remote_gates import Spare, remote_gate, remote_unitary
from qnetframe.values import Parity

Parties: TypeAlias = Mapping[str, Sequence[str]]
Across: TypeAlias = Literal["refuse", "teleport"]
PARTY = "main"


def assign(
    qubits: Sequence[str], parties: Parties | None, registers: Mapping[str, Sequence[str]]
) -> list[str]:
    """Return the party of each qubit; every qubit must be given to exactly one.

    ``parties`` lists qubits or whole ``registers`` by name; without it all belong to the party "main".
    """
    if parties is None:
        return [PARTY] * len(qubits)
    if not isinstance(parties, Mapping):
        raise InvalidInputError(f"parties is {parties!r:.60}; it must map each party to its qubits")
    known = set(qubits)
    owner: dict[str, str] = {}
    for party, names in parties.items():
        if isinstance(names, str) or not isinstance(names, Sequence):
            raise InvalidInputError(f"parties[{party!r}] is {names!r:.60}; it must be a list of qubit names")
        for name in names:
            if name not in known and name not in registers:
                every = ", ".join(dict.fromkeys((*registers, *qubits))) or "none"
                raise InvalidInputError(
                    f"parties[{party!r}] has unknown qubit {name!r:.60}; there are: {every:.400}"
                )
            for qubit in (name,) if name in known else registers[name]:
                if qubit in owner:
                    raise InvalidInputError(f"qubit {qubit!r} is given to {owner[qubit]!r} and to {party!r}")
                owner[qubit] = party
    missing = [q for q in qubits if q not in owner]
    if missing:
        raise InvalidInputError(f"parties leaves out {', '.join(missing)}; every qubit needs a party")
    return [owner[q] for q in qubits]


class Assembler:
    """A Program under construction from a circuit whose qubits have names of its own.

    Every method takes ``where`` ("line 7", "instruction 3"), which its errors name. Conditions are
    Formulas; one that is always false writes nothing.
    """

    def __init__(
        self,
        qubits: Sequence[str],
        parties: Parties | None = None,
        across: Across = "refuse",
        registers: Mapping[str, Sequence[str]] | None = None,
        name: str = "circuit",
    ) -> None:
        if across not in ("refuse", "teleport"):
            raise InvalidInputError(f"across is {across!r}; it must be 'refuse' or 'teleport'")
        self.program = Program(name)
        self._across = across
        self._spare: Spare = {}
        owners = assign(qubits, parties, registers or {})
        # With "teleport", a Hadamard on a fresh qubit waits: with a CNOT it may turn out to make a pair.
        self._fresh: set[str] = set(qubits) if across == "teleport" and len(set(owners)) > 1 else set()
        self._pairs = bool(self._fresh)
        self._plus: set[str] = set()
        self._ids = {q: self.program.qubit(p, q).id for q, p in zip(qubits, owners, strict=True)}

    def gate(
        self, name: str, params: Sequence[float], qubits: Sequence[str], when: Formula, where: str
    ) -> None:
        """Append a standard gate; with "teleport", h and cx on fresh qubits of two parties are a pair."""
        if name == "h" and when == TRUE and qubits[0] in self._fresh:
            self._fresh.discard(qubits[0])
            self._plus.add(qubits[0])
            return
        if name == "cx" and when == TRUE and self._makes_a_pair(*qubits):
            self._plus.discard(qubits[0])
            self._fresh.discard(qubits[1])
            self.program.entangle(*(self._ids[q] for q in qubits))
            return
        ids = self._together(name, qubits, where)
        for condition in when.conditions():
            if ids is not None:
                self.program.gate(name, *params, *ids, when=condition)
            else:
                remote = [self._ids[q] for q in qubits]
                self._teleport(lambda c=condition, r=remote: remote_gate(
                    self.program, name, *params, *r, when=c, spare=self._spare), where)  # fmt: skip

    def unitary(self, matrix: Any, qubits: Sequence[str], when: Formula, where: str) -> None:
        """Append a unitary matrix, first qubit most significant."""
        ids = self._together("unitary", qubits, where)
        for condition in when.conditions():
            if ids is not None:
                self.program.unitary(matrix, *ids, when=condition)
            else:
                remote = [self._ids[q] for q in qubits]
                self._teleport(lambda c=condition, r=remote: remote_unitary(
                    self.program, matrix, *r, when=c, spare=self._spare), where)  # fmt: skip

    def measure(
        self, qubit: str, bit: str, when: Formula, where: str, basis: str = "z", readout: Any = 0.0
    ) -> Parity:
        """Append a measurement whose bit gets the name ``bit``, or the next free one like it."""
        self._always("measure", when, where)
        self._settle((qubit,))
        name, number = bit.replace(":", "_"), 1
        while name in self.program._bits:
            number += 1
            name = f"{bit.replace(':', '_')}_{number}"
        return Parity.of(self.program.measure(self._ids[qubit], basis, readout=readout, name=name))

    def reset(self, qubit: str, when: Formula, where: str) -> None:
        """Append a reset."""
        self._always("reset", when, where)
        self._settle((qubit,))
        self.program.reset(self._ids[qubit])
        if self._pairs:
            self._fresh.add(qubit)

    def prepare(self, state: Any, qubits: Sequence[str], when: Formula, where: str) -> None:
        """Append the preparation of a state vector or density matrix."""
        self._always("preparation", when, where)
        ids = self._together("preparation", qubits, where, teleports=False)
        assert ids is not None
        self.program.prepare(ids, state)

    def noise(self, channel: Channel, qubits: Sequence[str], when: Formula, where: str) -> None:
        """Append a channel."""
        self._always("noise", when, where)
        self._settle(qubits)
        self.program.noise(channel, *(self._ids[q] for q in qubits))

    def erase(self, qubit: str, probability: float, where: str) -> Parity:
        """Append a flagged erasure and return the flag."""
        self._settle((qubit,))
        return Parity.of(self.program.erase(self._ids[qubit], probability))

    def idle(self, qubits: Sequence[str], seconds: float, when: Formula, where: str) -> None:
        """Append a wait."""
        self._always("idle time", when, where)
        self._settle(qubits)
        self.program.idle([self._ids[q] for q in qubits], seconds)

    def finish(self, outputs: Mapping[str, Formula]) -> Program:
        """Return the program with its outputs: the final values of the circuit's bits, by name.

        Nothing is declared where every recorded bit is the output of its own name, as that is the default.
        """
        self._settle(tuple(self._plus))
        bits = tuple(self.program._bits)
        plain = {label: Formula.of(Parity((label,))) for label in bits}
        if dict(outputs) == plain:
            return self.program
        self.program.output()
        for label, formula in outputs.items():
            parity = formula.parity
            if parity is None:
                raise UnsupportedError(
                    f"bit {label!r} ends as {' or '.join(map(str, formula.conditions()))}, which is not a "
                    "parity of measured bits; outputs are parities"
                )
            self.program.output(parity, label=label)
        return self.program

    def _makes_a_pair(self, control: str, target: str) -> bool:
        apart = self.program._owner[self._ids[control]] != self.program._owner[self._ids[target]]
        return control in self._plus and target in self._fresh and apart

    def _settle(self, qubits: Sequence[str]) -> None:
        """Write the Hadamards that wait on some qubits, which are not fresh any more."""
        for qubit in qubits:
            self._fresh.discard(qubit)
            if qubit in self._plus:
                self._plus.discard(qubit)
                self.program.h(self._ids[qubit])

    def _always(self, what: str, when: Formula, where: str) -> None:
        if when != TRUE:
            raise UnsupportedError(
                f"{where}: {what} under a condition is not supported; only gates can be conditional"
            )

    def _together(
        self, what: str, qubits: Sequence[str], where: str, teleports: bool = True
    ) -> list[str] | None:
        """Return the ids of qubits of one party; None where they are apart and are to be teleported."""
        self._settle(qubits)
        ids = [self._ids[q] for q in qubits]
        owners = [self.program._owner[i] for i in ids]
        if len(set(owners)) <= 1:
            return ids
        if self._across == "teleport" and teleports:
            return None
        named = " and ".join(f"{q!r} ({p})" for q, p in zip(qubits, owners, strict=True))
        advice = "give them to one party" + (
            ", or ask for across='teleport'" if teleports and self._across == "refuse" else ""
        )
        raise LocalityError(f"{where}: {what} on {named}: they are apart; {advice}")

    def _teleport(self, write: Any, where: str) -> None:
        try:
            write()
        except LocalityError as error:
            raise LocalityError(f"{where}: {error}") from None
