"""Program: the fluent builder. Who owns which qubit is checked when an operation is written."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, LocalityError
from qnetframe.program import codec
from qnetframe.program.circuit import Circuit, Output
from qnetframe.program.gates import gate_definition, gate_method
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
from qnetframe.values import Bit, ConditionLike, Parity, complex_array, condition, parities_of

if TYPE_CHECKING:
    from qnetframe.program.resources import Resources


@dataclass(frozen=True, slots=True)
class Qubit:
    """A handle on a program's qubit: its id (``party.name``), the party that declared it, its name."""

    id: str
    party: str
    name: str


QubitLike: TypeAlias = Union[Qubit, str]


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
        self._outputs: dict[str, Output] | None = None
        self._finished: dict[str, str] = {}
        self._labels: set[str] = set()
        # Kept beside the operations so that building a long program stays linear in its length.
        self._parties: dict[str, None] = {}
        self._reached: dict[str, None] = {}
        self._free_number: dict[str, int] = {}

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
                holder = self._declared[qubit]
                raise InvalidInputError(f"{holder} already has a qubit {qubit!r}; ids must be unique")
            self._declared[qubit] = self._owner[qubit] = party
            self._parties[party] = None
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
        return None if self._outputs is None else tuple(self._outputs.values())

    @property
    def declared(self) -> Mapping[str, str]:
        """The party that declared each qubit id, in order."""
        return dict(self._declared)

    @property
    def parties(self) -> tuple[str, ...]:
        """The parties: those that declare qubits, in order, then those that are only sent some."""
        return tuple({**self._parties, **self._reached})

    @property
    def bit_owners(self) -> Mapping[str, tuple[str, ...]]:
        """The parties that know each recorded bit when it is made, in order of recording."""
        return dict(self._bits)

    # ---- operations --------------------------------------------------------------------------

    id, x, y, z = gate_method("id"), gate_method("x"), gate_method("y"), gate_method("z")
    h, s, sdg, sx = gate_method("h"), gate_method("s"), gate_method("sdg"), gate_method("sx")
    t, tdg, p = gate_method("t"), gate_method("tdg"), gate_method("p")
    rx, ry, rz = gate_method("rx"), gate_method("ry"), gate_method("rz")
    u1, u2, u3 = gate_method("u1"), gate_method("u2"), gate_method("u3")
    cx, cy, cz, ch = gate_method("cx"), gate_method("cy"), gate_method("cz"), gate_method("ch")
    cp, crx, cry, crz = gate_method("cp"), gate_method("crx"), gate_method("cry"), gate_method("crz")
    cu, swap, ccx, cswap = gate_method("cu"), gate_method("swap"), gate_method("ccx"), gate_method("cswap")

    def gate(self, name: str, *arguments: Any, when: ConditionLike | None = None) -> Program:
        """Append a standard gate: its angles (radians) first, then its qubits."""
        count = gate_definition(name).num_params
        angles, qubits = arguments[:count], arguments[count:]
        for angle in angles:
            if isinstance(angle, (Qubit, str)):
                raise InvalidInputError(f"{name} takes {count} angle(s), then its qubits; got {angle!r}")
        ids = self._local(name, qubits)
        return self._append(Gate(name, ids, angles, self._condition(when, name)))

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
        pair: Any = (readout, readout) if isinstance(readout, Real) else readout
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
                f"entangle on {self._say(ids)}: both belong to one party and no link joins a party to "
                "itself; use h and cx"
            )
        return self._append(pair)

    def send(self, qubit: QubitLike, to: str, link: str | None = None) -> Bit:
        """Send a qubit to another party and return the Bit that flags its loss (always 0 when ideal)."""
        ident = self._known("send", qubit)
        self._alive("send", (ident,))
        operation = Send(ident, to, self._free_name("loss:"), link)
        if self._owner[ident] == to:
            raise LocalityError(f"send: {to!r} already holds {self._say((ident,))}")
        self._owner[ident] = to
        self._reached[to] = None
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
        known = {**self._parties, **self._reached}
        for party in parties:
            if party not in known:
                names = ", ".join(known) or "none"
                raise InvalidInputError(f"coin: unknown party {party!r}; parties: {names}")
        if not known:
            raise InvalidInputError("coin: the program has no party yet; declare a qubit first")
        # All are named, or a party that joins later would know the coin after a round trip through JSON.
        operation = Coin(probability, self._new_bit("c", name), parties or tuple(known))
        return self._record(operation, operation.parties)

    def require(self, value: ConditionLike) -> Program:
        """Keep only the shots where a condition holds (post-selection)."""
        checked = self._condition(value, "require")
        assert checked is not None
        return self._append(Require(checked))

    def detector(self, value: Bit | Parity, coordinates: Sequence[float] = ()) -> Program:
        """Declare a parity of bits that is deterministic without noise."""
        return self._append(Detector(self._parity(value, "detector"), tuple(coordinates)))

    def observable(self, index: int, value: Bit | Parity) -> Program:
        """Declare a parity of bits as a logical observable."""
        return self._append(Observable(index, self._parity(value, "observable")))

    def save(self, label: str, *qubits: QubitLike) -> Program:
        """Give the final joint state of qubits a label; nothing may act on them afterwards."""
        return self._keep(Save(self._label(label), tuple(self._known("save", q) for q in qubits)))

    def expect(self, label: str, paulis: Mapping[Any, Literal["X", "Y", "Z"]]) -> Program:
        """Give the final expectation of a Pauli product a label, ``{qubit: "X", …}``."""
        if not isinstance(paulis, Mapping):
            raise InvalidInputError(f"expect takes a mapping of qubit to 'X', 'Y' or 'Z', got {paulis!r:.60}")
        pairs = tuple((self._known("expect", q), pauli) for q, pauli in paulis.items())
        return self._keep(Expect(self._label(label), pairs))

    def output(self, *values: Bit | Parity, label: str | None = None) -> Program:
        """Declare the bits or parities that are wanted; without any call, every recorded bit is.

        ``output()`` without a value declares that no bit is wanted. A parity is labelled by its formula
        unless ``label`` is given.
        """
        if label is not None and len(values) != 1:
            raise InvalidInputError(f"output label {label!r} needs one bit or parity, got {len(values)}")
        new: dict[str, Output] = {}
        for value in values:
            parity = self._parity(value, "output")
            output = Output(str(parity) if label is None else label, parity)
            if output.label in new or output.label in (self._outputs or {}):
                raise InvalidInputError(f"output label {output.label!r} is used twice")
            new[output.label] = output
        if self._outputs is None:
            self._outputs = {}
        self._outputs.update(new)
        return self

    # ---- use ---------------------------------------------------------------------------------

    def circuit(self) -> Circuit:
        """Return the party-free circuit with ideal links: Φ+ pairs, lossless sends, no idle noise."""
        from qnetframe.program.lowering import ideal_circuit

        return ideal_circuit(self)

    @property
    def resources(self) -> Resources:
        """Pairs, qubits sent, classical bits by direction, rounds, gates and depth by party."""
        from qnetframe.program.resources import count_resources

        return count_resources(self)

    @property
    def content_hash(self) -> str:
        """The sha256 of the canonical JSON."""
        return codec.content_hash(self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Return the program as plain JSON values."""
        outputs = None if self.outputs is None else codec.encode_outputs(self.outputs)
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

        return f"{self.name}\n" + draw(tuple(self._declared), self.operations, self._declared, self.outputs)

    def __repr__(self) -> str:
        return f"<Program {self.name!r}: {len(self._declared)} qubits, {len(self._operations)} operations>"

    def _repr_html_(self) -> str:
        return f'<div style="overflow-x:auto">{self._svg()}</div>'

    def _svg(self, width: float | None = 1120.0) -> str:
        from qnetframe.program.drawing import draw_svg

        owners = self._declared
        return draw_svg(tuple(owners), self.operations, owners, self.outputs, title=self.name, width=width)

    def draw(self, ax: Any = None, *, width: float | None = 1120.0) -> Any:
        """Draw the program and return the matplotlib Axes, that of a new Figure where ``ax`` is not given.

        ``p.draw().figure.savefig("program.pdf")`` writes it. A drawing wider than ``width`` (pixels, 96 to
        the inch; None for no limit) is wrapped; at most 64 qubits and 400 operations are drawn.
        """
        from qnetframe.program.drawing import draw_on_axes

        return draw_on_axes(self._svg(width), ax)

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
                    raise InvalidInputError(
                        f"{what} uses bit {bit!r}, which is not measured yet; measured: {names}"
                    )
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
            return self._free_name(prefix)
        if not isinstance(name, str) or not name or ":" in name or name in self._bits:
            raise InvalidInputError(f"bit name is {name!r}; it must be a new non-empty string without ':'")
        return name

    def _free_name(self, prefix: str) -> str:
        # Bits are never removed, so that the search can go on where it stopped.
        number = self._free_number.get(prefix, 0)
        while f"{prefix}{number}" in self._bits:
            number += 1
        self._free_number[prefix] = number
        return f"{prefix}{number}"

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
    array = complex_array(matrix, what)
    if array.ndim != 2:
        raise InvalidInputError(f"{what} has shape {array.shape}; it must be a matrix")
    return freeze(array)
