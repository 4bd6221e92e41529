"""A factory's typed signature as parameters: their names, what they take, and values checked against that."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import InvalidInputError, PluginError, UnknownNameError
from qnetframe.plugins.conversion import WrongTypeError, convert, describe

REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Parameter:
    """One parameter of a factory; ``default`` is REQUIRED where there is none."""

    name: str
    annotation: Any
    default: Any = REQUIRED

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is REQUIRED

    @property
    def expected(self) -> str:
        """What it takes, in words."""
        return describe(self.annotation)

    def __str__(self) -> str:
        return (
            f"{self.name} ({self.expected}{', required' if self.required else f', default {self.default!r}'})"
        )


def parameters_of(factory: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the named parameters of a factory, in order; ``**options`` is not among them.

    An annotation that cannot be resolved (a name imported for type checkers only) takes anything.
    """
    names = _namespace(factory)
    return tuple(
        Parameter(p.name, _resolved(p.annotation, names), p.default)
        for p in _signature(factory).parameters.values()
        if p.kind is not inspect.Parameter.VAR_KEYWORD
    )


def validated(factory: Callable[..., Any], params: Mapping[str, Any], what: str) -> dict[str, Any]:
    """Return ``params`` converted to what the factory's signature says; ``what`` names it in errors.

    Text is read as the parameter's type ("3", "true", "0,10,20", "none"), so that a command line and
    Python give the same. Raises UnknownNameError for a name that the factory does not take, and
    InvalidInputError for a value of a wrong type and for a missing one.
    """
    known = {p.name: p for p in parameters_of(factory)}
    takes_any = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in _signature(factory).parameters.values())
    values: dict[str, Any] = {}
    for name, value in params.items():
        if name in known:
            values[name] = _converted(value, known[name], what)
        elif takes_any:
            values[name] = value
        else:
            raise UnknownNameError("parameter", name, known, f"It was given to {what}.")
    for parameter in known.values():
        if parameter.required and parameter.name not in values:
            raise InvalidInputError(
                f"{what} needs the parameter {parameter.name!r}; it must be {parameter.expected}"
            )
    return values


def _converted(value: Any, parameter: Parameter, what: str) -> Any:
    try:
        return convert(value, parameter.annotation)
    except WrongTypeError:
        raise InvalidInputError(
            f"{what}: parameter {parameter.name!r} is {value!r}; it must be {parameter.expected}"
        ) from None


def _signature(factory: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError) as error:
        raise PluginError(f"the factory {factory!r} has no signature that can be read: {error}") from error
    for parameter in signature.parameters.values():
        if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY):
            raise PluginError(
                f"the factory {factory!r} takes {parameter.name!r} by position; factories take names only"
            )
    return signature


def _namespace(factory: Any) -> dict[str, Any]:
    while isinstance(factory, functools.partial):
        factory = factory.func
    factory = inspect.unwrap(factory)
    module = sys.modules.get(getattr(factory, "__module__", ""))
    names: dict[str, Any] | None = getattr(factory, "__globals__", None)
    return names or (vars(module) if module else {})


def _resolved(annotation: Any, names: dict[str, Any]) -> Any:
    if not isinstance(annotation, str):
        return Any if annotation is REQUIRED else annotation
    try:
        return eval(annotation, names)  # as typing.get_type_hints does, but one annotation at a time
    except Exception:
        return Any
