"""Protocols that run by name on any network and backend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from qnetframe import checks
from qnetframe.api import Result, Session
from qnetframe.errors import InvalidInputError
from qnetframe.plugins import discover
from qnetframe.program.operations import Detector, Observable
from qnetframe.program.program import Program
from qnetframe.values import Estimate, Parity, mean_estimate
from qnetframe_qec.distributed.assignment import striped
from qnetframe_qec.distributed.patch import distributed_memory_program
from qnetframe_qec.distributed.seams import seam_gate_noise
from qnetframe_qec.noise import noise_model
from qnetframe_qec.programs.memory import memory_program
from qnetframe_qec.repeaters.programs import one_way_program, swapping_program
from qnetframe_qec.sampling.scaling import error_per_round
from qnetframe_qec.sampling.task import make_code


@dataclass(frozen=True)
class Memory:
    """Keep a logical qubit of ``code`` for ``rounds`` rounds (0: as many as the distance) and decode.

    ``noise`` is a model at probability ``p``, on top of what the network's hardware does ("none" for that
    alone); ``misread`` is the probability that all syndrome bits of a round flip together. The figures are
    the logical error and that of one round.
    """

    code: str = "rotated-surface"
    distance: int = 3
    rounds: int = 0
    noise: str = "circuit"
    p: float = 0.001
    misread: float = 0.0
    decoder: str = "pymatching"
    basis: str = "z"

    def __post_init__(self) -> None:
        checks.integer(self.distance, "distance", low=1)
        checks.integer(self.rounds, "rounds", low=0)
        noise_model(self.noise, self.p, self.misread)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the logical error and the logical error per round."""
        code = make_code(self.code, self.distance)
        rounds = self.rounds or code.distance or 1
        party = session.route()[0] if session.network is not None else "patch"
        noise = noise_model(self.noise, self.p, self.misread)
        program = memory_program(code, rounds, noise, self.basis, party=party)
        error = decoded_error(session, program, self.decoder)
        return {"logical error": error, "logical error per round": error_per_round(error, rounds)}


