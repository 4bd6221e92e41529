"""What every protocol must do: figures by name, the same for a seed, and the same sampled as exact.

A protocol that needs a network is checked on the first of a few ordinary ones that it takes.
"""

from __future__ import annotations

import math

from qnetframe.api import ProtocolSpec
from qnetframe.errors import QnetframeError, UnsupportedError
from qnetframe.experiment.run import RunResult, run
from qnetframe.network import Network
from qnetframe.plugins import Plugins
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import CapabilityMiss, Check, Make

SHOTS = 2000
SEED = 20240613
# At 6 standard errors a right protocol is off by chance with probability 2e-9 a figure, where figures are
# nearly normal; the second term covers rare outcomes, of which some shots more or less are expected.
SIGMAS = 6.0
SLACK = 12 / SHOTS
TOLERANCE = 1e-9
NETWORKS = (None, ("chain", 2), ("chain", 3), ("chain", 4), ("chain", 5), ("star", 5))


def network_for(make: Make, fidelity: float = 1.0) -> Network | None:
    """Return the first ordinary network that a protocol takes; the error of the first if it takes none.

    Links of less than ideal ``fidelity`` leave out running without a network.
    """
    first: QnetframeError | None = None
    for kind in NETWORKS[fidelity < 1 :]:
        network = kind and _own().make("topology", kind[0], {"nodes": kind[1], "fidelity": fidelity})
        try:
            run(make(), topology=network, plugins=_own())
        except UnsupportedError as error:
            raise CapabilityMiss(f"the reference backend cannot run it: {error}") from error
        except QnetframeError as error:
            first = first or error
        else:
            return network
    assert first is not None
    raise first


def _own() -> Plugins:
    return Plugins(entry_points=False)


def _run(make: Make, shots: int | None = None, seed: int = SEED, fidelity: float = 1.0) -> RunResult:
    return run(make(), topology=network_for(make, fidelity), shots=shots, seed=seed, plugins=_own())


def figures_have_names(spec: ProtocolSpec, make: Make) -> None:
    """It returns one figure or more, each finite, under a name, with an error that is not negative."""
    estimates = _run(make).estimates
    assert estimates, "it returns no figure"
    for name, e in estimates.items():
        assert isinstance(name, str) and name.strip(), f"the name of a figure is {name!r}; it must be text"
        assert math.isfinite(e.value), f"{name!r} is {e.value}"
        assert e.standard_error >= 0, f"{name!r} has the standard error {e.standard_error}"


def exact_has_no_error(spec: ProtocolSpec, make: Make) -> None:
    """Without shots every figure is exact: standard error 0, no shots."""
    for name, e in _run(make).estimates.items():
        assert e.standard_error == 0 and e.shots is None, f"{name!r} is {e!r} in an exact run"


def a_seed_decides(spec: ProtocolSpec, make: Make) -> None:
    """The same seed gives the same figures: random choices come from ``session.rng`` alone."""
    for shots in (None, 200):
        first, second = (_run(make, shots, seed=3).estimates for _ in range(2))
        assert first == second, f"the same seed gave {dict(first)} and {dict(second)}"


def nothing_is_kept(spec: ProtocolSpec, make: Make) -> None:
    """A protocol object that has run before gives what a fresh one gives."""
    network, protocol = network_for(make), make()
    first, second = (run(protocol, topology=network, seed=SEED, plugins=_own()).estimates for _ in range(2))
    assert first == second, f"the second run of one object gave {dict(second)}, the first {dict(first)}"


def sampled_agrees_with_exact(spec: ProtocolSpec, make: Make) -> None:
    """Sampled figures have the names of the exact ones and lie within 6 standard errors of them."""
    exact, sampled = _run(make).estimates, _run(make, SHOTS).estimates
    assert exact.keys() == sampled.keys(), f"exact has {sorted(exact)}, sampled has {sorted(sampled)}"
    for name, e in sampled.items():
        gap = abs(e.value - exact[name].value)
        room = SIGMAS * math.hypot(e.standard_error, exact[name].standard_error) + SLACK
        assert gap <= room, f"{name!r} is {e} sampled and {exact[name]} exactly"


def runs_on_noisy_links(spec: ProtocolSpec, make: Make) -> None:
    """On links of fidelity 0.9 its figures are finite too: noise is the network's, not the protocol's."""
    for name, e in _run(make, fidelity=0.9).estimates.items():
        assert math.isfinite(e.value), f"{name!r} is {e.value} on noisy links"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        figures_have_names, exact_has_no_error, a_seed_decides, nothing_is_kept, sampled_agrees_with_exact,
        runs_on_noisy_links, bad_input_is_refused,
    )
}  # fmt: skip
