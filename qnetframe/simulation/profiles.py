"""What the network asks of a node: how its memories decay and how well it swaps, from hardware or given."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from qnetframe import checks
from qnetframe.network import Hardware
from qnetframe.simulation.clock import picoseconds
from qnetframe.simulation.pairstates import Decay, SwapNoise


@dataclass(frozen=True)
class NodeProfile:
    """A node's memories and Bell measurement; ``swap_time`` in seconds.

    ``memory_efficiency`` is the chance that a memory gives its qubit back when it is read for a swap; it
    multiplies the success of the swap once a memory.
    """

    decay: Decay = field(default_factory=Decay)
    swap: SwapNoise = field(default_factory=SwapNoise)
    swap_time: float = 0.0
    memory_efficiency: float = 1.0

    def __post_init__(self) -> None:
        checks.non_negative(self.swap_time, "swap_time (seconds)")
        checks.positive(checks.probability(self.memory_efficiency, "memory_efficiency"), "memory_efficiency")

    @property
    def swap_success(self) -> float:
        """The chance that a swap works, both memories read."""
        return self.swap.success * self.memory_efficiency**2

    @property
    def swap_ticks(self) -> int:
        """The duration of a swap in picoseconds."""
        return picoseconds(self.swap_time, "swap_time (seconds)")


def profile_of(hardware: Hardware) -> NodeProfile:
    """Return what a device is to the network: its first good qubit as memory, its best gate for swaps.

    T1 and T2 are those of the qubit; the two-qubit gate's average infidelity r is full depolarization with
    probability 4r/3; the readout reliability is one minus the mean of both errors.
    """
    usable = [i for i in range(len(hardware.qubits)) if i not in hardware.excluded]
    qubit = hardware.qubit(usable[0] if usable else 0)
    pairs = [g for (_, indices), g in hardware.gates.items() if len(indices) == 2]
    if not pairs:
        # A key without qubits is the default for every pair (or qubit): the slower, worse one is the pair's.
        pairs = sorted((g for (_, i), g in hardware.gates.items() if not i), key=lambda g: -g.error)[:1]
    gate = min(pairs, key=lambda g: g.error) if pairs else None
    error = sum(qubit.readout) / 2
    infidelity = gate.error if gate else 0.0
    noise = SwapNoise(gate=max(0.0, 1 - 4 * infidelity / 3), readout=1 - error)
    time = (gate.duration if gate else 0.0) + qubit.measure_duration
    t2 = min(qubit.t2, 2 * qubit.t1)
    decay = Decay() if math.inf == qubit.t1 == t2 else Decay.relaxation(qubit.t1, t2)
    return NodeProfile(decay, noise, time)
