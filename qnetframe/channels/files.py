"""Channels from files: JSON or numpy's npz, by Kraus operators, Pauli weights or a matrix of the map."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from qnetframe.channels import paulis
from qnetframe.channels import representations as rep
from qnetframe.channels.channel import Channel
from qnetframe.channels.paulis import ComplexArray
from qnetframe.errors import InvalidInputError

MAX_BYTES = 1 << 26
"""Files (and what is packed in an npz) above 64 MiB are refused."""

MAX_QUBITS = 5
"""Channels on more qubits are refused: a superoperator on six has 16 million entries."""

# What zipfile, zlib and numpy raise for damaged archives and array headers.
_UNREADABLE = (
    OSError, ValueError, EOFError, KeyError, SyntaxError, TypeError, NotImplementedError, RuntimeError,
    MemoryError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip

FORMS = ("kraus", "choi", "superoperator", "pauli_transfer", "unitary", "pauli")


def from_file(path: str) -> Channel:
    """Return the channel in a file, ``.json`` or ``.npz``.

    The file has exactly one of: ``kraus`` (m, d, d), ``choi``, ``superoperator`` or ``pauli_transfer``
    (d^2, d^2), ``unitary`` (d, d), in the conventions of `Channel`; JSON also ``pauli`` ({"XZ": 0.01}); and
    optionally ``name``. A complex number in JSON is a number or a pair [re, im]; `Channel.to_dict` writes
    such a file. Raises InvalidInputError, naming the file and what is wrong with it, for anything else: a
    missing or too large file, malformed JSON, pickled objects, numbers that are not finite, wrong shapes, a
    map that is not completely positive and trace preserving.
    """
    where = f"channel file {os.fspath(path)!r}"
    content = _npz(path, where) if _suffix(path, where) == ".npz" else _json(path, where)
    name = content.pop("name", "")
    if not isinstance(name, str):
        raise InvalidInputError(f"{where}: name is {name!r:.60}; it must be text")
    if len(content) != 1 or next(iter(content)) not in FORMS:
        keys = ", ".join(repr(key)[:40] for key in list(content)[:8]) or "none"
        raise InvalidInputError(f"{where} has the keys {keys}; it must have one of {', '.join(FORMS)}")
    ((form, value),) = content.items()
    try:
        return _build(form, value, name, where)
    except InvalidInputError as error:
        text = str(error)
        raise InvalidInputError(text if text.startswith(where) else f"{where}: {text}") from None


def _build(form: str, value: Any, name: str, where: str) -> Channel:
    if form == "pauli":
        if not isinstance(value, Mapping) or any(len(label) > MAX_QUBITS for label in value):
            raise InvalidInputError(
                f"{where}: pauli must be a table of Pauli labels of at most {MAX_QUBITS} letters"
            )
        return Channel.from_pauli(value, name)
    array = value if isinstance(value, np.ndarray) else _numbers(value, form, where)
    expected = 3 if form == "kraus" else 2
    size = MAX_QUBITS if form in ("kraus", "unitary") else 2 * MAX_QUBITS
    if array.ndim != expected or 0 in array.shape or max(array.shape[-2:]) > 1 << size:
        raise InvalidInputError(
            f"{where}: {form} has shape {array.shape}; it must have {expected} dimensions, of at most "
            f"{MAX_QUBITS} qubits"
        )
    if form == "kraus":
        if array.shape[0] > 4**MAX_QUBITS:
            raise InvalidInputError(f"{where}: kraus has {array.shape[0]} operators; at most {4**MAX_QUBITS}")
        return Channel(array, name)
    if form == "unitary":
        return Channel.from_unitary(array, name)
    if form == "choi":
        return Channel.from_choi(array, name)
    if form == "superoperator":
        return Channel.from_superoperator(array, name)
    return from_pauli_transfer(array, name)


def from_pauli_transfer(matrix: Any, name: str = "") -> Channel:
    """Return the channel with this Pauli transfer matrix R_ij = tr(P_i Phi(P_j)) / d, shape (d^2, d^2)."""
    field = f"channel {name!r}" if name else "channel"
    transfer = rep.square_of_channel(matrix, f"{field}: Pauli transfer matrix")
    largest = float(np.abs(transfer.imag).max())
    if largest > rep.TOLERANCE:
        raise InvalidInputError(
            f"{field}: Pauli transfer matrix has an imaginary part of {largest:.3g}; it must be real"
        )
    labels = paulis.pauli_labels((transfer.shape[0].bit_length() - 1) // 2)
    vectors = np.stack([paulis.pauli_matrix(label).ravel() for label in labels])
    superoperator = vectors.T @ transfer.real @ vectors.conj() / (1 << len(labels[0]))
    return Channel.from_superoperator(superoperator, name)


def _suffix(path: Any, where: str) -> str:
    try:
        suffix, size = str(os.path.splitext(path)[1]).lower(), os.stat(path).st_size
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"{where} cannot be read: {error}") from error
    if suffix not in (".json", ".npz"):
        raise InvalidInputError(f"{where} ends in {suffix!r}; it must end in .json or .npz")
    if not os.path.isfile(path):
        raise InvalidInputError(f"{where} is no file")
    if size > MAX_BYTES:
        raise InvalidInputError(f"{where} has {size} bytes; at most {MAX_BYTES}")
    return suffix


def _json(path: Any, where: str) -> dict[str, Any]:
    def refuse(word: str) -> NoReturn:
        raise InvalidInputError(f"{where} has the number {word}; all must be finite")

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(pairs)
        if len(table) < len(pairs):
            raise InvalidInputError(f"{where} has a key twice")
        return table

    try:
        with open(path, encoding="utf-8") as file:
            content = json.load(file, parse_constant=refuse, object_pairs_hook=unique)
    except InvalidInputError:
        raise
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{where} is no valid JSON: {str(error)[:120]}") from error
    if not isinstance(content, dict):
        raise InvalidInputError(f"{where} has a {type(content).__name__} at the top; it must be a table")
    return content


def _npz(path: Any, where: str) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(path) as archive:
            total = sum(entry.file_size for entry in archive.infolist())
            if total > MAX_BYTES or len(archive.infolist()) > 8:
                raise InvalidInputError(f"{where} unpacks to {total} bytes; at most {MAX_BYTES} in 8 arrays")
        with np.load(path, allow_pickle=False) as arrays:
            content: dict[str, Any] = {key: arrays[key] for key in arrays.files}
    except InvalidInputError:
        raise
    except _UNREADABLE as error:
        raise InvalidInputError(f"{where} is no valid npz of numbers: {str(error)[:120]}") from error
    name = content.get("name")
    if isinstance(name, np.ndarray) and name.dtype.kind == "U" and name.size == 1:
        content["name"] = str(name.item())
    for key, array in content.items():
        if isinstance(array, np.ndarray) and array.dtype.kind not in "iufc":
            raise InvalidInputError(f"{where}: {key[:40]!r} has the type {array.dtype}; it must be numbers")
    return content


def _numbers(value: Any, form: str, where: str) -> ComplexArray:
    """Return nested lists of numbers, or of pairs [re, im], as an array of complex numbers."""
    depth, probe = 0, value
    while isinstance(probe, list) and probe:
        probe, depth = probe[0], depth + 1
    expected = 3 if form == "kraus" else 2
    try:
        array = np.array(value)
        if array.dtype.kind not in "iuf":
            raise ValueError(f"type {array.dtype}")
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InvalidInputError(
            f"{where}: {form} is no array of numbers or of pairs [re, im]: {str(error)[:80]}"
        ) from error
    if depth == expected + 1 and array.shape[-1] == 2:
        return np.asarray(array[..., 0] + 1j * array[..., 1], dtype=complex)
    return np.asarray(array, dtype=complex)
