"""A Program from its JSON values, built through the same checks as a written one."""

from __future__ import annotations

from typing import Any

from qnetframe.errors import InvalidInputError
from qnetframe.program import codec
from qnetframe.program.operations import (
    Coin,
    Entangle,
    Erase,
    Expect,
    Gate,
    Measure,
    Noise,
    ProgramOperation,
    Save,
    Send,
    condition_of,
    qubits_of,
)
from qnetframe.program.program import Program
from qnetframe.values import Parity


def rebuild(data: Any) -> Program:
    """Return the program of ``Program.to_dict``; InvalidInputError or LocalityError says what is wrong."""
    codec.check_format(data, "qnetframe-program-1")
    program = Program(codec.field(data, "name", str, "document"))
    for i, item in enumerate(codec.field(data, "qubits", list, "document")):
        ident, party = (codec.field(item, key, str, f"qubits[{i}]") for key in ("id", "party"))
        if not ident.startswith(f"{party}.") or len(ident) == len(party) + 1:
            raise InvalidInputError(f"qubits[{i}].id is {ident!r}; it must be 'party.name' of party {party!r}")
        program.qubit(party, ident[len(party) + 1 :])
    for operation in codec.decode_operations(data):
        _append(program, operation)
    if "outputs" not in data:
        raise InvalidInputError("document has no field 'outputs'")
    if data["outputs"] is not None:
        program.output()
        for i, item in enumerate(codec.field(data, "outputs", list, "document")):
            parity = codec.decode_condition(codec.field(item, "parity", dict, f"outputs[{i}]"), f"outputs[{i}].parity")
            if not isinstance(parity, Parity):
                raise InvalidInputError(f"outputs[{i}].parity must be a parity of bits")
            program.output(parity, label=codec.field(item, "label", str, f"outputs[{i}]"))
    return program


def _append(program: Program, operation: ProgramOperation) -> None:
    """Append a decoded operation after the checks that its builder method makes."""
    qubits = qubits_of(operation)
    ids = tuple(program._known(operation.kind, q) for q in qubits)
    program._condition(condition_of(operation), operation.kind)
    if isinstance(operation, (Save, Expect)):
        program._label(operation.label)
        program._keep(operation)
    elif isinstance(operation, Entangle):
        program.entangle(*operation.qubits, link=operation.link)
    elif isinstance(operation, Send):
        bit = program.send(operation.qubit, operation.to, operation.link)
        if bit.id != operation.bit:
            raise InvalidInputError(f"send records bit {operation.bit!r}; it must be {bit.id!r}")
    elif isinstance(operation, Coin):
        program.coin(operation.probability, *operation.parties, name=operation.bit)
    elif isinstance(operation, (Measure, Erase)):
        program._local(operation.kind, ids)
        program._new_bit("", operation.bit)
        program._record(operation, (program._owner[operation.qubit],))
    else:
        if not isinstance(operation, Noise) and operation.kind != "idle":
            program._local(operation.name if isinstance(operation, Gate) else operation.kind, ids)
        program._append(operation)


