"""What every spec must be, whatever its kind: plain data that names a factory with a typed signature."""

from __future__ import annotations

import pickle
from typing import Any

from qnetframe.api import Spec
from qnetframe.errors import QnetframeError
from qnetframe.plugins.parameters import REQUIRED, parameters_of, validated
from qnetframe.testing.fresh_process import run_in_fresh_process
from qnetframe.testing.kit import Check, Make


def spec_pickles(spec: Spec, make: Make) -> None:
    """A spec goes to another process and comes back equal: its factory is no lambda and no closure."""
    try:
        back = pickle.loads(pickle.dumps(spec))
    except Exception as error:
        raise AssertionError(
            f"{spec.name!r} cannot be pickled ({type(error).__name__}: {error}); make its factory a function "
            "or class at the top of a module"
        ) from error
    assert back == spec, f"{spec.name!r} comes back from a pickle as {back!r}"


def spec_lists_without_sdk(spec: Spec, make: Make) -> None:
    """Importing the plugin loads no package but its own: an SDK is imported by the factory, when called."""
    spec_pickles(spec, make)
    loaded = run_in_fresh_process(spec).loaded
    assert not loaded, f"listing {spec.name!r} imports {', '.join(loaded)}; import it inside the factory"


def spec_parameters(spec: Spec, make: Make) -> None:
    """Every parameter of the factory has a type, and a default that is of that type."""
    for parameter in parameters_of(spec.factory):
        what = f"{spec.name!r}: parameter {parameter.name!r}"
        assert parameter.annotation is not Any, f"{what} has no type that can be resolved"
        if parameter.default is REQUIRED:
            continue
        try:
            found = validated(
                _only(parameter.name, parameter.annotation), {parameter.name: parameter.default}, ""
            )
        except QnetframeError as error:
            raise AssertionError(f"{what} has a default of a wrong type: {error}") from error
        value = found[parameter.name]
        assert value is parameter.default or _equal(value, parameter.default), (
            f"{what} has the default {parameter.default!r}, which is read as {value!r}"
        )


def _only(name: str, annotation: Any) -> Any:
    """Return a factory with one parameter, which is given."""
    import inspect

    def factory(**given: Any) -> Any:
        return given

    parameter = inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
    factory.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]
    return factory


def _equal(a: Any, b: Any) -> bool:
    import numpy as np

    return bool(np.array_equal(a, b)) if isinstance(b, np.ndarray) else bool(a == b)


CHECKS: dict[str, Check] = {
    check.__name__: check for check in (spec_pickles, spec_lists_without_sdk, spec_parameters)
}
