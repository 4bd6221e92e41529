"""Linear algebra over GF(2) on rows held as Python integers: bit i of a row is column i."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Span:
    """The row space of some vectors, grown one vector at a time."""

    def __init__(self, rows: Iterable[int] = ()) -> None:
        self._pivots: dict[int, int] = {}
        for row in rows:
            self.add(row)

    def __len__(self) -> int:
        return len(self._pivots)

    def reduced(self, row: int) -> int:
        """Return what is left of a row; 0 where it lies in the span."""
        while row and (pivot := row.bit_length()) in self._pivots:
            row ^= self._pivots[pivot]
        return row

    def add(self, row: int) -> bool:
        """Add a row and say whether it was independent of those before."""
        left = self.reduced(row)
        if left:
            self._pivots[left.bit_length()] = left
        return bool(left)


def rank(rows: Iterable[int]) -> int:
    """Return the dimension of the row space."""
    return len(Span(rows))


def kernel(rows: Sequence[int], width: int) -> list[int]:
    """Return a basis of the vectors that have even overlap with every row."""
    # Columns are eliminated; beside each stands which columns were added up to it.
    columns = [sum(1 << i for i, row in enumerate(rows) if row >> c & 1) for c in range(width)]
    pivots: dict[int, tuple[int, int]] = {}
    basis = []
    for c, column in enumerate(columns):
        made_of = 1 << c
        while column and (pivot := column.bit_length()) in pivots:
            column ^= pivots[pivot][0]
            made_of ^= pivots[pivot][1]
        if column:
            pivots[column.bit_length()] = (column, made_of)
        else:
            basis.append(made_of)
    return basis


def overlap(a: int, b: int) -> int:
    """Return the parity of the number of columns in which both rows are 1."""
    return (a & b).bit_count() & 1


def inverse(matrix: Sequence[int]) -> list[int]:
    """Return the inverse of a square matrix of full rank, both as rows."""
    size = len(matrix)
    rows = [row | 1 << (size + i) for i, row in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i] >> column & 1)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for i in range(size):
            if i != column and rows[i] >> column & 1:
                rows[i] ^= rows[column]
    return [row >> size for row in rows]
