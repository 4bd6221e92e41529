"""Surface codes: rotated, unrotated and toric, with schedules whose hook errors keep the distance.

A. G. Fowler et al., Phys. Rev. A 86, 032324 (2012); rotated: H. Bombin and M. A. Martin-Delgado, Phys. Rev. A
76, 012305 (2007); schedule of the rotated one: Y. Tomita and K. M. Svore, Phys. Rev. A 90, 062320 (2014).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qnetframe import checks
from qnetframe_qec.codes.code import Code, Position, on_qubits

_Place = tuple[int, int]
# The last two qubits that an ancilla meets lie across the logical operator of its kind, so that an error of
# the ancilla halfway does not go along with it.
_X_ORDER = ((1, 1), (-1, 1), (1, -1), (-1, -1))
_Z_ORDER = ((1, 1), (1, -1), (-1, 1), (-1, -1))
_STAR_ORDER = ((1, 0), (0, 1), (0, -1), (-1, 0))


def rotated_surface(distance: int = 3) -> Code:
    """Return the rotated surface code, [[d², 1, d]]: logical X along y, logical Z along x.

    Data qubits sit at odd coordinates (2i + 1, 2j + 1), checks at even ones.
    """
    d = checks.integer(distance, "distance", low=2)
    return rotated_rectangle(d, d)


def rotated_rectangle(width: int, height: int, left: int = 0) -> Code:
    """Return a rotated surface code of ``width`` columns from column ``left`` on, and ``height`` rows.

    Logical Z along x has weight ``width``, logical X along y weight ``height``. Whether a face checks X or Z
    follows from its place alone, so that neighbouring patches fit together.
    """
    columns = range(left, left + width)
    data = [(2 * i + 1, 2 * j + 1) for j in range(height) for i in columns]
    inner, outer = range(left + 1, left + width), range(left, left + width + 1)
    x_checks = [(2 * i, 2 * j) for i in inner for j in range(height + 1) if (i + j) % 2]
    z_checks = [(2 * i, 2 * j) for i in outer for j in range(1, height) if (i + j) % 2 == 0]
    name = f"rotated-surface-{width}" if width == height else f"rotated-surface-{width}x{height}"
    return _planar(
        name, data, [(x_checks, "X", _X_ORDER), (z_checks, "Z", _Z_ORDER)],
        [i for i, (x, _) in enumerate(data) if x == 2 * left + 1],
        [i for i, (_, y) in enumerate(data) if y == 1], min(width, height),
    )  # fmt: skip


def unrotated_surface(distance: int = 3) -> Code:
    """Return the unrotated (planar) surface code, [[d² + (d-1)², 1, d]]: logical X along y, logical Z
    along x.
    """
    d = checks.integer(distance, "distance", low=2)
    size = 2 * d - 1
    data = [(x, y) for y in range(size) for x in range(size) if (x + y) % 2 == 0]
    x_checks = [(x, y) for y in range(size) for x in range(size) if x % 2 and not y % 2]
    z_checks = [(x, y) for y in range(size) for x in range(size) if y % 2 and not x % 2]
    return _planar(
        f"unrotated-surface-{d}", data, [(x_checks, "X", _STAR_ORDER), (z_checks, "Z", _STAR_ORDER)],
        [i for i, (x, _) in enumerate(data) if x == 0], [i for i, (_, y) in enumerate(data) if y == 0], d,
    )  # fmt: skip


def toric(distance: int = 3) -> Code:
    """Return the toric code, [[2d², 2, d]], whose last X and Z check are redundant. A. Kitaev,
    quant-ph/9707021.
    """
    d = checks.integer(distance, "distance", low=2)
    size = 2 * d
    data = [(x, y) for y in range(size) for x in range(size) if (x + y) % 2 == 0]
    index = {place: i for i, place in enumerate(data)}
    names, places, schedule = [], [], []
    for letter, odd in (("X", 1), ("Z", 0)):
        for y in range(1 - odd, size, 2):
            for x in range(odd, size, 2):
                met = [index[(x + dx) % size, (y + dy) % size] for dx, dy in _STAR_ORDER]
                names.append(on_qubits(letter, met, len(data)))
                places.append((float(x), float(y)))
                schedule.append(tuple(met))
    # X checks are at odd x and even y, Z checks at even x and odd y.
    column = [i for i, (x, y) in enumerate(data) if x == 0]
    row = [i for i, (x, y) in enumerate(data) if y == 0]
    other_column = [i for i, (x, y) in enumerate(data) if x == 1]
    other_row = [i for i, (x, y) in enumerate(data) if y == 1]
    n = len(data)
    return Code(
        f"toric-{d}", tuple(names),
        (on_qubits("X", column, n), on_qubits("X", other_row, n)),
        (on_qubits("Z", row, n), on_qubits("Z", other_column, n)),
        distance=d, positions=_floats(data), check_positions=tuple(places), schedule=tuple(schedule),
    )  # fmt: skip


def _planar(
    name: str,
    data: Sequence[_Place],
    kinds: Sequence[tuple[Sequence[_Place], str, Sequence[_Place]]],
    logical_x: Sequence[int],
    logical_z: Sequence[int],
    distance: int,
) -> Code:
    index: Mapping[_Place, int] = {place: i for i, place in enumerate(data)}
    stabilizers, places, schedule = [], [], []
    for positions, letter, order in kinds:
        for x, y in positions:
            met = tuple(index.get((x + dx, y + dy)) for dx, dy in order)
            stabilizers.append(on_qubits(letter, [q for q in met if q is not None], len(data)))
            places.append((x, y))
            schedule.append(met)
    return Code(
        name, tuple(stabilizers),
        (on_qubits("X", logical_x, len(data)),), (on_qubits("Z", logical_z, len(data)),),
        distance=distance, positions=_floats(data), check_positions=_floats(places), schedule=tuple(schedule),
    )  # fmt: skip


def _floats(places: Sequence[_Place]) -> tuple[Position, ...]:
    return tuple((float(x), float(y)) for x, y in places)
