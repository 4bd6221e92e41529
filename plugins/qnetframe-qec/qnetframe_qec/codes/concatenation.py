"""Concatenation: every qubit of an outer code becomes a logical qubit of an inner one.

E. Knill and R. Laflamme, quant-ph/9608012 (1996).
"""

from __future__ import annotations

from functools import reduce

from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.code import Code, product


def concatenated(outer: Code, inner: Code) -> Code:
    """Return the outer code on logical qubits of blocks of the inner code.

    Qubits inner.k·b … of the outer code live in block b, so inner.k must divide outer.n. The distance is the
    product of both where inner.k is 1 and both protect against X and Z; otherwise none is claimed.
    """
    if outer.n % inner.k:
        raise InvalidInputError(
            f"outer code {outer.name!r} has {outer.n} qubits, inner code {inner.name!r} encodes {inner.k}; "
            "the second must divide the first"
        )
    blocks = outer.n // inner.k
    n = blocks * inner.n

    def in_block(pauli: str, block: int) -> str:
        return "I" * (block * inner.n) + pauli + "I" * (n - (block + 1) * inner.n)

    def lifted(pauli: str) -> str:
        parts = ["I" * n]
        for qubit, letter in enumerate(pauli):
            block, j = divmod(qubit, inner.k)
            if letter in "XY":
                parts.append(in_block(inner.logical_x[j], block))
            if letter in "ZY":
                parts.append(in_block(inner.logical_z[j], block))
        return reduce(product, parts)

    known = inner.k == 1 and all(c.distance is not None and not c.is_one_sided for c in (outer, inner))
    return Code(
        f"{outer.name}({inner.name})",
        (
            *(in_block(s, b) for b in range(blocks) for s in inner.stabilizers),
            *map(lifted, outer.stabilizers),
        ),
        tuple(map(lifted, outer.logical_x)),
        tuple(map(lifted, outer.logical_z)),
        distance=outer.distance * inner.distance if known else None,  # type: ignore[operator]
    )
