"""BB84 on SeQUeNCe in CPU seconds: python sequence_bb84.py MU SIM_MS LENGTH_KM SEED prints one JSON line.

Runs in an environment of its own that has the package ``sequence``. Polarization encoding with sifting: 80
MHz, 0.2 dB/km, detectors of efficiency .8 with 10 dark counts a second.
"""

import importlib.metadata
import json
import math
import sys
import time

import numpy as np
from sequence.components.optical_channel import ClassicalChannel, QuantumChannel
from sequence.kernel.event import Event
from sequence.kernel.process import Process
from sequence.kernel.timeline import Timeline
from sequence.protocol import StackProtocol
from sequence.qkd.BB84 import pair_bb84_protocols
from sequence.topology.node import QKDNode

KEY_LENGTH = 256


class Sink(StackProtocol):
    """Counts the keys that come up."""

    def __init__(self, owner):
        super().__init__(owner, "")
        self.keys = 0

    def init(self):
        """Start."""

    def push(self):
        """Take nothing from above."""

    def pop(self, info):
        """Count a key."""
        self.keys += 1

    def received_message(self, *arguments):
        """Ignore messages."""


def run(mu, milliseconds, length_km, seed):
    """Simulate one link and return its figures."""
    np.random.seed(seed)
    timeline = Timeline(int(milliseconds * 1e9))
    timeline.show_progress = False
    alice, bob = QKDNode("alice", timeline, stack_size=1), QKDNode("bob", timeline, stack_size=1)
    alice.set_seed(seed)
    bob.set_seed(seed + 1000)
    for name, value in {"frequency": 80e6, "mean_photon_num": mu}.items():
        alice.update_lightsource_params(name, value)
    receiver = bob.components["bob.qsdetector"]
    detector = {"efficiency": 0.8, "dark_count": 10, "time_resolution": 10, "count_rate": 50e6}
    for i in range(2):
        for name, value in detector.items():
            receiver.update_detector_params(i, name, value)
    for number, (a, b) in enumerate(((alice, bob), (bob, alice))):
        quantum = QuantumChannel(
            f"q{number}", timeline, distance=length_km * 1e3, polarization_fidelity=0.99, attenuation=0.0002
        )
        quantum.set_ends(a, b.name)
        classical = ClassicalChannel(f"c{number}", timeline, distance=length_km * 1e3)
        classical.set_ends(a, b.name)
    first, second = alice.protocol_stack[0], bob.protocol_stack[0]
    pair_bb84_protocols(first, second)
    sinks = Sink(alice), Sink(bob)
    first.upper_protocols.append(sinks[0])
    second.upper_protocols.append(sinks[1])
    source = alice.components["alice.lightsource"]
    pulses, emit = [0], source.emit

    def counted(states):
        pulses[0] += len(states)
        emit(states)

    source.emit = counted
    timeline.schedule(Event(0, Process(first, "push", [KEY_LENGTH, math.inf, int(milliseconds * 1e9)])))
    timeline.init()
    start = time.process_time()
    timeline.run()
    seconds = time.process_time() - start
    return {
        "version": importlib.metadata.version("sequence"),
        "pulses": pulses[0],
        "seconds": seconds,
        "sifted": sinks[0].keys * KEY_LENGTH + len(first.key_bits or []),
        "QBER": float(np.mean(first.error_rates)) if first.error_rates else None,
    }


if __name__ == "__main__":
    mean, duration, length = (float(x) for x in sys.argv[1:4])
    run(mean, 0.1, length, 0)
    print(json.dumps(run(mean, duration, length, int(sys.argv[4]))))
