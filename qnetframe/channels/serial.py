"""Channels as plain JSON data and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qnetframe.channels.paulis import ComplexArray
from qnetframe.errors import InvalidInputError

_FORM = '{"name": text, "pauli": {label: p}} or {"name": text, "kraus": list of matrices of [re, im]}'


def channel_to_dict(
    name: str, weights: dict[str, float] | None, kraus: ComplexArray | None
) -> dict[str, Any]:
    """Return the plain data of a channel given by Pauli weights or by Kraus operators (m, d, d)."""
    data: dict[str, Any] = {"name": name} if name else {}
    if weights is not None:
        data["pauli"] = dict(weights)
    if kraus is not None:
        data["kraus"] = [[[[z.real, z.imag] for z in row] for row in matrix] for matrix in kraus.tolist()]
    return data


def channel_from_dict(data: Any) -> tuple[str, Mapping[str, float] | None, list[list[list[complex]]] | None]:
    """Return (name, Pauli weights or None, Kraus operators or None); values are checked by the caller."""
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"channel data is {data!r}; it must be {_FORM}")
    unknown = sorted(str(key) for key in data if key not in ("name", "pauli", "kraus"))
    if unknown or ("pauli" in data) == ("kraus" in data):
        raise InvalidInputError(f"channel data has the keys {sorted(map(str, data))!r}; it must be {_FORM}")
    name = data.get("name", "")
    if not isinstance(name, str):
        raise InvalidInputError(f"channel data: name is {name!r}; it must be text")
    if "pauli" in data:
        return name, data["pauli"], None
    try:
        kraus = [[[complex(re, im) for re, im in row] for row in matrix] for matrix in data["kraus"]]
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(
            f"channel data: kraus is {data['kraus']!r}; it must be a list of matrices with entries [re, im]"
        ) from error
    return name, None, kraus
