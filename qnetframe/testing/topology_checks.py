"""What every topology must do: make a connected network that a program runs on, no faster than light."""

from __future__ import annotations

import math

from qnetframe.api import TopologySpec
from qnetframe.experiment.run import run
from qnetframe.network import Network
from qnetframe.plugins import Plugins
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import CapabilityMiss, Check, Make
from qnetframe.testing.values_checks import made_twice_is_equal, value_pickles

# Speed of light in vacuum, exact by the definition of the metre (SI brochure, 9th edition, 2019).
LIGHT_KM_PER_S = 299_792.458


def has_links(spec: TopologySpec, make: Make) -> None:
    """It has two nodes or more and a link at each of them, so that no node is out of reach."""
    network = make()
    assert len(network.nodes) >= 2, f"it has {len(network.nodes)} nodes"
    lonely = [name for name, links in network.links_by_node.items() if not links]
    assert not lonely, f"nodes without a link: {', '.join(lonely)}"


def is_connected(spec: TopologySpec, make: Make) -> None:
    """Every node can be reached from the first."""
    network = make()
    reached, waiting = {network.names[0]}, [network.names[0]]
    while waiting:
        node = waiting.pop()
        for link in network.links_by_node[node]:
            other = link.other(node)
            if other not in reached:
                reached.add(other)
                waiting.append(other)
    apart = [name for name in network.names if name not in reached]
    assert not apart, f"out of reach of {network.names[0]!r}: {', '.join(apart[:8])}"


def no_faster_than_light(spec: TopologySpec, make: Make) -> None:
    """The delay of a link is at least that of light in vacuum over its length."""
    with_length = [link for link in make().links if link.length_km]
    if not with_length:
        raise CapabilityMiss("no link has a length")
    for link in with_length:
        least = link.length_km / LIGHT_KM_PER_S
        assert link.model.delay >= least * (1 - 1e-12), (
            f"link {link.name} of {link.length_km} km has a delay of {link.model.delay} s; "
            f"light takes {least:.3g}"
        )


def survives_its_file(spec: TopologySpec, make: Make) -> None:
    """It comes back equal from its plain JSON values."""
    network = make()
    assert Network.from_dict(network.to_dict()) == network, "it comes back different from its JSON values"


def teleports(spec: TopologySpec, make: Make) -> None:
    """Teleportation from its first node to its last runs, and gives a fidelity between 0 and 1."""
    plugins = Plugins(entry_points=False)
    network = make()
    result = run(
        "teleportation", topology=network, ends=(network.names[0], network.names[-1]), plugins=plugins
    )
    for name, e in result.estimates.items():
        assert math.isfinite(e.value), f"{name} is {e.value}"
        assert "fidelity" not in name.lower() or 0 <= e.value <= 1 + 1e-9, f"{name} is {e.value}"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        has_links, is_connected, no_faster_than_light, survives_its_file, teleports, made_twice_is_equal,
        value_pickles, bad_input_is_refused,
    )
}  # fmt: skip
