"""Program: the fluent builder. Who owns which qubit is checked when an operation is written."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, Union

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, LocalityError
from qnetframe.program import codec
from qnetframe.program.circuit import Circuit, Output
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
    condition_of,
    density_matrix,
    freeze,
    qubits_of,
    recorded_bit,
)
from qnetframe.values import Bit, ConditionLike, Parity, condition, parities_of


@dataclass(frozen=True, slots=True)
class Qubit:
    """A handle on a program's qubit: its id (``party.name``), the party that declared it, its name."""

    id: str
    party: str
    name: str


QubitLike: TypeAlias = Union[Qubit, str]


def _gate(name: str) -> Callable[..., Program]:
    def method(self: Program, *arguments: Any, when: ConditionLike | None = None) -> Program:
        return self.gate(name, *arguments, when=when)

    from qnetframe.program.gates import GATES

    definition = GATES[name]
    angles = "".join(f"angle{i}, " for i in range(definition.num_params))
    qubits = ", ".join(f"q{i}" for i in range(definition.num_qubits))
    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"``{name}({angles}{qubits}, when=None)``: {definition.summary}. Angles in radians."
    return method


class Program:
    """A quantum-network program: parties, their qubits, and operations that obey locality.

    Every builder method checks its input and returns the program, except those that record a bit
    (``measure``, ``coin``, ``erase``, ``send``), which return the Bit.
    """

    def __init__(self, name: str = "program") -> None:
        if not isinstance(name, str) or not name:
            raise InvalidInputError(f"program name is {name!r}; it must be a non-empty string")
        self.name = name
        self._declared: dict[str, str] = {}
        self._owner: dict[str, str] = {}
        self._bits: dict[str, tuple[str, ...]] = {}
        self._operations: list[ProgramOperation] = []
        self._outputs: list[Output] | None = None
        self._finished: dict[str, str] = {}
        self._labels: set[str] = set()

    # ---- declaration -------------------------------------------------------------------------

    def qubit(self, party: str, name: str) -> Qubit:
        """Declare one qubit of a party, in the state |0>."""
        return self.qubits(party, name)[0]

    def qubits(self, party: str, *names: str) -> tuple[Qubit, ...]:
        """Declare qubits of a party, in the state |0>; the first declared is the most significant."""
        if not isinstance(party, str) or not party:
            raise InvalidInputError(f"party is {party!r}; it must be a non-empty string")
        handles = []
        for name in names:
            if not isinstance(name, str) or not name:
                raise InvalidInputError(f"qubit name is {name!r}; it must be a non-empty string")
            qubit = f"{party}.{name}"
            if qubit in self._declared:
                raise InvalidInputError(f"{party} already has a qubit {name!r}")
            self._declared[qubit] = self._owner[qubit] = party
            handles.append(Qubit(qubit, party, name))
        return tuple(handles)

    # ---- what is in it -----------------------------------------------------------------------

    @property
    def operations(self) -> tuple[ProgramOperation, ...]:
        """The operations, in the order they were written."""
        return tuple(self._operations)

    @property
    def outputs(self) -> tuple[Output, ...] | None:
        """The declared outputs; None where every recorded bit is one."""
        return None if self._outputs is None else tuple(self._outputs)

    @property
    def declared(self) -> Mapping[str, str]:
        """The party that declared each qubit id, in order."""
        return dict(self._declared)

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties, in order of first mention."""
        names = dict.fromkeys(self._declared.values())
        names.update(dict.fromkeys(o.to for o in self._operations if isinstance(o, Send)))
        return tuple(names)

    @property
    def bit_owners(self) -> Mapping[str, tuple[str, ...]]:
        """The parties that know each recorded bit when it is made, in order of recording."""
        return dict(self._bits)

    # ---- operations --------------------------------------------------------------------------

    id, x, y, z, h, s = _gate("id"), _gate("x"), _gate("y"), _gate("z"), _gate("h"), _gate("s")
    sdg, t, tdg, sx = _gate("sdg"), _gate("t"), _gate("tdg"), _gate("sx")
    p, rx, ry, rz = _gate("p"), _gate("rx"), _gate("ry"), _gate("rz")
    u1, u2, u3 = _gate("u1"), _gate("u2"), _gate("u3")
    cx, cy, cz, ch, swap = _gate("cx"), _gate("cy"), _gate("cz"), _gate("ch"), _gate("swap")
    cp, crx, cry, crz, cu = _gate("cp"), _gate("crx"), _gate("cry"), _gate("crz"), _gate("cu")
    ccx, cswap = _gate("ccx"), _gate("cswap")

    def gate(self, name: str, *arguments: Any, when: ConditionLike | None = None) -> Program:
        """Append a standard gate: its angles (radians) first, then its qubits."""
        from qnetframe.program.gates import gate_definition

        count = gate_definition(name).num_params
        angles, qubits = arguments[:count], arguments[count:]
        for angle in angles:
            if isinstance(angle, (Qubit, str)):
                raise InvalidInputError(f"{name} takes {count} angle(s) first, then its qubits; got {angle!r}")
        ids = self._local(name, qubits)
        floats = tuple(float(a) if isinstance(a, (int, float)) else a for a in angles)
        return self._append(Gate(name, ids, floats, self._condition(when, name)))

    def unitary(self, matrix: Any, *qubits: QubitLike, when: ConditionLike | None = None) -> Program:
        """Append a unitary matrix (2**n, 2**n) on n qubits of one party."""
        ids = self._local("unitary", qubits)
        return self._append(Unitary(ids, _matrix(matrix, "unitary"), self._condition(when, "unitary")))

    def prepare(self, qubits: QubitLike | Sequence[QubitLike], state: Any) -> Program:
        """Replace the state of some qubits by a state vector (2**n,) or density matrix (2**n, 2**n)."""
        many = (qubits,) if isinstance(qubits, (Qubit, str)) else tuple(qubits)
        ids = self._local("prepare", many)
        return self._append(Prepare(ids, freeze(density_matrix(state, len(ids), "prepare"))))

    def measure(
        self,
        qubit: QubitLike,
        basis: str = "z",
        *,
        readout: float | tuple[float, float] = 0.0,
        name: str | None = None,
    ) -> Bit:
        """Measure a qubit in the z, x or y basis and return the Bit.

        ``readout`` is the probability that the recorded bit is wrong, or (P(1|0), P(0|1)).
        """
        (ident,) = self._local("measure", (qubit,))
        pair = readout if isinstance(readout, tuple) else (readout, readout)
        bit = self._new_bit("m", name)
        return self._record(Measure(ident, bit, basis, pair), (self._owner[ident],))

    def reset(self, qubit: QubitLike) -> Program:
        """Replace the state of a qubit by |0>."""
        return self._append(Reset(self._local("reset", (qubit,))[0]))

    def entangle(self, a: QubitLike, b: QubitLike, link: str | None = None) -> Program:
        """Take one heralded pair from the link between two parties; ideal Φ+ until placed on a network.

        ``link`` names the link where two nodes share several.
        """
        ids = tuple(self._known("entangle", q) for q in (a, b))
        pair = Entangle((ids[0], ids[1]), link)
        if self._owner[ids[0]] == self._owner[ids[1]]:
            raise LocalityError(
                f"entangle on {self._say(ids)}: both belong to one party and no link joins a party to itself; "
                "use h and cx"
            )
        return self._append(pair)

    def send(self, qubit: QubitLike, to: str, link: str | None = None) -> Bit:
        """Send a qubit to another party and return the Bit that flags its loss (always 0 when ideal)."""
        ident = self._known("send", qubit)
        self._alive("send", (ident,))
        if not isinstance(to, str) or not to:
            raise InvalidInputError(f"send: party is {to!r}; it must be a non-empty string")
        if self._owner[ident] == to:
            raise LocalityError(f"send: {to!r} already holds {self._say((ident,))}")
        number = sum(isinstance(o, Send) for o in self._operations)
        operation = Send(ident, to, f"loss:{number}", link)
        self._owner[ident] = to
        return self._record(operation, (to,))

    def idle(self, qubits: QubitLike | Sequence[QubitLike], seconds: float) -> Program:
        """Let qubits wait; placement turns the wait into the relaxation of their hardware."""
        many = (qubits,) if isinstance(qubits, (Qubit, str)) else tuple(qubits)
        ids = tuple(self._known("idle", q) for q in many)
        return self._append(Idle(ids, seconds))

    def noise(self, channel: Channel, *qubits: QubitLike) -> Program:
        """Apply a channel to qubits; noise may span parties, since nobody chose it."""
        return self._append(Noise(tuple(self._known("noise", q) for q in qubits), channel))

    def erase(self, qubit: QubitLike, probability: float, *, name: str | None = None) -> Bit:
        """Lose a qubit with some probability: maximally mixed then, and the returned Bit is 1."""
        (ident,) = self._local("erase", (qubit,))
        return self._record(Erase(ident, probability, self._new_bit("e", name)), (self._owner[ident],))

    def coin(self, probability: float, *parties: str, name: str | None = None) -> Bit:
        """Return a random Bit that is 1 with some probability, known to the given parties (all, if none)."""
        for party in parties:
            if party not in self.parties:
                raise InvalidInputError(f"coin: unknown party {party!r}; parties: {', '.join(self.parties)}")
        return self._record(Coin(probability, self._new_bit("c", name), parties), parties or self.parties)

    def require(self, value: ConditionLike) -> Program:
        """Keep only the shots where a condition holds (post-selection)."""
        checked = self._condition(value, "require")
        assert checked is not None
        return self._append(Require(checked))

    def detector(self, value: Bit | Parity, coordinates: Sequence[float] = ()) -> Program:
        """Declare a parity of bits that is deterministic without noise."""
        return self._append(Detector(self._parity(value, "detector"), tuple(float(c) for c in coordinates)))

    def observable(self, index: int, value: Bit | Parity) -> Program:
        """Declare a parity of bits as a logical observable."""
        return self._append(Observable(index, self._parity(value, "observable")))

    def save(self, label: str, *qubits: QubitLike) -> Program:
        """Give the final joint state of qubits a label; nothing may act on them afterwards."""
        return self._keep(Save(self._label(label), tuple(self._known("save", q) for q in qubits)))

    def expect(self, label: str, paulis: Mapping[Any, Literal["X", "Y", "Z"]]) -> Program:
        """Give the final expectation of a Pauli product a label, ``{qubit: "X", …}``."""
        pairs = tuple((self._known("expect", q), pauli) for q, pauli in paulis.items())
        return self._keep(Expect(self._label(label), pairs))

    def output(self, *values: Bit | Parity, label: str | None = None) -> Program:
        """Declare the bits or parities that are wanted; without any call, every recorded bit is.

        ``output()`` without a value declares that no bit is wanted. A parity is labelled by its formula
        unless ``label`` is given.
        """
        if label is not None and len(values) != 1:
            raise InvalidInputError(f"output label {label!r} needs exactly one bit or parity, got {len(values)}")
        declared = self._outputs if self._outputs is not None else []
        for value in values:
            parity = self._parity(value, "output")
            text = label if label is not None else str(parity)
            if any(o.label == text for o in declared):
                raise InvalidInputError(f"output label {text!r} is used twice")
            declared.append(Output(text, parity))
        self._outputs = declared
        return self

    # ---- use ---------------------------------------------------------------------------------

    def circuit(self) -> Circuit:
        """Return the party-free circuit with ideal links: Φ+ pairs, lossless sends, no idle noise."""
        from qnetframe.program.lowering import ideal_circuit

        return ideal_circuit(self)

    @property
    def resources(self) -> Any:
        """Pairs, qubits sent, classical bits by direction, rounds, gates and depth by party."""
        from qnetframe.program.resources import count_resources

        return count_resources(self)

    @property
    def content_hash(self) -> str:
        """The sha256 of the canonical JSON."""
        return codec.content_hash(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the program as plain JSON values."""
        outputs = None
        if self._outputs is not None:
            outputs = [{"label": o.label, "parity": codec.encode_condition(o.parity)} for o in self._outputs]
        return {
            "format": "qnetframe-program-1",
            "name": self.name,
            "qubits": [{"id": q, "party": p} for q, p in self._declared.items()],
            "operations": [codec.encode_operation(o) for o in self._operations],
            "outputs": outputs,
        }

    def to_json(self) -> str:
        """Return the program as a JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=1)

    @staticmethod
    def from_json(text: str) -> Program:
        """Return the program of ``to_json``; InvalidInputError names what is malformed."""
        return Program.from_dict(codec.parse_json(text, "program"))

    @staticmethod
    def from_dict(data: Any) -> Program:
        """Return the program of ``to_dict``; every operation is checked as if it were written."""
        from qnetframe.program.rebuild import rebuild

        return rebuild(data)

    def copy(self) -> Program:
        """Return an independent copy to build on."""
        return copy.deepcopy(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Program) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        from qnetframe.program.drawing import draw

        return f"{self.name}\n" + draw(tuple(self._declared), self.operations)

    def __repr__(self) -> str:
        return f"<Program {self.name!r}: {len(self._declared)} qubits, {len(self._operations)} operations>"

    def _repr_html_(self) -> str:
        from qnetframe.program.drawing import draw_svg

        return draw_svg(tuple(self._declared), self.operations, dict(self._declared))

    # ---- checks ------------------------------------------------------------------------------

    def _known(self, what: str, qubit: QubitLike) -> str:
        ident = qubit.id if isinstance(qubit, Qubit) else qubit
        if not isinstance(ident, str) or ident not in self._declared:
            names = ", ".join(self._declared) or "none"
            raise InvalidInputError(f"{what}: unknown qubit {ident!r}; this program has: {names}")
        return ident

    def _say(self, ids: Iterable[str]) -> str:
        return " and ".join(f"{self._owner[q]}'s {q[len(self._declared[q]) + 1 :]!r}" for q in ids)

    def _local(self, what: str, qubits: Sequence[QubitLike]) -> tuple[str, ...]:
        ids = tuple(self._known(what, q) for q in qubits)
        if len({self._owner[q] for q in ids}) > 1:
            raise LocalityError(f"{what} on {self._say(ids)}: they are apart; send a qubit or use a pair")
        return ids

    def _alive(self, what: str, ids: Iterable[str]) -> None:
        for qubit in ids:
            if qubit in self._finished:
                raise InvalidInputError(
                    f"{what} acts on {self._say((qubit,))} after {self._finished[qubit]}; "
                    "save and expect are the last operations on their qubits"
                )

    def _condition(self, value: ConditionLike | None, what: str) -> Any:
        if value is None:
            return None
        checked = condition(value)
        for parity in parities_of(checked):
            for bit in parity.bits:
                if bit not in self._bits:
                    names = ", ".join(self._bits) or "none"
                    raise InvalidInputError(f"{what} uses bit {bit!r}, which is not measured yet; measured: {names}")
        return checked

    def _parity(self, value: Bit | Parity, what: str) -> Parity:
        checked = self._condition(Parity.of(value), what)
        assert isinstance(checked, Parity)
        return checked

    def _label(self, label: str) -> str:
        if not isinstance(label, str) or not label:
            raise InvalidInputError(f"label is {label!r}; it must be a non-empty string")
        if label in self._labels:
            raise InvalidInputError(f"label {label!r} is used twice")
        return label

    def _new_bit(self, prefix: str, name: str | None) -> str:
        if name is None:
            number = sum(b.startswith(prefix) for b in self._bits)
            while f"{prefix}{number}" in self._bits:
                number += 1
            return f"{prefix}{number}"
        if not isinstance(name, str) or not name or ":" in name or name in self._bits:
            raise InvalidInputError(f"bit name is {name!r}; it must be a new non-empty string without ':'")
        return name

    def _append(self, operation: ProgramOperation) -> Program:
        self._alive(operation.kind, qubits_of(operation))
        self._operations.append(operation)
        return self

    def _record(self, operation: ProgramOperation, owners: tuple[str, ...]) -> Bit:
        bit = recorded_bit(operation)
        assert bit is not None and condition_of(operation) is None
        self._append(operation)
        self._bits[bit] = owners
        return Bit(bit, owners[0] if owners else "")

    def _keep(self, operation: Save | Expect) -> Program:
        self._operations.append(operation)
        self._labels.add(operation.label)
        for qubit in operation.qubits:
            self._finished.setdefault(qubit, f"{operation.kind} {operation.label!r}")
        return self


def _matrix(matrix: Any, what: str) -> Any:
    import numpy as np

    try:
        array = np.asarray(matrix, dtype=complex)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{what} is {matrix!r:.60}; it must be a matrix of numbers") from None
    if array.ndim != 2:
        raise InvalidInputError(f"{what} has shape {array.shape}; it must be a matrix")
    return freeze(array)
