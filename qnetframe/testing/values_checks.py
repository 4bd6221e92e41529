"""What every value that a factory makes must be: the same each time, and able to go to another process."""

from __future__ import annotations

import pickle

from qnetframe.api import Spec
from qnetframe.testing.kit import Make


def made_twice_is_equal(spec: Spec, make: Make) -> None:
    """The same parameters give an equal value with an equal hash: nothing is random, nothing is kept."""
    first, second = make(), make()
    assert first == second, f"{spec.name!r} made twice gives two values that differ"
    assert hash(first) == hash(second), f"{spec.name!r} made twice gives two hashes"


def value_pickles(spec: Spec, make: Make) -> None:
    """The value goes to another process and comes back equal."""
    made = make()
    assert pickle.loads(pickle.dumps(made)) == made, f"{spec.name!r} changes in a pickle"
