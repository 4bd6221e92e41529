"""Which repeater for which distance? Swapping, purified swapping and encoded swapping on the same chains.

Every chain has a station each 10 km of fibre, whose pairs are Werner pairs of one fidelity. The table says
what one pair of the ends costs, and how far from perfect it is. Gates and memories are ideal here, so that
purification, which waits for answers, is cheap; encoded swapping waits for nobody.
"""

from __future__ import annotations

from qnetframe.builtin.topologies import chain
from qnetframe.plugins import discover
from qnetframe_qec.codes.small import steane
from qnetframe_qec.repeaters.chains import bare_chain, encoded_chain

FIDELITY = 0.99
SPACING_KM = 10.0


def main() -> None:
    decoder = discover().make("decoder", "bp-osd")
    for links in (2, 4, 8):
        network = chain(links + 1, length_km=SPACING_KM, fidelity=FIDELITY)
        route = [node.name for node in network.nodes]
        print(f"{links * SPACING_KM:.0f} km, {links} links of F = {FIDELITY}")
        for cost in (
            bare_chain(network, route),
            bare_chain(network, route, rounds=2),
            encoded_chain(steane(), network, route, decoder, shots=20_000),
            encoded_chain(steane(), network, route, decoder, rounds=1, shots=20_000),
        ):
            error = f"{cost.infidelity.value:.5f} ± {cost.infidelity.standard_error:.5f}"
            time = f"{cost.seconds * 1e3:.2f} ms"
            print(f"  {cost.scheme:42} 1 - F = {error} {cost.raw_pairs:6.1f} pairs  {time}", end="")
            print(f"  {cost.station_qubits} qubits a station")


if __name__ == "__main__":
    main()
