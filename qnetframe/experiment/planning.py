"""Which method a backend will take for a circuit, and why: decided before any SDK is loaded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qnetframe.api import BackendSpec
from qnetframe.errors import UnsupportedError
from qnetframe.experiment.settings import bits_only, settings_of
from qnetframe.program.branches import MAX_BRANCHES
from qnetframe.program.capabilities import Capabilities
from qnetframe.program.circuit import Circuit
from qnetframe.program.footprint import Footprint, footprint
from qnetframe.program.passes.reuse import shot_form

# Sampling draws from the exact table where its density matrices hold at most this many numbers (4 MB).
TABLE_NUMBERS_LOG2 = 18
# The density matrices of all branches together may take this much.
EXACT_MEMORY_BYTES = 4 << 30


@dataclass(frozen=True)
class Plan:
    """How one circuit will be run: the method, how its figures come about, and what was passed over.

    ``how`` is "exact" (branches), "exact table" (branches and one multinomial draw) or "native" (the
    engine's own sampler).
    """

    backend: str
    method: str
    how: str
    footprint: Footprint
    reason: str
    rejected: tuple[str, ...] = ()
    deferred: bool = False

    @property
    def passes(self) -> tuple[str, ...]:
        """The passes that the circuit goes through, in order."""
        if self.how == "native" and self.method == "frame":
            return ("preparation lowering",)
        first = ("dead-operation removal", "lifetime splitting", "scheduling")
        if self.how == "native":
            return ("Pauli-frame tracking", *first, "deferred measurement", "early measurement, wire reuse")
        if self.deferred:
            return (*first, "deferred measurement with reused ancillas", "preparation lowering")
        return (*first, "cutting at measurements with branch merging", "preparation lowering")

    def __str__(self) -> str:
        size = self.footprint
        lines = [
            f"{self.backend}: method {self.method}, {self.how}",
            f"  because   {self.reason}",
            f"  passes    {' -> '.join(self.passes)}",
            f"  size      {size.live_qubits} qubits alive at once, {size.slots} classical bits remembered, "
            f"{size.wires} wires when deferred, {size.operations} operations",
        ]
        if self.how != "native":
            lines.append(
                f"  branches  at most {1 << size.slots}; "
                f"density matrices of {_bytes(size.memory_bytes(self.deferred))}"
            )
        lines += [f"  not       {text}" for text in self.rejected]
        return "\n".join(lines)


def _bytes(number: int) -> str:
    value = float(number)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.0f} PB"


def make_plan(
    circuit: Circuit,
    spec: BackendSpec,
    exact: bool,
    others: Iterable[BackendSpec] = (),
    method: str | None = None,
) -> Plan:
    """Return how a backend runs a circuit exactly or sampled.

    ``method`` keeps to one of the backend's methods. Raises UnsupportedError that names the operation (or
    the size), the backend, and which of the ``others`` can do it.
    """
    plan, rejected = _first_fit(circuit, spec, exact, method)
    if plan is not None:
        return plan
    able = [
        s.name for s in others if s.name != spec.name and _first_fit(circuit, s, exact, None)[0] is not None
    ]
    advice = f"installed backends that can: {', '.join(able)}" if able else "no installed backend can"
    raise UnsupportedError(
        f"backend {spec.name!r} cannot {'run exactly' if exact else 'sample'} this circuit: "
        f"{'; '.join(rejected)}. {advice}."
    )


def _first_fit(
    circuit: Circuit, spec: BackendSpec, exact: bool, method: str | None
) -> tuple[Plan | None, list[str]]:
    rejected: list[str] = []
    size = footprint(circuit)
    candidates = [c for c in spec.capabilities if method in (None, "automatic", c.method)]
    if not candidates:
        names = ", ".join(c.method for c in spec.capabilities)
        return None, [f"it has no method {method!r}; it has: {names}"]
    for capabilities in candidates:
        misses = capabilities.misses(circuit)
        if misses:
            rejected.append(f"{capabilities.method} cannot take {'; '.join(misses[:3])}")
            continue
        defers = capabilities.defers and size.defers
        table_fits = capabilities.exact and _exact_fits(capabilities, size, defers)
        if exact:
            if table_fits:
                reason = "exact branches fit" + (" as one deferred density matrix" if defers else "")
                return Plan(
                    spec.name, capabilities.method, "exact", size, reason, tuple(rejected), defers
                ), rejected
            rejected.append(f"{capabilities.method}: {_why_not_exact(capabilities, size, defers)}")
            continue
        if table_fits and (size.memory_bytes(defers) >> 4).bit_length() - 1 <= TABLE_NUMBERS_LOG2:
            reason = "few live qubits and branches, so shots are drawn from the exact table"
            return Plan(
                spec.name, capabilities.method, "exact table", size, reason, tuple(rejected), defers
            ), rejected
        if not capabilities.samples:
            rejected.append(f"{capabilities.method}: it does not sample natively")
        elif (width := _native_width(circuit, capabilities)) > capabilities.max_qubits:
            rejected.append(
                f"{capabilities.method}: {width} qubits at once, "
                f"at most {capabilities.max_qubits} are allowed"
            )
        else:
            reason = "the first method whose capabilities and size fit"
            return Plan(spec.name, capabilities.method, "native", size, reason, tuple(rejected)), rejected
    return None, rejected


def _native_width(circuit: Circuit, capabilities: Capabilities) -> int:
    """Return the qubits that a sampler holds at once: those of the shot form, unless all of them fit."""
    if len(circuit.qubits) <= capabilities.max_qubits:
        return len(circuit.qubits)
    return len(shot_form(bits_only(circuit, settings_of(circuit)[0])).qubits)


def _exact_fits(capabilities: Capabilities, size: Footprint, defers: bool) -> bool:
    width = size.width(defers)
    return (
        width <= capabilities.max_qubits
        and 1 << size.slots <= MAX_BRANCHES
        and size.memory_bytes(defers) <= EXACT_MEMORY_BYTES
    )


def _why_not_exact(capabilities: Capabilities, size: Footprint, defers: bool) -> str:
    if not capabilities.exact:
        return "it gives no exact branches, ask for shots"
    width = size.width(defers)
    if width > capabilities.max_qubits:
        return f"{width} qubits alive at once, at most {capabilities.max_qubits} are allowed"
    if size.memory_bytes(defers) > EXACT_MEMORY_BYTES:
        return (
            f"the branches' density matrices take {_bytes(size.memory_bytes(defers))}, "
            f"at most {_bytes(EXACT_MEMORY_BYTES)} are allowed; declare fewer outputs"
        )
    return f"up to 2^{size.slots} branches, at most {MAX_BRANCHES} are allowed; declare fewer outputs"
