"""Superdense coding over a noisy link.

Sources: Bennett & Wiesner, PRL 69, 2881 (1992); Hiroshima, J. Phys. A 34, 6907 (2001).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qnetframe import checks
from qnetframe.api import Session
from qnetframe.builtin.protocols.parties import depolarize, share_pair
from qnetframe.program.patterns import bell_measurement
from qnetframe.program.program import Program
from qnetframe.values import Estimate, mean_estimate
from qnetframe_gallery.figures import information


@dataclass(frozen=True)
class SuperdenseCapacity:
    """Send each of four messages by one half of a pair, which suffers ``depolarizing`` on its way.

    The mutual information of messages sent equally often and messages read is what superdense coding
    achieves; over Bell-diagonal pairs it is the dense-coding capacity, 2 minus the entropy of the Bell
    weights. From samples it is the plug-in value with its first-order error.
    """

    depolarizing: float = 0.0

    def __post_init__(self) -> None:
        checks.probability(self.depolarizing, "depolarizing")

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the mutual information in bits for each qubit sent, and how often a message is right."""
        route = session.route()
        read: dict[tuple[int, int], Mapping[tuple[int, ...], Estimate]] = {}
        for message in ((0, 0), (0, 1), (1, 0), (1, 1)):
            p = Program(f"superdense coding of {message[0]}{message[1]}, noisy")
            near, far = p.qubit(route[0], "near"), p.qubit(route[-1], "far")
            share_pair(p, route, near, far)
            if message[0]:
                p.z(near)
            if message[1]:
                p.x(near)
            for node in route[1:]:
                p.require(~p.send(near, node))
            depolarize(p, self.depolarizing, near)
            bits = bell_measurement(p, near, far)
            p.output(*bits)
            read[message] = session.run(p).distribution(*bits)
        right = mean_estimate(read[m].get(m, Estimate(0.0)) for m in read)
        return {"mutual information": information(list(read.values())), "success probability": right}
