"""The Code: a stabilizer code as data, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.binary import Span, overlap

Position = tuple[float, float]


@dataclass(frozen=True)
class Code:
    """An [[n, k, d]] stabilizer code: Pauli strings of n letters "I", "X", "Y", "Z", without signs.

    ``logical_x[j]`` and ``logical_z[j]`` act on logical qubit j. Stabilizers may be redundant, as those of
    the toric code. ``distance`` is the claimed one, None where nobody knows; for a code whose stabilizers
    have X only or Z only it is that against the other kind. ``positions`` are the places of
    the data qubits, ``check_positions`` those of the stabilizers; both may be empty. ``schedule`` has for
    each stabilizer the data qubit (or None) that it meets in each time step of a round; without one, rounds
    are scheduled by ``programs.schedule``.

    Raises InvalidInputError for strings of wrong length or letter, stabilizers that do not commute, and
    logical operators with wrong number or commutation. D. Gottesman, quant-ph/9705052, chapter 3.
    """

    name: str
    stabilizers: tuple[str, ...]
    logical_x: tuple[str, ...]
    logical_z: tuple[str, ...]
    distance: int | None = None
    positions: tuple[Position, ...] = ()
    check_positions: tuple[Position, ...] = ()
    schedule: tuple[tuple[int | None, ...], ...] = ()

    def __post_init__(self) -> None:
        for field in ("stabilizers", "logical_x", "logical_z", "positions", "check_positions", "schedule"):
            object.__setattr__(self, field, tuple(getattr(self, field)))
        if not isinstance(self.name, str) or not self.name:
            raise InvalidInputError(f"code name is {self.name!r}; it must be a non-empty string")
        if not self.stabilizers:
            raise InvalidInputError(f"code {self.name!r} has no stabilizer")
        n = len(self.stabilizers[0])
        for field in ("stabilizers", "logical_x", "logical_z"):
            _check_strings(self.name, field, getattr(self, field), n)
        _check_commuting(self.name, self._rows)
        self._check_logicals()
        if self.distance is not None:
            checks.integer(self.distance, f"code {self.name!r}: distance", low=1, high=n)
        for field, length in (
            ("positions", n),
            ("check_positions", self.num_checks),
            ("schedule", self.num_checks),
        ):
            given = getattr(self, field)
            if given and len(given) != length:
                raise InvalidInputError(
                    f"code {self.name!r}: {field} has {len(given)} entries; it needs {length}"
                )
        self._check_schedule()

    # ---- parameters --------------------------------------------------------------------------

    @property
    def n(self) -> int:
        """The number of data qubits."""
        return len(self.stabilizers[0])

    @property
    def k(self) -> int:
        """The number of logical qubits."""
        return len(self.logical_x)

    @property
    def num_checks(self) -> int:
        """The number of stabilizers given, redundant ones included."""
        return len(self.stabilizers)

    @cached_property
    def rank(self) -> int:
        """The number of independent stabilizers, n - k."""
        return len(Span(_joint(row, self.n) for row in self._rows))

    @property
    def is_independent(self) -> bool:
        """Whether no stabilizer is a product of others."""
        return self.rank == self.num_checks

    @cached_property
    def is_css(self) -> bool:
        """Whether every stabilizer has only X or only Z."""
        return all(not x or not z for x, z in self._rows)

    @cached_property
    def is_one_sided(self) -> bool:
        """Whether the stabilizers have X only or Z only, so that one kind of error is not detected at all."""
        return self.is_css and not (self.x_checks and self.z_checks)

    @property
    def parameters(self) -> str:
        """The parameters as usually written, "[[7,1,3]]"."""
        return f"[[{self.n},{self.k},{'?' if self.distance is None else self.distance}]]"

    # ---- parts -------------------------------------------------------------------------------

    def support(self, pauli: str) -> tuple[int, ...]:
        """Return the data qubits on which a Pauli string is not the identity."""
        return tuple(i for i, letter in enumerate(pauli) if letter != "I")

    @cached_property
    def x_checks(self) -> tuple[int, ...]:
        """The indices of the stabilizers that have X only."""
        return tuple(i for i, (x, z) in enumerate(self._rows) if not z)

    @cached_property
    def z_checks(self) -> tuple[int, ...]:
        """The indices of the stabilizers that have Z only."""
        return tuple(i for i, (x, z) in enumerate(self._rows) if not x)

    def syndrome(self, pauli: str) -> tuple[int, ...]:
        """Return, for each stabilizer, 1 where a Pauli string anticommutes with it."""
        _check_strings(self.name, "error", (pauli,), self.n)
        x, z = symplectic(pauli)
        return tuple(overlap(x, c) ^ overlap(z, a) for a, c in self._rows)

    def logical_effect(self, pauli: str) -> tuple[str, ...]:
        """Return what a Pauli string does to each logical qubit, up to stabilizers where it commutes with
        all.
        """
        _check_strings(self.name, "error", (pauli,), self.n)
        return tuple(
            "IXZY"[anticommute(pauli, z) + 2 * anticommute(pauli, x)]
            for x, z in zip(self.logical_x, self.logical_z, strict=True)
        )

    @cached_property
    def _rows(self) -> tuple[tuple[int, int], ...]:
        return tuple(symplectic(s) for s in self.stabilizers)

    def _check_logicals(self) -> None:
        name = f"code {self.name!r}"
        wanted = self.n - self.rank
        if len(self.logical_x) != wanted or len(self.logical_z) != wanted:
            raise InvalidInputError(
                f"{name} has {len(self.logical_x)} logical X and {len(self.logical_z)} logical Z; {self.n} "
                "qubits "
                f"and {self.rank} independent stabilizers make {wanted} logical qubits"
            )
        for field in ("logical_x", "logical_z"):
            for j, operator in enumerate(getattr(self, field)):
                violated = [i for i, bit in enumerate(self.syndrome(operator)) if bit]
                if violated:
                    raise InvalidInputError(
                        f"{name}: {field}[{j}] {operator} anticommutes with stabilizer {violated[0]} "
                        f"{self.stabilizers[violated[0]]}"
                    )
        named = [("logical_x", i, p) for i, p in enumerate(self.logical_x)]
        named += [("logical_z", i, p) for i, p in enumerate(self.logical_z)]
        for a, (field, i, p) in enumerate(named):
            for other, j, q in named[:a]:
                if anticommute(p, q) != (i == j and field != other):
                    raise InvalidInputError(
                        f"{name}: {other}[{j}] and {field}[{i}] must "
                        f"{'anticommute' if i == j else 'commute'}, and do not"
                    )

    def _check_schedule(self) -> None:
        for i, steps in enumerate(self.schedule):
            met = sorted(q for q in steps if q is not None)
            if met != list(self.support(self.stabilizers[i])):
                raise InvalidInputError(
                    f"code {self.name!r}: schedule[{i}] meets the qubits {met}; stabilizer {i} acts on "
                    f"{list(self.support(self.stabilizers[i]))}"
                )
        for step, column in enumerate(zip(*self.schedule, strict=True)) if self.schedule else ():
            busy = [q for q in column if q is not None]
            if len(set(busy)) != len(busy):
                raise InvalidInputError(
                    f"code {self.name!r}: schedule meets a data qubit twice in step {step}"
                )

    def __str__(self) -> str:
        kind = "CSS" if self.is_css else "stabilizer"
        spare = self.num_checks - self.rank
        return f"{self.name} {self.parameters}, {kind}, {self.num_checks} checks" + (
            f" ({spare} redundant)" if spare else ""
        )


def symplectic(pauli: str) -> tuple[int, int]:
    """Return the X part and the Z part of a Pauli string as rows: bit i is qubit i."""
    x = sum(1 << i for i, letter in enumerate(pauli) if letter in "XY")
    z = sum(1 << i for i, letter in enumerate(pauli) if letter in "ZY")
    return x, z


def pauli_string(x: int, z: int, n: int) -> str:
    """Return the Pauli string of an X part and a Z part."""
    return "".join("IXZY"[(x >> i & 1) + 2 * (z >> i & 1)] for i in range(n))


def anticommute(a: str, b: str) -> bool:
    """Whether two Pauli strings of the same length anticommute."""
    return bool(sum(p != q and p != "I" and q != "I" for p, q in zip(a, b, strict=True)) & 1)


def product(a: str, b: str) -> str:
    """Return the product of two Pauli strings without its sign."""
    (ax, az), (bx, bz) = symplectic(a), symplectic(b)
    return pauli_string(ax ^ bx, az ^ bz, len(a))


def on_qubits(letter: str, qubits: Iterable[int], n: int) -> str:
    """Return the Pauli string of n letters with ``letter`` on some qubits."""
    places = set(qubits)
    return "".join(letter if i in places else "I" for i in range(n))


def _joint(row: tuple[int, int], n: int) -> int:
    return row[0] | row[1] << n


def _check_strings(name: str, field: str, strings: Sequence[str], n: int) -> None:
    for i, pauli in enumerate(strings):
        if not isinstance(pauli, str) or set(pauli) - set("IXYZ"):
            raise InvalidInputError(
                f"code {name!r}: {field}[{i}] is {pauli!r:.80}; it must be a string of I, X, Y and Z"
            )
        if len(pauli) != n:
            raise InvalidInputError(
                f"code {name!r}: {field}[{i}] has {len(pauli)} letters; the others have {n}"
            )
        if field != "error" and not pauli.strip("I"):
            raise InvalidInputError(f"code {name!r}: {field}[{i}] is the identity")


def _check_commuting(name: str, rows: Sequence[tuple[int, int]]) -> None:
    for i, (x, z) in enumerate(rows):
        for j, (a, c) in enumerate(rows[:i]):
            if overlap(x, c) ^ overlap(z, a):
                raise InvalidInputError(f"code {name!r}: stabilizers {j} and {i} anticommute")
