"""Walk: the operations of a program in order, each put on the clock with its time and noise."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from qnetframe.errors import UnsupportedError
from qnetframe.network.links import pair_for
from qnetframe.network.pairs import PHI_PLUS
from qnetframe.placement import natives
from qnetframe.placement.clock import Clock
from qnetframe.placement.device import Step
from qnetframe.placement.messages import Messages
from qnetframe.placement.noise import relaxation
from qnetframe.placement.sites import Sites
from qnetframe.placement.sources import Source, Tape
from qnetframe.placement.timeline import Attempt, Message
from qnetframe.program.gates import gate_matrix
from qnetframe.program.lowering import used_bits
from qnetframe.program.operations import (
    Coin,
    Detector,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Noise,
    Observable,
    Prepare,
    Require,
    Reset,
    Save,
    Send,
    Unitary,
    freeze,
    qubits_of,
    thaw,
)
from qnetframe.program.program import Program
from qnetframe.values import ComplexArray

Waiting: TypeAlias = Literal["none", "mean"]

_TO_Z = {"x": ("h",), "y": ("sdg", "h")}
_FROM_Z = {"x": ("h",), "y": ("h", "s")}


class Walk:
    """One placement: ``run`` returns the circuit's tape; ``clock``, ``messages``, ``pairs`` have the rest."""

    def __init__(self, program: Program, sites: Sites, clock: Clock, waiting: Waiting) -> None:
        self.program, self.sites, self.clock, self.waiting = program, sites, clock, waiting
        self.pairs: list[Attempt] = []
        self._out = clock.operations
        self._messages = Messages(sites)
        self._used = used_bits(program)
        self._owners = program.bit_owners
        self._lasting = _lasting(program)

    @property
    def messages(self) -> list[Message]:
        """The classical messages, in order of the program."""
        return self._messages.sent

    def run(self) -> Tape:
        """Place every operation and return those of the circuit, with the sources of their noise."""
        kept: list[tuple[int, Save | Expect]] = []
        for number, operation in enumerate(self.program.operations):
            if isinstance(operation, (Gate, Unitary)):
                self._gate(operation)
            elif isinstance(operation, Measure):
                self._measure(operation, number in self._lasting)
            elif isinstance(operation, Prepare):
                self._prepare(operation)
            elif isinstance(operation, Reset):
                self._reset(operation)
            elif isinstance(operation, Entangle):
                self._entangle(operation)
            elif isinstance(operation, Send):
                self._send(operation)
            elif isinstance(operation, Idle):
                for qubit in operation.qubits:
                    self.clock.pause(qubit, operation.seconds)
            elif isinstance(operation, (Noise, Erase)):
                for qubit in qubits_of(operation):
                    time = self.clock.begin((qubit,))
                source = self.clock.source("program", qubits_of(operation))
                if isinstance(operation, Erase):
                    source = replace(source, ideal=Coin(0.0, operation.bit))
                self._out.append(operation, source)
                if isinstance(operation, Erase):
                    self.clock.erased(operation.qubit, time, operation.bit)
                    self._record(operation.bit, time)
            elif isinstance(operation, Coin):
                self._out.append(Coin(operation.probability, operation.bit))
                self._record(operation.bit, 0.0)
            elif isinstance(operation, (Save, Expect)):
                kept.append((len(self._out), operation))
                self._out.append(operation)
            else:
                assert isinstance(operation, (Require, Detector, Observable))
                self._out.append(operation)
        return self._finish(kept)

    def _record(self, bit: str, time: float) -> None:
        self._messages.record(bit, self._owners[bit], time)

    def _gate(self, operation: Gate | Unitary) -> None:
        clock, qubits = self.clock, operation.qubits
        node, party = clock.node_of[qubits[0]], clock.party_of[qubits[0]]
        steps = self._steps(operation, qubits)
        arrival = 0.0 if operation.when is None else self._messages.arrival(operation.when, party)
        involved = clock.involved(node, qubits, steps)
        start = clock.begin(involved, arrival)
        self._out.append(operation)
        end = clock.pulses(node, steps, start)
        name = operation.name if isinstance(operation, Gate) else "unitary"
        others = involved[len(qubits) :]
        clock.event("gate", name, qubits, start, end, through=others, when=operation.when)

    def _steps(self, operation: Gate | Unitary, qubits: tuple[str, ...]) -> tuple[Step, ...]:
        device = self.clock.device(qubits[0])
        places = tuple(self.clock.index(q) for q in qubits)
        if device.ideal_gates and device.hardware.coupling is None:
            return ()
        if isinstance(operation, Unitary) and len(qubits) > 2:
            raise self._too_wide("unitary", qubits)
        try:
            if isinstance(operation, Gate):
                return device.gate_steps(operation.name, operation.params, places)
            if len(qubits) == 1:
                return device.rotation_steps(thaw(operation.matrix), places[0])
            return device.recipe_steps(natives.ANY_TWO_QUBIT_GATE, places)
        except UnsupportedError as error:
            raise UnsupportedError(f"{', '.join(qubits)}: {error}") from None

    def _too_wide(self, what: str, qubits: tuple[str, ...]) -> UnsupportedError:
        device = self.clock.device(qubits[0])
        return UnsupportedError(
            f"{what} on {', '.join(qubits)}: for hardware {device.hardware.name!r} (node {device.node!r}) a "
            f"{what} must have 1 or 2 qubits; write it as standard gates"
        )

    def _measure(self, operation: Measure, lasting: bool) -> None:
        clock, qubit = self.clock, operation.qubit
        profile, node = clock.profile(qubit), clock.node_of[qubit]
        begin = start = clock.begin((qubit,))
        rest = relaxation(profile, profile.measure_duration) if lasting else None
        turn = self._turn(operation.basis, _TO_Z, qubit)
        # A rotation that costs something, or relaxation in the z basis, makes the basis change explicit.
        explicit = operation.basis != "z" and (bool(turn) or rest is not None)
        basis = "z" if explicit else operation.basis
        if explicit:
            for name in _TO_Z[operation.basis]:
                self._out.append(Gate(name, (qubit,)))
            start = clock.pulses(node, turn, begin) if turn else begin
        readout = _then(profile.readout, operation.readout)
        measure = Measure(qubit, operation.bit, basis, readout)
        source = clock.source("program" if profile.readout == (0.0, 0.0) else "readout", (qubit,))
        perfect = replace(measure, readout=(0.0, 0.0))
        self._out.append(measure, None if measure == perfect else replace(source, ideal=perfect))
        end = start + profile.measure_duration
        clock.event("measure", operation.basis, (qubit,), begin, end, bits=(operation.bit,))
        self._record(operation.bit, end)
        if rest is not None:
            self._out.append(Noise((qubit,), rest), clock.source("readout", (qubit,)))
        clock.until(qubit, end)
        if explicit and lasting:
            for name in _FROM_Z[operation.basis]:
                self._out.append(Gate(name, (qubit,)))
            steps = self._turn(operation.basis, _FROM_Z, qubit)
            if steps:
                back = clock.pulses(node, steps, end)
                clock.event("gate", f"to {operation.basis}", (qubit,), end, back)

    def _turn(self, basis: str, words: dict[str, tuple[str, ...]], qubit: str) -> tuple[Step, ...]:
        matrix = np.eye(2, dtype=complex)
        for name in words.get(basis, ()):
            matrix = gate_matrix(name) @ matrix
        return self.clock.device(qubit).rotation_steps(matrix, self.clock.index(qubit))

    def _prepare(self, operation: Prepare) -> None:
        clock, qubits = self.clock, operation.qubits
        device, node = clock.device(qubits[0]), clock.node_of[qubits[0]]
        steps: tuple[Step, ...] = ()
        if not device.ideal_gates or device.hardware.coupling is not None:
            if len(qubits) > 2:
                raise self._too_wide("prepare", qubits)
            steps = self._preparation(operation)
        others = clock.involved(node, qubits, steps)[len(qubits) :]
        begin = max([clock.anew(qubits), *(clock.free(q) for q in others)])
        start = begin + max(clock.profile(q).prepare_duration for q in qubits)
        start = clock.begin(others, start) if others else start
        errors = [clock.profile(q).prepare_error for q in qubits]
        if len(qubits) == 1:
            source = replace(clock.source("preparation", qubits), ideal=operation)
            self._out.append(_imperfect(operation, errors[0]), source if errors[0] else None)
        else:
            self._out.append(operation)
            for qubit in qubits:
                clock.flip(qubit, self._out)
        for qubit in qubits:
            clock.until(qubit, start)
        end = clock.pulses(node, steps, start, "preparation")
        clock.event("prepare", "", qubits, begin, end, through=others)

    def _preparation(self, operation: Prepare) -> tuple[Step, ...]:
        device = self.clock.device(operation.qubits[0])
        places = tuple(self.clock.index(q) for q in operation.qubits)
        values, vectors = np.linalg.eigh(thaw(operation.state))
        if abs(values[-1] - values[0]) < 1e-12:
            return ()
        leading = vectors[:, -1]
        if len(places) == 1:
            return device.rotation_steps(_rotation_to(leading), places[0])
        left, schmidt, right = np.linalg.svd(leading.reshape(2, 2))
        if values[-1] < 1 - 1e-9 or schmidt[1] > 1e-9:
            return device.recipe_steps(natives.ANY_PAIR_STATE, places)
        parts = (left[:, 0], right[0])
        turns = [device.rotation_steps(_rotation_to(v), i) for v, i in zip(parts, places, strict=True)]
        return tuple(step for turn in turns for step in turn)

    def _reset(self, operation: Reset) -> None:
        clock, qubit = self.clock, operation.qubit
        start = clock.anew((qubit,))
        self._out.append(operation)
        clock.flip(qubit, self._out)
        end = start + clock.profile(qubit).prepare_duration
        clock.until(qubit, end)
        clock.event("reset", "", (qubit,), start, end)

    def _entangle(self, operation: Entangle) -> None:
        clock, (a, b) = self.clock, operation.qubits
        link = self.sites.link("entangle", clock.party_of[a], clock.party_of[b], operation.link)
        model = link.model
        start = clock.anew((a, b))
        failed = 1 / model.success_probability - 1 if self.waiting == "mean" else 0.0
        end = start + failed * model.attempt_time + model.attempt_time
        ideal = Prepare((a, b), PHI_PLUS)
        pair = Prepare((a, b), pair_for(link, clock.node_of[a]))
        self._out.append(pair, None if pair == ideal else Source("pair", link.name, (a, b), ideal))
        for qubit in (a, b):
            clock.until(qubit, end)
            clock.charged[qubit] = end - model.herald_delay
        clock.event("entangle", link.name, (a, b), start, end)
        self.pairs.append(Attempt(link.name, (a, b), model.success_probability, model.attempt_time))

    def _send(self, operation: Send) -> None:
        clock, qubit = self.clock, operation.qubit
        sender, receiver = clock.party_of[qubit], operation.to
        link = self.sites.link("send", sender, receiver, operation.link)
        model = link.model
        start = clock.begin((qubit,))
        end = start + model.delay
        if model.send_channel is not None:
            self._out.append(Noise((qubit,), model.send_channel), Source("sending", link.name, (qubit,)))
        if model.transmission < 1.0:
            loss = Source("loss", link.name, (qubit,), Coin(0.0, operation.bit))
            self._out.append(Erase(qubit, 1.0 - model.transmission, operation.bit), loss)
        elif operation.bit in self._used:
            self._out.append(Coin(0.0, operation.bit))
        clock.event("send", f"{sender} -> {receiver}", (qubit,), start, end, bits=(operation.bit,))
        clock.party_of[qubit], clock.node_of[qubit] = receiver, self.sites.nodes[receiver]
        clock.until(qubit, end)
        self._record(operation.bit, end)

    def _finish(self, kept: list[tuple[int, Save | Expect]]) -> Tape:
        """Let qubits that are kept together idle until the latest of them, right before they are kept."""
        leader: dict[str, str] = {}

        def find(qubit: str) -> str:
            while leader.setdefault(qubit, qubit) != qubit:
                leader[qubit] = qubit = leader[leader[qubit]]
            return qubit

        for _, operation in kept:
            for qubit in operation.qubits[1:]:
                leader[find(qubit)] = find(operation.qubits[0])
        latest: dict[str, float] = {}
        for _, operation in kept:
            for qubit in operation.qubits:
                root = find(qubit)
                latest[root] = max(latest.get(root, 0.0), self.clock.free(qubit))
        noise: dict[int, Tape] = {}
        done: set[str] = set()
        for position, operation in kept:
            for qubit in operation.qubits:
                if qubit not in done:
                    done.add(qubit)
                    self.clock.wait(qubit, latest[find(qubit)], noise.setdefault(position, Tape()))
        result = Tape()
        for position, (placed, source) in enumerate(self._out):
            if position in noise:
                result.extend(noise[position])
            result.append(placed, source)
        return result


