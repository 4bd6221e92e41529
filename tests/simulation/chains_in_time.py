"""Chains in time, as the tests use them."""

from qnetframe.network import Link, LinkModel, Network, Node, werner_state
from qnetframe.simulation.pairstates import Decay, SwapNoise
from qnetframe.simulation.profiles import NodeProfile
from qnetframe.simulation.requests import Request
from qnetframe.simulation.simulation import Simulation
from qnetframe.simulation.strategy import Strategy

ATTEMPT = 1e-6


def chain_of(links, model):
    nodes = tuple(Node(f"r{i}") for i in range(links + 1))
    return Network(nodes, tuple(Link(f"r{i}", f"r{i + 1}", model) for i in range(links)))


def measured_link():
    """10 km with a Bell measurement half way; two round trips of the ends' agreement in the attempt time."""
    success = 0.5 * (0.9 * 10**-0.1) ** 2 * 0.9**2
    return LinkModel(success, 200e-6, werner_state(0.99), delay=50e-6, herald_delay=50e-6)


def attempt_chain(links, p, q, cutoff, time, w0, scheme, pairs, seed, purify=0, **more):
    """Return the times (attempts), Werner parameters of a chain whose messages take no time."""
    model = LinkModel(p, ATTEMPT, werner_state((1 + 3 * w0) / 4))
    strategy = Strategy(
        swapping=scheme,
        sequential=True,
        cutoff=None if cutoff is None else cutoff * ATTEMPT,
        cutoff_scope="siblings" if scheme == "nested" else "segment",
        purification=(purify,),
        method="bbpssw",
    )
    # A pair decays at the sum of the rates of its halves.
    profile = NodeProfile(Decay.depolarizing(2 * time * ATTEMPT), SwapNoise(success=q))
    sim = Simulation(
        chain_of(links, model), seed, pair_states="werner", strategy=strategy, profiles=profile,
        memories=1 + purify, **more,
    )  # fmt: skip
    sim.request(Request("r0", f"r{links}", pairs=pairs))
    report = sim.run(3600.0)
    assert len(report.deliveries) == pairs
    return report.values("latency") / ATTEMPT, (4 * report.values("fidelity") - 1) / 3
