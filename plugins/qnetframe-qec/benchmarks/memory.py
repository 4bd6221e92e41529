"""Surface-code memories through the framework and by hand, side by side.

Building and sampling d = 11, 11 rounds at p = 0.001: Program, placement, Stim backend, PyMatching against a
Stim circuit made by Stim and PyMatching alone. Each side makes its circuit, its error model and its decoder,
then samples and decodes; both sample in batches of the same size, in turns, on one core. Run it from the top
of the repository:

    python plugins/qnetframe-qec/benchmarks/memory.py [shots] [rounds]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import pymatching
import stim

from qnetframe_qec.sampling import kind
from qnetframe_qec.sampling.collect import BATCH_SHOTS, Stop, collect
from qnetframe_qec.sampling.task import MemoryTask

DISTANCE, P = 11, 0.001


def by_framework(shots: int, seed: int) -> int:
    """Return the logical errors in some shots."""
    task = MemoryTask(distance=DISTANCE, rounds=DISTANCE, p=P)
    kind._made.cache_clear()  # build anew every time
    (counts,) = collect([task], Stop(shots), seed=seed)
    return counts.errors


def by_hand(shots: int, seed: int) -> int:
    """Return the same from a script without the framework."""
    circuit = stim.Circuit.generated(
        "surface_code:rotated_memory_z", distance=DISTANCE, rounds=DISTANCE, after_clifford_depolarization=P,
        after_reset_flip_probability=P, before_measure_flip_probability=P, before_round_data_depolarization=P,
    )  # fmt: skip
    matching = pymatching.Matching.from_detector_error_model(
        circuit.detector_error_model(decompose_errors=True)
    )
    sampler = circuit.compile_detector_sampler(seed=seed)
    errors = 0
    for first in range(0, shots, BATCH_SHOTS):
        batch = min(BATCH_SHOTS, shots - first)
        events, flips = sampler.sample(batch, bit_packed=True, separate_observables=True)
        found = matching.decode_batch(events, bit_packed_shots=True, bit_packed_predictions=True)
        errors += int(np.count_nonzero((found != flips).any(axis=1)))
    return errors


def main() -> None:
    """Print seconds, ratio and errors of both."""
    shots = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    sides = {"framework": by_framework, "by hand": by_hand}
    for side in sides.values():
        side(1000, 0)  # imports and first runs
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    building: dict[str, list[float]] = {name: [] for name in sides}
    errors = dict.fromkeys(sides, 0)
    for number in range(1, rounds + 1):
        for name, side in sides.items():
            building[name].append(timed(side, 1, number)[0])
            whole, found = timed(side, shots, number)
            seconds[name].append(whole)
            errors[name] += found
    for name in sides:
        whole, built = statistics.median(seconds[name]), statistics.median(building[name])
        seen = f"{errors[name]} errors in {rounds * shots} shots"
        print(f"{name:10} {whole:8.2f} s (one shot {built:.2f} s), {seen}")
    ratios = [a / b for a, b in zip(*seconds.values(), strict=True)]
    print(f"ratio {statistics.median(ratios):.3f} (target 1.3): {', '.join(f'{r:.3f}' for r in ratios)}")


def timed(side: Callable[[int, int], int], shots: int, seed: int) -> tuple[float, int]:
    """Return the processor time (seconds) that a side takes, and its errors: both run on one thread."""
    start = time.process_time()
    found = side(shots, seed)
    return time.process_time() - start, found


if __name__ == "__main__":
    main()
