"""Operations and conditions as plain JSON values and back; malformed JSON is refused by field."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import reprlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, get_args

import numpy as np

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.program.operations import ProgramOperation
from qnetframe.values import AllOf, AnyOf, Condition, Parity

T = TypeVar("T")


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
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"{what} is not valid JSON: {error}") from None


_show = reprlib.Repr()
_show.maxlevel, _show.maxdict, _show.maxlist, _show.maxstring = 2, 3, 3, 60


def field(data: Any, name: str, kind: type, where: str) -> Any:
    """Return ``data[name]``, which must be of a JSON type."""
    if not isinstance(data, dict):
        raise InvalidInputError(f"{where} is {_show.repr(data)}; it must be a JSON object")
    if name not in data:
        found = ", ".join(map(str, data)) or "none"
        raise InvalidInputError(f"{where} has no field {name!r}; it has: {found}")
    value = data[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise InvalidInputError(f"{where}.{name} is {_show.repr(value)}; it must be of type {kind.__name__}")
    return value


def only_fields(data: dict[str, Any], allowed: Iterable[str], where: str) -> None:
    """Raise InvalidInputError if ``data`` has a field that is not allowed."""
    unknown = sorted(map(str, set(data) - set(allowed)))
    if unknown:
        raise InvalidInputError(f"{where} has unknown field {unknown[0]!r}; allowed: {', '.join(allowed)}")


def strings(data: Any, name: str, where: str) -> tuple[str, ...]:
    """Return ``data[name]``, which must be a list of strings."""
    items = field(data, name, list, where)
    for i, item in enumerate(items):
        if not isinstance(item, str):
            raise InvalidInputError(f"{where}.{name}[{i}] is {_show.repr(item)}; it must be a string")
    return tuple(items)


def check_document(data: Any, expected: str, fields: Sequence[str]) -> None:
    """Raise unless ``data`` says that it has the expected format, and has exactly its fields."""
    found = field(data, "format", str, "document")
    if found != expected:
        raise InvalidInputError(f"document.format is {_show.repr(found)}; this version reads {expected!r}")
    only_fields(data, ("format", *fields), "document")
    for name in fields:
        if name not in data:
            raise InvalidInputError(f"document has no field {name!r}")


def encode_condition(value: Condition) -> dict[str, Any]:
    """Return a condition as plain JSON values."""
    if isinstance(value, Parity):
        return {"parity": list(value.bits), "constant": value.constant}
    name = "all_of" if isinstance(value, AllOf) else "any_of"
    return {name: [encode_condition(p) for p in value.parities]}


def decode_parity(data: Any, where: str) -> Parity:
    """Return the parity of ``encode_condition``."""
    parity = Parity(strings(data, "parity", where), field(data, "constant", int, where))
    only_fields(data, ("parity", "constant"), where)
    return parity


def decode_condition(data: Any, where: str) -> Condition:
    """Return the condition of ``encode_condition``."""
    if isinstance(data, dict) and "parity" in data:
        return _named(decode_parity, data, where)
    kinds: tuple[tuple[str, type[AllOf] | type[AnyOf]], ...] = (("all_of", AllOf), ("any_of", AnyOf))
    for name, kind in kinds:
        if isinstance(data, dict) and name in data:
            only_fields(data, (name,), where)
            if not field(data, name, list, where):
                raise InvalidInputError(f"{where}.{name} is empty; it needs at least one parity")
            return kind(_parities(data[name], f"{where}.{name}"))
    raise InvalidInputError(f"{where} is {_show.repr(data)}; it must have 'parity', 'all_of' or 'any_of'")


def encode_outputs(outputs: Iterable[Any]) -> list[dict[str, Any]]:
    """Return declared outputs as plain JSON values."""
    return [{"label": o.label, "parity": encode_condition(o.parity)} for o in outputs]


def decode_outputs(data: Any) -> list[tuple[str, Parity]]:
    """Return label and parity of a document's ``outputs``, a list of objects."""
    result = []
    for i, item in enumerate(field(data, "outputs", list, "document")):
        where = f"outputs[{i}]"
        label = field(item, "label", str, where)
        parity = _named(decode_parity, field(item, "parity", dict, where), f"{where}.parity")
        only_fields(item, ("label", "parity"), where)
        result.append((label, parity))
    return result


