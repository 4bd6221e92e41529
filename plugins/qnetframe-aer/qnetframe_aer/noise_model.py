"""An Aer noise model as the hardware of a node."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from qnetframe import checks
from qnetframe.channels import Channel
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.network import GateProfile, Hardware, QubitProfile
from qnetframe.placement.natives import SYMMETRIC
from qnetframe.placement.recognition import gate_duration, gate_profile, relaxation_times
from qnetframe.program.gates import GATES

Places: TypeAlias = tuple[int, ...]
Durations: TypeAlias = Mapping[str | tuple[str, Places], float]

# Native gates that hardware knows beside the standard gates, by number of qubits.
_NATIVE = {"u": 1, "r": 1, "ecr": 2, "rzz": 2, "rxx": 2, "iswap": 2}
_SAME = {"cu1": "cp"}
# Gates of Qiskit that no program of qnetframe has, and that hardware makes nothing of.
_UNUSED = frozenset({"sxdg", "cu2", "cu3", "csx", "rzx", "ryy", "dcx"})
_VIRTUAL = frozenset({"rz", "p", "u1", "z", "s", "sdg", "t", "tdg"})
_TOLERANCE = 1e-9


def hardware_from_noise_model(
    noise_model: Any,
    *,
    durations: Durations | None = None,
    coupling: Iterable[tuple[int, int]] | None = None,
    name: str = "aer-noise-model",
) -> Hardware:
    """Return the hardware whose gates, readout and resets have the errors of a qiskit_aer NoiseModel.

    The natives are the model's ``basis_gates``; other gates are charged by their decomposition into these,
    as after ``transpile``. A gate's error is kept as a channel unless the figures of a device say the same:
    then it is an average infidelity (depolarizing λ is 3λ/4 of Pauli probability, λ/2 of infidelity, for one
    qubit) beside relaxation. An error on ``reset`` is that of every preparation, the first one included; one
    on ``measure`` acts before the readout.

    Times: ``durations`` are in seconds, by (gate, qubits) or gate, "measure" and "reset" among them. T1 and
    T2 are those of the delays in a model ``from_backend``; else they follow from the durations and the noise
    of the one-qubit gates, where it is depolarizing and relaxation to |0>. From T1, T2 and the noise follow
    in turn the durations that are not given. Without times, qubits that wait do not relax. With ``coupling``
    only these pairs are coupled. ``warnings`` of the result say what was left open.

    Raises UnsupportedError naming the error that hardware cannot have: correlated readout, custom noise
    passes, errors on labels or on gates of three qubits, resets into superpositions, a hot environment.
    """
    from qiskit_aer.noise import NoiseModel

    if not isinstance(noise_model, NoiseModel):
        raise InvalidInputError(f"noise_model is {noise_model!r:.60}; it must be a qiskit_aer NoiseModel")
    errors = _read(noise_model, name)
    errors.relaxation = _delays(noise_model, name)
    times = {key if isinstance(key, tuple) else (key, ()): t for key, t in (durations or {}).items()}
    for key, time in times.items():
        checks.non_negative(time, f"durations: {key[0]} {key[1] or ''} (seconds)")
    pairs = None if coupling is None else frozenset((min(a, b), max(a, b)) for a, b in map(tuple, coupling))
    return _hardware(errors, set(noise_model.basis_gates), _Times(times), pairs, name)


def _delays(noise_model: Any, name: str) -> list[tuple[float, float]]:
    """Return (T1, T2) by qubit of the pass that ``from_backend`` adds for delays; none without it."""
    from qiskit.circuit import Delay
    from qiskit_aer.noise import RelaxationNoisePass

    found: list[tuple[float, float]] = []
    for each in getattr(noise_model, "_custom_noise_passes", ()):
        if type(each) is not RelaxationNoisePass or each._ops != (Delay,) or found:
            raise UnsupportedError(f"{name}: the noise pass {type(each).__name__} has no counterpart")
        if each._p1s.any():
            raise UnsupportedError(
                f"{name}: qubits relax to an excited population of {max(each._p1s):.3g}; "
                "hardware relaxes to |0>"
            )
        found = [(float(a), float(b)) for a, b in zip(each._t1s, each._t2s, strict=True)]
    return found


@dataclass
class _Times:
    given: Mapping[tuple[str, Places], float]

    def of(self, gate: str, places: Places) -> float:
        return float(self.given.get((gate, places), self.given.get((gate, ()), 0.0)))


@dataclass
class _Errors:
    """Channels by gate and qubits (none: all), readout (P(1|0), P(0|1)) and prepare errors by qubit."""

    gates: dict[tuple[str, Places], Channel] = field(default_factory=dict)
    readout: dict[Places, tuple[float, float]] = field(default_factory=dict)
    before_readout: dict[Places, tuple[float, float]] = field(default_factory=dict)
    prepare: dict[Places, float] = field(default_factory=dict)
    relaxation: list[tuple[float, float]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def _read(noise_model: Any, name: str) -> _Errors:
    from qnetframe_aer.errors import channel_of

    found = _Errors()
    for error in noise_model.to_dict()["errors"]:
        gate = error["operations"][0]
        places: Places = tuple(error["gate_qubits"][0]) if "gate_qubits" in error else ()
        where = f"{name}: {gate} on {'-'.join(map(str, places)) or 'every qubit'}"
        if error["type"] == "roerror":
            if len(error["probabilities"]) != 2:
                raise UnsupportedError(f"{where}: the readout error correlates several qubits")
            (_, up), (down, _) = error["probabilities"]
            found.readout[places] = float(up), float(down)
            continue
        channel = channel_of(error, where)
        if gate == "measure":
            found.before_readout[places] = _as_readout(channel, where)
            found.warnings.append(
                f"{where}: the error is taken as a readout error; the qubit is left as measured"
            )
        elif gate == "reset":
            found.prepare[places] = _as_preparation(channel, where)
        elif _native(gate):
            found.gates[_SAME.get(gate, gate), places] = channel
        elif gate in _UNUSED:
            found.warnings.append(f"{where}: no program has this gate; its error is left out")
        elif not channel.is_identity:
            raise UnsupportedError(
                f"{where}: hardware has no error for it; known are the standard gates on one and two qubits, "
                f"{', '.join(_NATIVE)}, measure and reset"
            )
    return found


def _native(gate: str) -> int:
    """Return the number of qubits of a gate that hardware can have; 0 for any other."""
    gate = _SAME.get(gate, gate)
    if gate in GATES:
        return GATES[gate].num_qubits if GATES[gate].num_qubits < 3 else 0
    return _NATIVE.get(gate, 0)


def _as_readout(channel: Channel, where: str) -> tuple[float, float]:
    shift, x, y, z = channel.pauli_transfer[3]
    if max(abs(x), abs(y)) > _TOLERANCE:
        raise UnsupportedError(
            f"{where}: the error makes outcomes depend on superpositions, unlike a readout error"
        )
    return _probability((1 - shift - z) / 2), _probability((1 + shift - z) / 2)


def _as_preparation(channel: Channel, where: str) -> float:
    _, x, y, z = channel.pauli_transfer[:, 0] + channel.pauli_transfer[:, 3]
    if max(abs(x), abs(y)) > _TOLERANCE:
        raise UnsupportedError(f"{where}: the error resets into a superposition; only a flip is possible")
    return _probability((1 - z) / 2)


def _probability(value: float) -> float:
    return 0.0 if abs(value) < 1e-15 else min(1.0, max(0.0, float(value)))


def _hardware(
    errors: _Errors, basis: set[str], times: _Times, pairs: frozenset[tuple[int, int]] | None, name: str
) -> Hardware:
    local = [places for _, places in errors.gates]
    local += [*errors.readout, *errors.before_readout, *errors.prepare, *(pairs or ())]
    local += [places for _, places in times.given]
    count = max(len(errors.relaxation), 1 + max((i for places in local for i in places), default=-1))
    warnings = list(errors.warnings)
    indices: list[Places] = [(i,) for i in range(count)] or [()]
    profiles = {places: _qubit(errors, times, places, warnings, name) for places in indices}
    default = profiles.get((), QubitProfile())
    gates: dict[tuple[str, Places], GateProfile] = {}
    for (gate, places), channel in errors.gates.items():
        # An error on every qubit is one figure only where all relax alike.
        alike = not count or places or len({(p.t1, p.t2) for p in profiles.values()}) == 1
        held = [profiles[i,] for i in places] or [next(iter(profiles.values()))] * channel.num_qubits
        duration = times.of(gate, places)
        if alike:
            duration = duration or gate_duration(channel, held) or 0.0
            gates[gate, places] = gate_profile(channel, duration, held)
        else:
            gates[gate, ()] = GateProfile(duration=duration, channel=channel)
    listed = defaultdict(set)
    for gate, places in gates:
        listed[gate].add(places)
    for gate in sorted(basis):
        size = _native(gate)
        known = _SAME.get(gate, gate)
        # Without a coupling map a pair without an error has an ideal gate, as in Aer.
        if size and () not in listed[known] and (size == 1 or pairs is None or not listed[known]):
            duration = times.of(known, ())
            gates[known, ()] = GateProfile(duration=duration, channel=None)
    if pairs is None:
        # To Aer the two orders of a symmetric gate are two gates; hardware takes one for the other.
        for gate, places in list(gates):
            if gate in SYMMETRIC and len(places) == 2 and (gate, ()) in gates:
                gates.setdefault((gate, places[::-1]), gates[gate, ()])
    noisy = sorted({g for (g, _), c in errors.gates.items() if g in _VIRTUAL and not c.is_identity})
    if noisy:
        warnings.append(
            f"{name}: {', '.join(noisy)}: the error is that of the gate itself; Z rotations that a "
            "decomposition needs are virtual and free of error"
        )
    return Hardware(
        name=name,
        qubits=tuple(profiles[places] for places in indices) if count else (),
        default=default if not count else QubitProfile(),
        gates=gates,
        coupling=pairs,
        warnings=tuple(warnings),
    )


def _qubit(errors: _Errors, times: _Times, places: Places, warnings: list[str], name: str) -> QubitProfile:
    def of(values: Mapping[Places, Any], otherwise: Any) -> Any:
        return values.get(places, values.get((), otherwise))

    before, after = of(errors.before_readout, (0.0, 0.0)), of(errors.readout, (0.0, 0.0))
    up = before[0] * (1 - after[1]) + (1 - before[0]) * after[0]
    down = before[1] * (1 - after[0]) + (1 - before[1]) * after[1]
    t1, t2 = _relaxation(errors, times, places, warnings, name)
    return QubitProfile(
        t1=t1,
        t2=t2,
        readout=(_probability(up), _probability(down)),
        measure_duration=times.of("measure", places),
        prepare_error=of(errors.prepare, 0.0),
        prepare_duration=times.of("reset", places),
    )


def _relaxation(
    errors: _Errors, times: _Times, places: Places, warnings: list[str], name: str
) -> tuple[float, float]:
    if places and places[0] < len(errors.relaxation):
        return errors.relaxation[places[0]]
    mine = {gate for gate, at in errors.gates if at in (places, ()) and _native(gate) == 1}
    timed = [
        (errors.gates.get((gate, places), errors.gates.get((gate, ()))), times.of(gate, places))
        for gate in sorted(mine)
    ]
    known = [(channel, time) for channel, time in timed if channel is not None and time > 0.0]
    relaxation = relaxation_times(known) if known else None
    where = f"{name}: qubit {places[0]}" if places else f"{name}: every qubit"
    if relaxation is None:
        why = "its gates' noise is not relaxation with one T1 and T2" if known else "no durations are given"
        warnings.append(f"{where}: {why}; it does not relax while it waits")
    return relaxation or (math.inf, math.inf)
