"""Bad input: what a factory does with numbers that make no sense, and the one way it may refuse them."""

from __future__ import annotations

import math

from qnetframe.api import Spec
from qnetframe.errors import PluginError, QnetframeError
from qnetframe.plugins.parameters import parameters_of
from qnetframe.testing.kit import CapabilityMiss, Make

_BAD: dict[object, tuple[object, ...]] = {
    float: (-1.0, 2.0, math.inf, -math.inf),
    int: (-1, 0),
    bool: (),
    str: ("\0no such thing",),
}


def bad_input_is_refused(spec: Spec, make: Make) -> None:
    """A number or word that makes no sense gives a valid thing or an InvalidInputError, nothing else."""
    tried = 0
    for parameter in parameters_of(spec.factory):
        for value in _BAD.get(parameter.annotation, ()):
            tried += 1
            try:
                make(**{parameter.name: value})
            except QnetframeError as error:
                ours = not isinstance(error, PluginError)
                why = str(error)
            except Exception as error:
                ours, why = False, f"{type(error).__name__}: {error}"
            else:
                continue
            assert ours, (
                f"{spec.name!r} with {parameter.name}={value!r} fails with {why}; it must raise "
                "InvalidInputError before anything runs (qnetframe.checks has tests of numbers)"
            )
    if not tried:
        raise CapabilityMiss("its factory takes no number and no text")
