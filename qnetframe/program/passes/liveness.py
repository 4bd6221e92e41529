"""Which functions of the recorded bits are still wanted: the classical memory that a run must keep.

Conditions and outputs are parities, so what a run has to remember at any time is the span, over GF(2), of
the wanted parities restricted to the bits recorded so far. A basis of that span is kept in numbered slots;
a swapping chain of any length needs two.
"""

from __future__ import annotations

from collections.abc import Iterable

from qnetframe.program.circuit import Circuit
from qnetframe.program.operations import Detector, Observable, condition_of
from qnetframe.values import Condition, Parity, parities_of


class LiveParities:
    """The wanted parities and, for each, the slots whose XOR is its value so far.

    Drive it in the order of the operations: ``record`` when a bit is made, ``use`` after a condition was
    evaluated, ``compress`` whenever slots should be freed.
    """

    def __init__(self, circuit: Circuit) -> None:
        # Parities go by number: hashing the bits of a long one at every look-up would make chains quadratic.
        self._numbers: dict[tuple[str, ...], int] = {}
        self._uses: list[int] = []
        self._containing: dict[str, list[int]] = {}
        self._coordinates: dict[int, int] = {}
        self._slots = 0
        self._next = 0
        self._full = True  # whether the coordinates are known to span all slots
        for output in circuit.outputs:
            self._want(output.parity)
        for operation in circuit.operations:
            needed = condition_of(operation)
            if needed is not None and not isinstance(operation, (Detector, Observable)):
                for parity in parities_of(needed):
                    self._want(parity)

    def _want(self, parity: Parity) -> None:
        number = self._numbers.setdefault(parity.bits, len(self._uses))
        if number == len(self._uses):
            self._uses.append(0)
            for bit in parity.bits:
                self._containing.setdefault(bit, []).append(number)
        self._uses[number] += 1

    def wanted(self, bit: str) -> bool:
        """Whether some condition or output still to come depends on the bit."""
        return any(self._uses[number] for number in self._containing.get(bit, ()))

    def record(self, bit: str) -> int | None:
        """Give a new bit a slot and return its number; None where nothing wants the bit."""
        if not self.wanted(bit):
            return None
        slot = self._next
        self._next += 1
        self._slots |= 1 << slot
        # A parity that is this bit and nothing else so far makes the span one larger, like the slots.
        live = [number for number in self._containing[bit] if self._uses[number]]
        self._full &= not all(self._coordinates.get(number) for number in live)
        for number in live:
            self._coordinates[number] = self._coordinates.get(number, 0) ^ (1 << slot)
        return slot

    def slots_of(self, parity: Parity) -> tuple[int, ...]:
        """Return the slots whose XOR (with the parity's constant) is its value."""
        number = self._numbers.get(parity.bits)
        return () if number is None else _members(self._coordinates.get(number, 0))

    def use(self, condition: Condition) -> None:
        """Say that one use of a condition is over."""
        for parity in parities_of(condition):
            number = self._numbers[parity.bits]
            self._uses[number] -= 1
            if not self._uses[number]:
                self._full &= not self._coordinates.pop(number, 0)

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots in use."""
        return _members(self._slots)

    @property
    def num_slots(self) -> int:
        """The number of slots in use."""
        return self._slots.bit_count()

    def compress(self) -> tuple[list[tuple[int, int]], list[int]]:
        """Free slots that no wanted parity needs.

        Returns the XORs to do in order, as (target, source), and then the slots to drop.
        """
        if self._full:
            return [], []
        self._full = True
        basis: dict[int, int] = {}
        for row in self._coordinates.values():
            for pivot, other in basis.items():
                if row >> pivot & 1:
                    row ^= other
            if row:
                new = (row & -row).bit_length() - 1
                for pivot, other in basis.items():
                    if other >> new & 1:
                        basis[pivot] = other ^ row
                basis[new] = row
        if len(basis) == self._slots.bit_count():
            return [], []
        xors = [(p, s) for p, row in basis.items() for s in _members(row ^ (1 << p))]
        kept = sum(1 << p for p in basis)
        dropped = _members(self._slots & ~kept)
        self._slots = kept
        self._coordinates = {number: row & kept for number, row in self._coordinates.items()}
        return xors, list(dropped)


def _members(mask: int) -> tuple[int, ...]:
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return tuple(found)


def last_uses(names: Iterable[Iterable[str]]) -> dict[str, int]:
    """Return the index of the last item of a sequence that mentions each name."""
    return {name: i for i, group in enumerate(names) for name in group}
