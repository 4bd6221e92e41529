"""A Cirq noise model as the hardware of a node."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from qnetframe import checks
from qnetframe.channels import Channel, identity
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.network import GateProfile, Hardware, QubitProfile
from qnetframe.placement.noise import relaxation
from qnetframe.placement.recognition import gate_profile, relaxation_times

if TYPE_CHECKING:
    import cirq

    from qnetframe_cirq.probing import Probe

Places: TypeAlias = tuple[int, ...]
_TOLERANCE = 1e-9
_SAME = 1e-12


def hardware_from_noise_model(
    noise_model: Any,
    qubits: Sequence[Any] | None = None,
    *,
    gates: Mapping[str, Any] | None = None,
    coupling: Iterable[tuple[int, int]] | None = None,
    durations: Mapping[str, float] | None = None,
    waiting: Literal["refuse", "ignore"] = "refuse",
    name: str = "cirq-noise-model",
) -> Hardware:
    """Return the hardware whose gates, readout and resets have the noise of a Cirq noise model.

    The model is asked what it makes of each native gate on each qubit or pair, alone in a moment. ``qubits``
    are physical qubits 0, 1, … in this order (without: those of the device's properties, or else any number
    of qubits, which must be alike). ``gates`` maps native names to Cirq gates: without, those of the device's
    properties, or else every standard gate on one and two qubits. ``coupling`` are pairs of positions.

    Cirq counts time in moments, placement in seconds. ``durations`` in seconds by native name, "measure" and
    "reset" among them (without: the device's gate times) turn the noise on qubits that wait during a moment
    into T1 and T2. Where it is no such relaxation the model is refused, or, with ``waiting="ignore"``, that
    noise is left out, as is noise after a measurement; ``warnings`` of the result say so. Noise on ``reset``
    is that of every preparation, the first one included.

    Raises UnsupportedError naming the noise that hardware cannot have: crosstalk, noise that depends on an
    angle, readout that depends on superpositions.
    """
    import cirq

    if waiting not in ("refuse", "ignore"):
        raise InvalidInputError(f"waiting is {waiting!r}; it must be 'refuse' or 'ignore'")
    try:
        model = cirq.NoiseModel.from_noise_model_like(noise_model)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"noise_model: {error}") from None
    device = _Device(model, qubits, gates, coupling, durations, name)
    found = _probed(device)
    uniform = device.uniform
    if uniform:
        _check_alike(found, name)
    warnings: list[str] = []
    profiles = {i: _qubit(device, found, i, waiting == "ignore", warnings) for i in range(len(device.qubits))}
    made: dict[tuple[str, Places], GateProfile] = {}
    for (gate, places), result in found.items():
        if gate not in ("measure", "reset"):
            held = [profiles[i] for i in places]
            made[gate, places] = gate_profile(result.after, device.duration(gate), held)
    if uniform:
        return Hardware(
            name,
            default=profiles[0],
            gates={(g, ()): profile for (g, places), profile in made.items() if places in ((0,), (0, 1))},
            warnings=tuple(dict.fromkeys(re.sub(r": qubit \d+:", ":", w) for w in warnings)),
        )
    return Hardware(
        name,
        qubits=tuple(profiles.values()),
        gates=made,
        coupling=device.pairs,
        warnings=tuple(dict.fromkeys(warnings)),
    )


class _Device:
    """What is asked of a model: which gates on which qubits, and how long they take."""

    def __init__(
        self,
        model: cirq.NoiseModel,
        qubits: Sequence[Any] | None,
        gates: Mapping[str, Any] | None,
        coupling: Iterable[tuple[int, int]] | None,
        durations: Mapping[str, float] | None,
        name: str,
    ) -> None:
        import cirq

        from qnetframe_cirq import natives

        self.model, self.name = model, name
        properties = getattr(model, "_noise_properties", None)
        known = getattr(properties, "qubits", None)
        self.uniform = qubits is None and known is None
        if qubits is None:
            self.qubits = tuple(known) if known is not None else tuple(cirq.LineQubit.range(3))
        else:
            self.qubits = tuple(qubits)
            if not self.qubits or not all(isinstance(q, cirq.Qid) and q.dimension == 2 for q in self.qubits):
                raise InvalidInputError(f"qubits is {qubits!r:.60}; it must be a sequence of Cirq qubits")
        self.gates: dict[str, tuple[Any, ...]] = (
            {g: (made,) for g, made in gates.items()}
            if gates is not None
            else natives.standard_gates()
            if properties is None
            else natives.device_gates(properties)
        )
        last = len(self.qubits) - 1
        if coupling is not None:
            chosen = {tuple(sorted(pair)) for pair in coupling}
            for index in (i for pair in chosen for i in pair):
                checks.integer(index, f"{name}: coupling", low=0, high=last)
        elif properties is not None:
            place = {q: i for i, q in enumerate(self.qubits)}
            listed = [o.qubits for o in properties.gate_pauli_errors if len(o.qubits) == 2]
            chosen = {tuple(sorted((place[a], place[b]))) for a, b in listed if a in place and b in place}
        else:
            chosen = {(i, j) for j in range(last + 1) for i in range(j)}
        self.pairs: frozenset[tuple[int, int]] = frozenset(chosen)  # type: ignore[arg-type]
        self._given = {g: checks.non_negative(t, f"durations: {g}") for g, t in (durations or {}).items()}
        self._times = dict(getattr(properties, "gate_times_ns", {}))

    def duration(self, gate: str) -> float:
        """Return the seconds that a native gate takes; 0 where nobody says."""
        if gate in self._given:
            return self._given[gate]
        import cirq

        special = {"measure": cirq.MeasurementGate(1), "reset": cirq.ResetChannel()}
        made = special[gate] if gate in special else self.gates[gate][0]
        for kind, time in self._times.items():
            if isinstance(made, kind) and not self.virtual(made):
                return float(time) * 1e-9
        return 0.0

    def virtual(self, gate: Any) -> bool:
        """Whether the device makes a gate in software."""
        import cirq

        says = getattr(self.model, "is_virtual", None)
        return says is not None and bool(says(gate.on(*cirq.LineQubit.range(gate.num_qubits()))))


def _probed(device: _Device) -> dict[tuple[str, Places], Probe]:
    import cirq

    from qnetframe_cirq.probing import probe

    special = {"measure": (cirq.MeasurementGate(1, "m"),), "reset": (cirq.ResetChannel(),)}
    found: dict[tuple[str, Places], Probe] = {}
    for gate, made in {**device.gates, **special}.items():
        size = made[0].num_qubits()
        everywhere = [(i,) for i in range(len(device.qubits))]
        both = [pair for a, b in sorted(device.pairs) for pair in ((a, b), (b, a))]
        for places in everywhere if size == 1 else both:
            where = f"{device.name}: {gate} on {'-'.join(str(device.qubits[i]) for i in places)}"
            on = [each.on(*(device.qubits[i] for i in places)) for each in made]
            results = [probe(device.model, operation, device.qubits, where) for operation in on]
            if any(not r.after.is_close(results[0].after, _TOLERANCE) for r in results):
                raise UnsupportedError(f"{where}: the noise depends on the angle of the gate")
            found[gate, places] = results[0]
    return found


def _check_alike(found: Mapping[tuple[str, Places], Probe], name: str) -> None:
    first: dict[str, Probe] = {}
    for (gate, _), result in found.items():
        known = first.setdefault(gate, result)
        if not known.after.is_close(result.after, _SAME):
            raise UnsupportedError(f"{name}: qubits differ (in the noise of {gate}); give qubits=")


def _qubit(
    device: _Device, found: Mapping[tuple[str, Places], Probe], index: int, ignore: bool, warnings: list[str]
) -> QubitProfile:
    where = f"{device.name}: qubit {index}"
    measured, reset = found["measure", (index,)], found["reset", (index,)]
    t1, t2 = _relaxation(device, found, index, ignore, warnings, where)
    duration = device.duration("measure")
    expected = relaxation(QubitProfile(t1, t2), duration) or identity(1)
    if not measured.after.is_close(expected, _TOLERANCE):
        if measured.after.is_identity:
            warnings.append(
                f"{device.name}: a measured qubit, used again, relaxes during its readout, unlike in Cirq"
            )
        else:
            _leave_out(f"{where}: noise after its measurement", ignore, warnings)
    assert measured.before is not None
    return QubitProfile(
        t1=t1,
        t2=t2,
        readout=_readout(measured.before, where),
        measure_duration=duration,
        prepare_error=_prepare_error(reset.after, where),
        prepare_duration=device.duration("reset"),
    )


def _relaxation(
    device: _Device,
    found: Mapping[tuple[str, Places], Probe],
    index: int,
    ignore: bool,
    warnings: list[str],
    where: str,
) -> tuple[float, float]:
    """Return T1 and T2 from the noise on a qubit while others have a gate."""
    qubit = device.qubits[index]
    idle = [
        (result.waiting.get(qubit, identity(1)), device.duration(gate))
        for (gate, places), result in found.items()
        if index not in places
    ]
    if not idle:
        warnings.append(
            f"{where}: no other qubit is asked for, so that its noise while it waits is not known"
        )
    if all(channel.is_identity for channel, _ in idle):
        return math.inf, math.inf
    timed = [(channel, time) for channel, time in idle if time > 0.0]
    times = relaxation_times(timed) if len(timed) > 0 else None
    if times is not None:
        profile = QubitProfile(*times)
        rests = ((relaxation(profile, time), channel) for channel, time in idle)
        if all(c.is_identity if rest is None else rest.is_close(c, _TOLERANCE) for rest, c in rests):
            return times
    _leave_out(f"{where}: noise while it waits that is no relaxation with one T1 and T2", ignore, warnings)
    return math.inf, math.inf


def _leave_out(what: str, ignore: bool, warnings: list[str]) -> None:
    if not ignore:
        raise UnsupportedError(
            f"{what}, which hardware cannot have; waiting='ignore' leaves it out"
            " (durations= may turn noise of waiting qubits into T1 and T2)"
        )
    warnings.append(f"{what} is left out")


def _readout(channel: Channel, where: str) -> tuple[float, float]:
    shift, x, y, z = channel.pauli_transfer[3]
    if max(abs(x), abs(y)) > _TOLERANCE:
        raise UnsupportedError(f"{where}: its noise makes outcomes depend on superpositions")
    return _probability((1 - shift - z) / 2), _probability((1 + shift - z) / 2)


def _prepare_error(channel: Channel, where: str) -> float:
    _, x, y, z = channel.pauli_transfer[:, 0] + channel.pauli_transfer[:, 3]
    if max(abs(x), abs(y)) > _TOLERANCE:
        raise UnsupportedError(f"{where}: its reset leaves a superposition")
    return _probability((1 - z) / 2)


def _probability(value: float) -> float:
    return 0.0 if abs(value) < 1e-14 else min(1.0, max(0.0, float(value)))
