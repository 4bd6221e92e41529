"""Channels as plain JSON data and back, exactly."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qnetframe.channels.paulis import ComplexArray
from qnetframe.errors import InvalidInputError

_FORM = '{"name": text, "pauli": {label: p}} or {"name": text, "kraus": list of matrices of [re, im]}'


def write_form(name: str, weights: dict[str, float] | None, kraus: ComplexArray | None) -> dict[str, Any]:
    """Return the plain data of a channel given by Pauli weights or by Kraus operators (m, d, d)."""
    data: dict[str, Any] = {"name": name} if name else {}
    if weights is not None:
        data["pauli"] = dict(weights)
    if kraus is not None:
        data["kraus"] = [[[[z.real, z.imag] for z in row] for row in matrix] for matrix in kraus.tolist()]
    return data


def read_form(data: Any) -> tuple[str, list[list[list[complex]]] | None]:
    """Return (name, Kraus operators), None for the latter if the data has the key "pauli".

    Only the form is checked here, the values where they are used.
    """
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"channel data is {data!r}; it must be {_FORM}")
    unknown = [key for key in data if key not in ("name", "pauli", "kraus")]
    if unknown or ("pauli" in data) == ("kraus" in data):
        raise InvalidInputError(f"channel data has the keys {sorted(map(str, data))!r}; it must be {_FORM}")
    name = data.get("name", "")
    if "pauli" in data:
        return name, None
    try:
        kraus = [[[complex(re, im) for re, im in row] for row in matrix] for matrix in data["kraus"]]
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(
            f"channel data: kraus is {data['kraus']!r}; it must be a list of matrices with entries [re, im]"
        ) from error
    return name, kraus
