"""The reference engine with one thing wrong."""

import dataclasses

from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.program.circuit import Circuit


def unchanged(value):
    return value


@dataclasses.dataclass
class Broken:
    """The reference with its circuit, its branches, its samples or its seed changed on the way."""

    circuit: object = unchanged
    branches: object = unchanged
    samples: object = unchanged
    seed: object = unchanged

    def compile(self, circuit):
        return BrokenExecutable(self, ReferenceBackend().compile(self.circuit(circuit)))


@dataclasses.dataclass
class BrokenExecutable:
    owner: Broken
    inner: object

    def exact(self):
        return self.owner.branches(self.inner.exact())

    def sample(self, shots, seed):
        return self.owner.samples(self.inner.sample(shots, self.owner.seed(seed)))


def each(change, *kinds):
    """Change every operation of some kinds; None leaves it out."""

    def apply(circuit: Circuit) -> Circuit:
        found = (change(o) if isinstance(o, kinds) else o for o in circuit.operations)
        return circuit.replace([o for o in found if o is not None])

    return apply
