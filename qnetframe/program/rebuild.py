"""A Program from its JSON values, built through the same checks as a written one."""

from __future__ import annotations

from typing import Any

from qnetframe.errors import InvalidInputError, LocalityError
from qnetframe.program import codec
from qnetframe.program.operations import (
    Coin,
    Entangle,
    Erase,
    Expect,
    Gate,
    Idle,
    Measure,
    Noise,
    ProgramOperation,
    Save,
    Send,
    condition_of,
    qubits_of,
)
from qnetframe.program.program import Program


def rebuild(data: Any) -> Program:
    """Return the program of ``Program.to_dict``; InvalidInputError or LocalityError says what is wrong."""
    codec.check_document(data, "qnetframe-program-1", ("name", "qubits", "operations", "outputs"))
    program = Program(codec.field(data, "name", str, "document"))
    for i, item in enumerate(codec.field(data, "qubits", list, "document")):
        where = f"qubits[{i}]"
        ident, party = (codec.field(item, key, str, where) for key in ("id", "party"))
        codec.only_fields(item, ("id", "party"), where)
        if not party or not ident.startswith(f"{party}.") or len(ident) == len(party) + 1:
            raise InvalidInputError(f"{where}.id is {ident!r}; it must be 'party.name' of party {party!r}")
        if ident in program._declared:
            raise InvalidInputError(f"{where}.id is {ident!r}, which is declared already")
        program.qubit(party, ident[len(party) + 1 :])
    for i, operation in enumerate(codec.decode_operations(data)):
        try:
            _append(program, operation)
        except (InvalidInputError, LocalityError) as error:
            raise type(error)(f"operations[{i}]: {error}") from None
    if data["outputs"] is not None:
        program.output()
        for i, (label, parity) in enumerate(codec.decode_outputs(data)):
            try:
                program.output(parity, label=label)
            except InvalidInputError as error:
                raise InvalidInputError(f"outputs[{i}]: {error}") from None
    return program


def _append(program: Program, operation: ProgramOperation) -> None:
    """Append a decoded operation after the checks that its builder method makes."""
    qubits = qubits_of(operation)
    for qubit in qubits:
        program._known(operation.kind, qubit)
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
        program._new_bit("", operation.bit)
        program._record(operation, (program._owner[operation.qubit],))
    else:
        if not isinstance(operation, (Noise, Idle)):
            program._local(operation.name if isinstance(operation, Gate) else operation.kind, qubits)
        program._append(operation)
