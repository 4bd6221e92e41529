"""A memory experiment as names and plain values, and what it builds."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe.plugins import Plugins, discover
from qnetframe.program.program import Program
from qnetframe_qec.codes.code import Code
from qnetframe_qec.noise import noise_model
from qnetframe_qec.programs.memory import memory_program


@dataclass(frozen=True)
class MemoryTask:
    """One point of a memory experiment.

    ``distance`` goes to codes that have one, ``rounds`` None means as many as the distance. ``p_link`` is the
    two-qubit depolarizing probability of gates across the seams of a patch that is cut into ``nodes``
    vertical stripes; None is a patch in one piece. ``discard`` throws shots with any detection event away
    instead of decoding them. The other fields are parameters of the code, the noise model and the decoder by
    name.
    """

    code: str = "rotated-surface"
    noise: str = "circuit"
    p: float = 0.001
    distance: int | None = 3
    rounds: int | None = None
    basis: str = "z"
    decoder: str = "pymatching"
    p_link: float | None = None
    nodes: int = 2
    seam: str = "x"
    discard: bool = False
    code_params: Mapping[str, Any] = field(default_factory=dict)
    noise_params: Mapping[str, Any] = field(default_factory=dict)
    decoder_params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        checks.probability(self.p, "p")
        for name in ("distance", "rounds"):
            if getattr(self, name) is not None:
                checks.integer(getattr(self, name), name, low=1)
        if self.p_link is not None:
            checks.probability(self.p_link, "p_link")
        checks.integer(self.nodes, "nodes", low=1)

    @property
    def id(self) -> str:
        """The sha256 of the canonical JSON."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """Return the task as canonical JSON: keys in order, no spaces."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> MemoryTask:
        """Return the task of ``to_json``."""
        try:
            return MemoryTask(**json.loads(text))
        except (TypeError, ValueError) as error:
            raise InvalidInputError(f"task {text!r:.80} cannot be read: {error}") from None

    def make_code(self, plugins: Plugins | None = None) -> Code:
        """Return the code."""
        return make_code(self.code, self.distance, self.code_params, plugins)

    def number_of_rounds(self, code: Code) -> int:
        """Return the rounds asked for, or the distance; one where nobody knows it."""
        return self.rounds or code.distance or 1

    def program(self, plugins: Plugins | None = None) -> Program:
        """Return the program of the experiment."""
        from qnetframe_qec.distributed.seams import seam_gate_noise, stripes

        code = self.make_code(plugins)
        noise = noise_model(self.noise, self.p, **self.noise_params)
        rounds = self.number_of_rounds(code)
        if self.p_link is None:
            return memory_program(code, rounds, noise, self.basis)
        across = seam_gate_noise(code, self.nodes, self.p_link, self.seam)
        readers = stripes(code, self.nodes, self.seam)[1]
        return memory_program(code, rounds, noise, self.basis, gate_noise=across, readers=readers)


def make_code(
    name: str,
    distance: int | None = None,
    params: Mapping[str, Any] | None = None,
    plugins: Plugins | None = None,
) -> Code:
    """Return a code by name; ``distance`` is left out for codes that have only one.

    A name "steane(five-qubit)" is the concatenation of two codes, outer one first.
    """
    from qnetframe_qec.codes.concatenation import concatenated

    plugins = plugins or discover()
    if isinstance(name, str) and name.endswith(")") and "(" in name:
        outer, inner = name[:-1].split("(", 1)
        return concatenated(
            make_code(outer, distance, params, plugins), make_code(inner, distance, None, plugins)
        )
    spec = plugins.catalog("code")[name]
    given = dict(params or {})
    if distance is not None and "distance" in inspect.signature(spec.factory).parameters:
        given.setdefault("distance", distance)
    code: Code = plugins.make("code", name, given)
    return code
