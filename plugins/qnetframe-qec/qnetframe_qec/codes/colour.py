"""The triangular 6.6.6 colour code. H. Bombin and M. A. Martin-Delgado, Phys. Rev. Lett. 97, 180501
(2006).
"""

from __future__ import annotations

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.code import Code, on_qubits

_NEIGHBOURS = ((1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1))


def colour(distance: int = 3) -> Code:
    """Return the [[(3d² + 1)/4, 1, d]] colour code on a triangle of hexagons; d is odd.

    Every face is an X and a Z check. d = 3 is the Steane code.
    """
    d = checks.integer(distance, "distance", low=3)
    if d % 2 == 0:
        raise InvalidInputError(f"distance is {d}; a triangular colour code has an odd one")
    side = (3 * d - 1) // 2
    sites = [(x, y) for y in range(side) for x in range(side - y)]
    data = [(x, y) for x, y in sites if (x + 2 * y) % 3 != 1]
    faces = [(x, y) for x, y in sites if (x + 2 * y) % 3 == 1]
    index = {site: i for i, site in enumerate(data)}
    n = len(data)
    supports = [
        [index[x + dx, y + dy] for dx, dy in _NEIGHBOURS if (x + dx, y + dy) in index] for x, y in faces
    ]
    edge = [i for i, (_, y) in enumerate(data) if y == 0]

    def place(x: int, y: int, shift: float = 0.0) -> tuple[float, float]:
        return (x + y / 2 + shift, y * 0.75**0.5)

    return Code(
        f"colour-{d}",
        (*(on_qubits("X", s, n) for s in supports), *(on_qubits("Z", s, n) for s in supports)),
        (on_qubits("X", edge, n),),
        (on_qubits("Z", edge, n),),
        distance=d,
        positions=tuple(place(x, y) for x, y in data),
        check_positions=(*(place(x, y, -0.15) for x, y in faces), *(place(x, y, 0.15) for x, y in faces)),
    )
