"""Operations and conditions as plain JSON values and back; malformed JSON is refused by field."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from typing import Any, get_args

from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.program.operations import ProgramOperation
from qnetframe.values import AllOf, AnyOf, Condition, Parity


def _concrete(union: Any) -> list[Any]:
    members: list[Any] = []
    for member in get_args(union):
        members.extend(_concrete(member) if get_args(member) else [member])
    return members


KINDS: dict[str, Any] = {cls.kind: cls for cls in _concrete(ProgramOperation)}


def content_hash(data: Any) -> str:
    """Return the sha256 of the canonical JSON (sorted keys, no spaces) of plain values."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parse_json(text: str, what: str) -> Any:
    """Return the JSON value of a text; InvalidInputError says line and column of a mistake."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InvalidInputError(f"{what} is not valid JSON: {error}") from None


def field(data: Any, name: str, kind: type, where: str) -> Any:
    """Return ``data[name]``, which must be of a JSON type."""
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} is {data!r:.60}; it must be a JSON object")
    if name not in data:
        raise InvalidInputError(f"{where} has no field {name!r}; it has: {', '.join(map(str, data)) or 'none'}")
    value = data[name]
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidInputError(f"{where}.{name} is {value!r:.60}; it must be of type {kind.__name__}")
    return value


def strings(data: Any, name: str, where: str) -> tuple[str, ...]:
    """Return ``data[name]``, which must be a list of strings."""
    items = field(data, name, list, where)
    for i, item in enumerate(items):
        if not isinstance(item, str):
            raise InvalidInputError(f"{where}.{name}[{i}] is {item!r:.60}; it must be a string")
    return tuple(items)


def check_format(data: Any, expected: str) -> None:
    """Raise unless ``data`` says that it has the expected format."""
    found = field(data, "format", str, "document")
    if found != expected:
        raise InvalidInputError(f"document.format is {found!r}; this version reads {expected!r}")


def encode_condition(value: Condition) -> dict[str, Any]:
    """Return a condition as plain JSON values."""
    if isinstance(value, Parity):
        return {"parity": list(value.bits), "constant": value.constant}
    name = "all_of" if isinstance(value, AllOf) else "any_of"
    return {name: [encode_condition(p) for p in value.parities]}


def decode_condition(data: Any, where: str) -> Condition:
    """Return the condition of ``encode_condition``."""
    if isinstance(data, dict) and "parity" in data:
        return Parity(strings(data, "parity", where), field(data, "constant", int, where))
    kinds: dict[str, Callable[[tuple[Parity, ...]], Condition]] = {"all_of": AllOf, "any_of": AnyOf}
    for name, kind in kinds.items():
        if isinstance(data, dict) and name in data:
            parts = [decode_condition(p, f"{where}.{name}") for p in field(data, name, list, where)]
            parities = tuple(p for p in parts if isinstance(p, Parity))
            if not parts or len(parities) != len(parts):
                raise InvalidInputError(f"{where}.{name} must be a list of parities")
            return kind(parities)
    raise InvalidInputError(f"{where} is {data!r:.60}; it must have 'parity', 'all_of' or 'any_of'")


def _encode(value: Any) -> Any:
    if isinstance(value, Channel):
        return value.to_dict()
    if isinstance(value, (Parity, AllOf, AnyOf)):
        return encode_condition(value)
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, tuple):
        return [_encode(v) for v in value]
    return value


def encode_operation(operation: ProgramOperation) -> dict[str, Any]:
    """Return an operation as plain JSON values; fields at their default are left out."""
    data: dict[str, Any] = {"op": operation.kind}
    for item in dataclasses.fields(operation):
        value = getattr(operation, item.name)
        if item.default is dataclasses.MISSING or value != item.default:
            data[item.name] = _encode(value)
    return data


def _tuple(value: Any) -> Any:
    return tuple(_tuple(v) for v in value) if isinstance(value, list) else value


def _matrix(value: Any, where: str) -> Any:
    try:
        return tuple(tuple(complex(float(re), float(im)) for re, im in row) for row in value)
    except (TypeError, ValueError):
        raise InvalidInputError(f"{where} must be a matrix of [real, imaginary] pairs") from None


def decode_operation(data: Any, where: str) -> ProgramOperation:
    """Return the operation of ``encode_operation``; InvalidInputError names the field that is wrong."""
    kind = field(data, "op", str, where)
    if kind not in KINDS:
        raise InvalidInputError(f"{where}.op is {kind!r}; allowed are {', '.join(sorted(KINDS))}")
    fields = {item.name: item for item in dataclasses.fields(KINDS[kind])}
    unknown = sorted(set(data) - set(fields) - {"op"})
    if unknown:
        raise InvalidInputError(f"{where} ({kind}) has unknown field {unknown[0]!r}; allowed: {', '.join(fields)}")
    values: dict[str, Any] = {}
    for name, item in fields.items():
        place = f"{where}.{name}"
        if name not in data:
            if item.default is dataclasses.MISSING:
                raise InvalidInputError(f"{where} ({kind}) has no field {name!r}")
            continue
        value = data[name]
        if name in ("when", "condition", "parity"):
            values[name] = decode_condition(value, place)
        elif name in ("matrix", "state"):
            values[name] = _matrix(value, place)
        elif name == "channel":
            values[name] = Channel.from_dict(value)
        elif name == "qubits":
            values[name] = strings(data, "qubits", where)
        elif name in ("qubit", "bit", "label", "name", "to", "basis"):
            values[name] = field(data, name, str, where)
        else:
            values[name] = _tuple(value)
    try:
        operation: ProgramOperation = KINDS[kind](**values)
        hash(operation)
    except QnetframeError as error:
        raise InvalidInputError(f"{where}: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError(f"{where} ({kind}) is malformed: {error}") from None
    return operation


def decode_operations(data: Any) -> tuple[ProgramOperation, ...]:
    """Return the operations of a document's ``operations`` field."""
    items = field(data, "operations", list, "document")
    return tuple(decode_operation(item, f"operations[{i}]") for i, item in enumerate(items))