def _named(decode: Callable[[Any, str], T], value: Any, where: str) -> T:
    """Return ``decode(value, where)`` with every error turned into one that names the place."""
    try:
        return decode(value, where)
    except QnetframeError as error:
        text = str(error)
        raise InvalidInputError(text if text.startswith(where) else f"{where}: {text}") from None
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidInputError(f"{where} is malformed: {error}") from None


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


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInputError(f"{where} is {_show.repr(value)}; it must be a number")
    return float(value)


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInputError(f"{where} is {_show.repr(value)}; it must be a list")
    return value


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise InvalidInputError(f"{where} is {_show.repr(value)}; it must be a string")
    return value


def _optional_text(value: Any, where: str) -> str | None:
    return None if value is None else _text(value, where)


def _integer(value: Any, where: str) -> int:
    return checks.integer(value, where)


def _each(decode: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    return lambda value, where: tuple(decode(v, f"{where}[{i}]") for i, v in enumerate(_list(value, where)))


def _complex(value: Any, where: str) -> complex:
    numbers = _numbers(value, where)
    if len(numbers) != 2:
        raise InvalidInputError(f"{where} is {_show.repr(value)}; it must be a pair [real, imaginary]")
    return complex(*numbers)


def _pauli(value: Any, where: str) -> tuple[str, str]:
    pair = _texts(value, where)
    if len(pair) != 2:
        raise InvalidInputError(f"{where} is {_show.repr(value)}; it must be a pair [qubit, Pauli]")
    return pair[0], pair[1]


def _channel(value: Any, where: str) -> Channel:
    with np.errstate(all="ignore"):  # absurd numbers overflow before they are refused
        return Channel.from_dict(value)


_numbers, _texts, _matrix = _each(_number), _each(_text), _each(_each(_complex))
_parities = _each(decode_parity)
_DECODERS: dict[str, Callable[[Any, str], Any]] = {
    **dict.fromkeys(("qubit", "bit", "label", "name", "to", "basis"), _text),
    **dict.fromkeys(("qubits", "parties"), _texts),
    **dict.fromkeys(("params", "readout", "coordinates"), _numbers),
    **dict.fromkeys(("probability", "seconds"), _number),
    **dict.fromkeys(("when", "condition"), decode_condition),
    **dict.fromkeys(("matrix", "state"), _matrix),
    "parity": decode_parity,
    "paulis": _each(_pauli),
    "link": _optional_text,
    "index": _integer,
    "channel": _channel,
}


def decode_operation(data: Any, where: str) -> ProgramOperation:
    """Return the operation of ``encode_operation``; InvalidInputError names the field that is wrong."""
    kind = field(data, "op", str, where)
    if kind not in KINDS:
        raise InvalidInputError(f"{where}.op is {_show.repr(kind)}; allowed are {', '.join(sorted(KINDS))}")
    fields = {item.name: item for item in dataclasses.fields(KINDS[kind])}
    only_fields(data, ("op", *fields), f"{where} ({kind})")
    values: dict[str, Any] = {}
    for name, item in fields.items():
        if name in data:
            values[name] = _named(_DECODERS[name], data[name], f"{where}.{name}")
        elif item.default is dataclasses.MISSING:
            raise InvalidInputError(f"{where} ({kind}) has no field {name!r}")
    operation: ProgramOperation = _named(lambda _data, _where: KINDS[kind](**values), data, where)
    return operation


def decode_operations(data: Any) -> tuple[ProgramOperation, ...]:
    """Return the operations of a document's ``operations`` field."""
    items = field(data, "operations", list, "document")
    return tuple(decode_operation(item, f"operations[{i}]") for i, item in enumerate(items))
