"""What every channel must do: be physical, in each of its representations, and act the same in a program."""

from __future__ import annotations

import numpy as np

from qnetframe.api import ChannelSpec
from qnetframe.builtin.reference import ReferenceBackend
from qnetframe.channels import Channel
from qnetframe.program.program import Program
from qnetframe.testing.hostile import bad_input_is_refused
from qnetframe.testing.kit import Check, Make
from qnetframe.testing.random_programs import random_density_matrix
from qnetframe.testing.values_checks import made_twice_is_equal, value_pickles

TOLERANCE = 1e-9


def completely_positive(spec: ChannelSpec, make: Make) -> None:
    """The Choi matrix is positive (M.-D. Choi, Linear Algebra Appl. 10, 285 (1975))."""
    lowest = float(np.linalg.eigvalsh(make().choi).min())
    assert lowest > -TOLERANCE, f"the Choi matrix has the eigenvalue {lowest}"


def trace_preserving(spec: ChannelSpec, make: Make) -> None:
    """The Kraus operators satisfy sum K†K = 1."""
    kraus = make().kraus
    gap = np.abs(sum(k.conj().T @ k for k in kraus) - np.eye(len(kraus[0]))).max()
    assert gap < TOLERANCE, f"sum K†K is off by {gap}"


def representations_agree(spec: ChannelSpec, make: Make) -> None:
    """Kraus operators, superoperator and ``apply`` send a random state to the same state."""
    channel = make()
    rho = random_density_matrix(np.random.default_rng(3), channel.num_qubits)
    by_kraus = sum(k @ rho @ k.conj().T for k in channel.kraus)
    by_matrix = (channel.superoperator @ rho.ravel()).reshape(rho.shape)
    for name, found in (("superoperator", by_matrix), ("apply", channel.apply(rho))):
        assert np.abs(found - by_kraus).max() < TOLERANCE, f"{name} and Kraus operators differ"


def acts_in_a_program(spec: ChannelSpec, make: Make) -> None:
    """As noise in a program it does to a random state what ``apply`` does."""
    channel = make()
    rho = random_density_matrix(np.random.default_rng(4), channel.num_qubits)
    p = Program()
    qubits = p.qubits("alice", *(f"q{i}" for i in range(channel.num_qubits)))
    p.prepare(qubits, rho).noise(channel, *qubits).save("out", *qubits)
    (branch,) = ReferenceBackend().compile(p.circuit()).exact()
    assert branch.state is not None
    gap = np.abs(branch.state - channel.apply(rho)).max()
    assert gap < TOLERANCE, f"the state is off by {gap}"


def survives_its_file(spec: ChannelSpec, make: Make) -> None:
    """It comes back equal from its plain JSON values, so that programs with it can be stored."""
    channel = make()
    back = Channel.from_dict(channel.to_dict())
    assert back == channel, "it comes back different from its JSON values"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        completely_positive, trace_preserving, representations_agree, acts_in_a_program, survives_its_file,
        made_twice_is_equal, value_pickles, bad_input_is_refused,
    )
}  # fmt: skip
