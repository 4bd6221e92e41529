"""What every link model must do: give the pair that it says, no faster and no better than a fibre can."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from qnetframe.api import LinkSpec
from qnetframe.experiment.run import execute
from qnetframe.network import Link, LinkModel, Network, Node
from qnetframe.plugins import Plugins
from qnetframe.plugins.parameters import parameters_of
from qnetframe.program.program import Program
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import CapabilityMiss, Check, Make
from qnetframe.testing.topology_checks import LIGHT_KM_PER_S
from qnetframe.testing.values_checks import made_twice_is_equal, value_pickles

LENGTHS_KM = (1.0, 5.0, 20.0)


def gives_its_pair(spec: LinkSpec, make: Make) -> None:
    """Between ideal nodes a program gets the state of the model, first qubit at the first end."""
    model = make()
    network = Network((Node("alice"), Node("bob")), (Link("alice", "bob", model),))
    p = Program()
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    p.entangle(a, b).save("pair", a, b)
    result = execute(p, network=network, plugins=Plugins(entry_points=False))
    gap = np.abs(result.state("pair").matrix - np.array(model.state)).max()
    assert gap < 1e-9, f"the pair is off by {gap}"


def success_is_possible(spec: LinkSpec, make: Make) -> None:
    """The mean time of a pair is a finite number of seconds."""
    model = make()
    assert 0 < model.success_probability <= 1 and np.isfinite(model.mean_time), (
        f"mean time {model.mean_time} s"
    )


def no_faster_than_light(spec: LinkSpec, make: Make) -> None:
    """Over a length, messages and heralds take at least the time of light in vacuum, heralds half of it."""
    for length, model in _by_length(spec, make).items():
        least = length / LIGHT_KM_PER_S
        assert model.delay >= least, f"{length} km has a delay of {model.delay} s; light takes {least:.3g}"
        assert model.attempt_time >= least / 2, (
            f"an attempt over {length} km takes {model.attempt_time} s; its herald takes {least / 2:.3g}"
        )


def longer_is_no_better(spec: LinkSpec, make: Make) -> None:
    """More length raises neither the chance of a pair, nor of a sent qubit, nor the fidelity."""
    models = list(_by_length(spec, make).values())
    for name in ("success_probability", "transmission", "fidelity"):
        values = [getattr(model, name) for model in models]
        assert all(a >= b - 1e-12 for a, b in pairwise(values)), f"{name} over {LENGTHS_KM} km is {values}"


def _by_length(spec: LinkSpec, make: Make) -> dict[float, LinkModel]:
    if not any(p.name == "length_km" for p in parameters_of(spec.factory)):
        raise CapabilityMiss("it has no parameter length_km")
    return {length: make(length_km=length) for length in LENGTHS_KM}


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        gives_its_pair, success_is_possible, no_faster_than_light, longer_is_no_better, made_twice_is_equal,
        value_pickles, bad_input_is_refused,
    )
}  # fmt: skip
