"""Gate calls: from a call in the text to steps on numbered qubits, definitions inlined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

from qnetframe.errors import QnetframeError, UnsupportedError
from qnetframe.program.openqasm.expressions import Scope, Variable, integer, number, refuse, wrong
from qnetframe.program.openqasm.gates import Library, Step, control, inverse, power
from qnetframe.program.openqasm.syntax import line_of

MAX_WORK = 200_000


@dataclass
class Budget:
    """How many statements, gates and loop turns may still be written: what bounds unrolling."""

    left: int = field(default_factory=lambda: MAX_WORK)

    def spend(self, amount: int = 1) -> None:
        """Count some work; UnsupportedError when it is too much."""
        self.left -= amount
        if self.left < 0:
            raise UnsupportedError(
                f"OpenQASM unrolls to more than {MAX_WORK} statements and gates; give shorter loops, or "
                "split the circuit"
            )


@dataclass(frozen=True)
class Call:
    """One call in the text, with its gate found and its qubits numbered; gate None is gphase."""

    gate: Gate | None
    modifiers: Sequence[Any]
    arguments: Sequence[Any]
    qubits: tuple[int, ...]
    node: Any


@dataclass(frozen=True)
class Definition:
    """A gate defined in the text."""

    parameters: tuple[str, ...]
    num_qubits: int
    body: tuple[Call, ...]
    scope: Scope

    @property
    def num_params(self) -> int:
        """How many angles it takes."""
        return len(self.parameters)


Gate: TypeAlias = Union[Library, Definition]


def define(node: Any, gates: Mapping[str, Gate], scope: Scope) -> Definition:
    """Return the gate of a definition, whose body may use the gates that are known so far."""
    parameters = tuple(a.name for a in node.arguments)
    places = {q.name: i for i, q in enumerate(node.qubits)}
    if len(places) != len(node.qubits) or len(set(parameters)) != len(parameters):
        wrong(f"gate {node.name.name!r:.60} names a qubit or parameter twice", node)
    body = []
    for statement in node.body:
        kind = type(statement).__name__
        if kind == "QuantumBarrier":
            continue
        if kind not in ("QuantumGate", "QuantumPhase"):
            refuse(f"{kind} in a gate definition", statement)
        numbers = []
        for qubit in statement.qubits:
            name = getattr(qubit, "name", None)
            if type(qubit).__name__ != "Identifier" or name not in places:
                wrong(f"gate {node.name.name!r:.60} acts on a qubit that it does not name", statement)
            numbers.append(places[name])
        body.append(call(statement, gates, tuple(numbers)))
    return Definition(parameters, len(places), tuple(body), scope)


def call(node: Any, gates: Mapping[str, Gate], qubits: tuple[int, ...]) -> Call:
    """Return a call with its gate found."""
    if type(node).__name__ == "QuantumPhase":
        return Call(None, node.modifiers, (node.argument,), qubits, node)
    if getattr(node, "duration", None) is not None:
        refuse("a gate with a duration", node)
    name = node.name.name
    if name not in gates:
        known = f"known here: {', '.join(sorted(gates)[:40])}"
        hint = known if len(gates) > 2 else 'include "stdgates.inc"'
        wrong(f"gate {name!r:.60} is not defined ({hint})", node)
    return Call(gates[name], node.modifiers, node.arguments, qubits, node)


def expand(item: Call, scope: Scope, budget: Budget) -> list[Step]:
    """Return the steps of a call on its numbered qubits; errors name its line."""
    try:
        return _expand(item, scope, budget)
    except QnetframeError as error:
        text = str(error)
        if text.startswith("OpenQASM"):
            raise
        raise type(error)(f"OpenQASM line {line_of(item.node)}: {text}") from None


def _expand(item: Call, scope: Scope, budget: Budget) -> list[Step]:
    budget.spend()
    what = "gphase" if item.gate is None else item.node.name.name
    angles = [number(a, scope, f"an angle of {what}") for a in item.arguments]
    width, expected = (0, 1) if item.gate is None else (item.gate.num_qubits, item.gate.num_params)
    if len(angles) != expected:
        wrong(f"{what} takes {expected} angles, got {len(angles)}", item.node)
    modifiers = [_modifier(m, scope) for m in item.modifiers]
    controls = sum(int(count) for kind, count in modifiers if kind in ("ctrl", "negctrl"))
    if len(item.qubits) != width + controls:
        wrong(f"{what} takes {width + controls} qubits here, got {len(item.qubits)}", item.node)
    if len(set(item.qubits)) != len(item.qubits):
        wrong(f"{what} names a qubit twice", item.node)
    steps = _plain(item.gate, angles, budget)
    for kind, value in reversed(modifiers):
        if kind == "inv":
            steps = inverse(steps)
        elif kind == "pow":
            steps = power(steps, value, width)
        else:
            for _ in range(int(value)):
                steps = control(steps, on=int(kind == "ctrl"))
                width += 1
        budget.spend(len(steps))
    return [s.on(item.qubits) for s in steps]


def _plain(gate: Gate | None, angles: Sequence[float], budget: Budget) -> list[Step]:
    if gate is None:
        return [Step("gphase", (angles[0],), ())]
    if isinstance(gate, Library):
        return gate.steps(*angles)
    names = zip(gate.parameters, angles, strict=True)
    inner = gate.scope.new_child({name: Variable(angle, True) for name, angle in names})
    steps: list[Step] = []
    for part in gate.body:
        steps += expand(part, inner, budget)
    return steps


def _modifier(node: Any, scope: Scope) -> tuple[str, float]:
    kind = node.modifier.name
    if kind == "pow":
        return kind, number(node.argument, scope, "the exponent of pow")
    if kind == "inv" or node.argument is None:
        return kind, 1
    count = integer(node.argument, scope, f"the argument of {kind}")
    if not 1 <= count <= 1000:
        wrong(f"{kind}({count}) must have 1 to 1000 controls", node)
    return kind, count