@dataclass(frozen=True)
class DistributedMemory:
    """Keep a logical qubit of a code whose patch is cut into ``nodes`` stripes of equal width.

    On a network the stripes sit at the first nodes of its route, and gates across a seam are teleported over
    pairs of the links, ``pairs_at_once`` of them side by side; ``p_link`` must be 0 then. Without a network a
    gate across a seam has two-qubit depolarizing noise ``p_link``. ``noise`` at ``p`` is that of everything
    else; ``misread`` is the probability that all syndrome bits of a node and round flip together.
    """

    code: str = "rotated-surface"
    distance: int = 3
    nodes: int = 2
    p_link: float = 0.0
    rounds: int = 0
    noise: str = "gates"
    p: float = 0.001
    misread: float = 0.0
    decoder: str = "pymatching"
    basis: str = "z"
    seam: str = "x"
    pairs_at_once: int = 1

    def __post_init__(self) -> None:
        checks.integer(self.nodes, "nodes", low=1)
        checks.integer(self.rounds, "rounds", low=0)
        checks.integer(self.pairs_at_once, "pairs_at_once", low=1)
        checks.probability(self.p_link, "p_link")
        noise_model(self.noise, self.p, self.misread)

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the logical error, that of a round, and the pairs that a round takes."""
        code = make_code(self.code, self.distance)
        rounds = self.rounds or code.distance or 1
        noise = noise_model(self.noise, self.p, self.misread)
        names = session.route() if session.network is not None else [f"node{i}" for i in range(self.nodes)]
        if len(names) < self.nodes:
            raise InvalidInputError(f"nodes is {self.nodes}; the route has {len(names)}: {', '.join(names)}")
        assignment = striped(code, names[: self.nodes], self.seam)
        if session.network is None:
            across = seam_gate_noise(code, self.nodes, self.p_link, self.seam)
            program = memory_program(
                code, rounds, noise, self.basis, gate_noise=across, readers=assignment.checks
            )
        else:
            if self.p_link:
                raise InvalidInputError(
                    f"p_link is {self.p_link}; on a network the links' pairs say how good gates across a "
                    "seam are"
                )
            assignment.check(code, session.network, self.pairs_at_once)
            program = distributed_memory_program(
                code, assignment, rounds, self.basis, noise=noise, pairs_at_once=self.pairs_at_once
            )
        error = decoded_error(session, program, self.decoder)
        return {
            "logical error": error,
            "logical error per round": error_per_round(error, rounds),
            "pairs per round": Estimate(float(len(assignment.crossings(code)))),
        }


@dataclass(frozen=True)
class EncodedRepeater:
    """Join both ends of a route with a logical pair or qubit, corrected at every station.

    ``scheme`` "swapping" is encoded entanglement swapping over Bell pairs of the links, "one-way" sends the
    qubits of a block from station to station. Errors are those of the first logical qubit or any other, in
    the z and in the x basis, from a run each; one minus both is a lower bound on the fidelity.
    """

    scheme: Literal["swapping", "one-way"] = "swapping"
    code: str = "steane"
    distance: int = 3
    decoder: str = "bp-osd"

    def run(self, session: Session) -> Mapping[str, Estimate]:
        """Return the logical errors, the bound on the fidelity, and the pairs or qubits that one use
        takes.
        """
        code = make_code(self.code, self.distance)
        route = session.route()
        write = swapping_program if self.scheme == "swapping" else one_way_program
        z, x = (decoded_error(session, write(code, route, basis), self.decoder) for basis in "zx")
        used = Estimate(float(code.n * (len(route) - 1)))
        return {
            "logical z error": z,
            "logical x error": x,
            "fidelity, at least": mean_estimate([z, x], [-1.0, -1.0]).scaled(1.0, 1.0),
            "pairs" if self.scheme == "swapping" else "qubits sent": used,
        }


def decoded_error(session: Session, program: Program, decoder: str) -> Estimate:
    """Run a program with detectors in a session and return how often the decoder is wrong.

    The decoder reads the error model of the circuit as it was placed, twirled to Pauli noise where that is
    not Clifford: a decoder's weights need no more.
    """
    from qnetframe_qec.decoders.heralded import Heralded
    from qnetframe_qec.decoders.model import packed
    from qnetframe_qec.sampling.counts import error_model

    program = with_outputs(program)
    result: Any = session.run(program)
    made = discover().make("decoder", decoder)
    compiled = Heralded(made).compile_decoder_for_dem(dem=error_model(_native(result.circuit)))
    detectors = sum(isinstance(o, Detector) for o in program.operations)
    outcomes, weights, shots = _outcomes(result)
    predicted = compiled.decode_shots_bit_packed(
        bit_packed_detection_event_data=packed(outcomes[:, :detectors])
    )
    wrong = (predicted != packed(outcomes[:, detectors:])).any(axis=1)
    total = float(weights.sum())
    value = float(weights[wrong].sum()) / total
    if shots is None:
        return Estimate(value)
    smooth = (value * shots + 0.5) / (shots + 1)
    return Estimate(value, math.sqrt(smooth * (1 - smooth) / shots), shots)


def with_outputs(program: Program) -> Program:
    """Return a program whose outputs are its detectors D0, D1, … and its observables L0, L1, …"""
    found = program.copy()
    detectors = [o.parity for o in program.operations if isinstance(o, Detector)]
    observables: dict[int, Parity] = {}
    for operation in program.operations:
        if isinstance(operation, Observable):
            observables[operation.index] = observables.get(operation.index, Parity()) ^ operation.parity
    if sorted(observables) != list(range(len(observables))) or not observables:
        raise InvalidInputError(f"observables are {sorted(observables)}; they must be numbered from 0")
    for i, parity in enumerate(detectors):
        found.output(parity, label=f"D{i}")
    for i in sorted(observables):
        found.output(observables[i], label=f"L{i}")
    return found


def _outcomes(result: Result) -> tuple[Any, Any, int | None]:
    """Return the distinct rows of outputs (or every shot), their weights, and the shots."""
    if getattr(result, "shots", None) is None:
        distribution = result.distribution()
        rows = np.array(list(distribution), dtype=np.uint8)
        return rows, np.array([e.value for e in distribution.values()]), None
    bits = result.bits.bits()  # type: ignore[attr-defined]
    return bits, np.ones(len(bits)), len(bits)


def _native(circuit: Any) -> Any:
    from qnetframe.program.passes.twirling import pauli_twirl
    from qnetframe_stim import stim_backend

    executable: Any = stim_backend().compile(pauli_twirl(circuit))
    return executable.native()