def _lasting(program: Program) -> set[int]:
    """Return the numbers of the measurements whose qubit's state is used afterwards."""
    found: set[int] = set()
    wanted: set[str] = set()
    for number, operation in reversed(list(enumerate(program.operations))):
        if isinstance(operation, Measure) and operation.qubit in wanted:
            found.add(number)
        if isinstance(operation, (Reset, Prepare, Entangle)):
            wanted.difference_update(qubits_of(operation))
        elif not isinstance(operation, Idle):
            wanted.update(qubits_of(operation))
    return found


def _then(first: tuple[float, float], second: tuple[float, float]) -> tuple[float, float]:
    """Return the readout errors of two confusions in a row, exactly the other one where one is perfect."""
    if first == (0.0, 0.0) or second == (0.0, 0.0):
        return second if first == (0.0, 0.0) else first
    (a, b), (c, d) = first, second
    return a * (1 - d) + (1 - a) * c, b * (1 - c) + (1 - b) * d


def _imperfect(operation: Prepare, error: float) -> Prepare:
    """Return the preparation from a |0> that is |1> with probability ``error``."""
    if not error:
        return operation
    rho = thaw(operation.state)
    return Prepare(operation.qubits, freeze((1 - error) * rho + error * (np.eye(2) - rho)))


def _rotation_to(vector: ComplexArray) -> ComplexArray:
    """Return a unitary that takes |0> to a unit vector of two amplitudes."""
    a, b = vector
    return np.array([[a, -np.conj(b)], [b, np.conj(a)]], dtype=complex)
