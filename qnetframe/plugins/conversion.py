"""What an annotation takes, in words, and the conversion of a value or of text to it."""

from __future__ import annotations

import collections.abc
import contextlib
import json
import math
import numbers
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from inspect import Parameter
from typing import Any

import numpy.typing as npt

ANYTHING = (Any, object, Parameter.empty)
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_LISTS = (list, tuple, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_MAPS = (dict, collections.abc.Mapping)


class WrongTypeError(Exception):
    """A value does not fit an annotation; the caller knows the names that the user's message needs."""


_PLAIN: Mapping[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    None: "none",
    type(None): "none",
}


def describe(annotation: Any) -> str:
    """Return in words what an annotation takes."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return describe(arguments[0])
    if origin is typing.Literal:
        return f"one of {', '.join(map(str, arguments))}" if len(arguments) > 1 else repr(arguments[0])
    if annotation == npt.ArrayLike:
        return "an array"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(describe(a) for a in arguments))
    if (origin or annotation) in _LISTS:
        items = [a for a in arguments if a is not Ellipsis]
        return f"a list, each {' or '.join(dict.fromkeys(map(describe, items)))}" if items else "a list"
    if (origin or annotation) in _MAPS:
        return f"a table, each value {describe(arguments[1])}" if arguments else "a table"
    if annotation in ANYTHING:
        return "any value"
    return _PLAIN.get(annotation) or getattr(annotation, "__name__", None) or str(annotation)


def convert(value: Any, annotation: Any) -> Any:
    """Return ``value`` as ``annotation`` says, reading text as that type, or raise WrongTypeError."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return convert(value, arguments[0])
    if origin is typing.Literal:
        return _one_of(value, arguments)
    if annotation == npt.ArrayLike:
        return _json(value) if isinstance(value, str) else value
    if origin in (typing.Union, types.UnionType):
        return _first_of(value, arguments)
    if (origin or annotation) in _LISTS:
        return _list(value, origin or annotation, arguments)
    if (origin or annotation) in _MAPS:
        return _map(value, arguments)
    if annotation in (None, type(None)):
        if value is None or value == "none":
            return None
        raise WrongTypeError
    scalar = _SCALARS.get(annotation)
    return scalar(value) if scalar else _other(value, annotation)


def _one_of(value: Any, choices: Iterable[Any]) -> Any:
    for choice in choices:
        if (type(value) is type(choice) and value == choice) or (
            isinstance(value, str) and not isinstance(choice, bool) and value == str(choice)
        ):
            return choice
    raise WrongTypeError


def _first_of(value: Any, members: tuple[Any, ...]) -> Any:
    # Text fits str always, so every other member is asked first: "3" is 3 where a number or text may stand.
    for member in sorted(members, key=lambda m: m is str):
        try:
            return convert(value, member)
        except WrongTypeError:
            continue
    raise WrongTypeError


def _list(value: Any, kind: Any, arguments: tuple[Any, ...]) -> Any:
    if isinstance(value, str):
        text = value.strip()
        value = _json(text) if text.startswith("[") else [part.strip() for part in text.split(",") if part]
    if isinstance(value, (Mapping, bytes)) or not isinstance(value, collections.abc.Iterable):
        raise WrongTypeError
    items = list(value)
    if kind is tuple and arguments and Ellipsis not in arguments:
        if len(items) != len(arguments):
            raise WrongTypeError
        return tuple(convert(item, a) for item, a in zip(items, arguments, strict=True))
    items = [convert(item, arguments[0]) for item in items] if arguments else items
    return items if kind is list else tuple(items)


def _map(value: Any, arguments: tuple[Any, ...]) -> dict[Any, Any]:
    value = _json(value) if isinstance(value, str) else value
    if not isinstance(value, Mapping):
        raise WrongTypeError
    if not arguments:
        return dict(value)
    return {convert(k, arguments[0]): convert(v, arguments[1]) for k, v in value.items()}


def _bool(value: Any) -> bool:
    if isinstance(value, str) and value.lower() in _TRUE + _FALSE:
        return value.lower() in _TRUE
    if isinstance(value, bool) or type(value).__name__ == "bool":  # numpy's bool is no bool
        return bool(value)
    raise WrongTypeError


def _int(value: Any) -> int:
    if isinstance(value, str):
        number = _float(value)
        if not number.is_integer():
            raise WrongTypeError
        try:
            return int(value)
        except ValueError:  # "1e5"
            return int(number)
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return int(value)
    raise WrongTypeError


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (str, numbers.Real)):
        raise WrongTypeError
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise WrongTypeError from None
    if math.isnan(number):
        raise WrongTypeError
    return number


def _str(value: Any) -> str:
    if not isinstance(value, str):
        raise WrongTypeError
    return value


_SCALARS: Mapping[Any, Callable[[Any], Any]] = {bool: _bool, int: _int, float: _float, str: _str}


def _other(value: Any, annotation: Any) -> Any:
    if isinstance(value, str):
        with contextlib.suppress(WrongTypeError):
            value = _json(value)
    if isinstance(annotation, type) and annotation not in ANYTHING:
        try:
            fits = isinstance(value, annotation)
        except TypeError:  # a structural type that cannot be asked at run time
            fits = True
        if not fits:
            raise WrongTypeError
    return value


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise WrongTypeError from None
