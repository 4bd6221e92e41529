"""Channels as values: equality, hash, copies, JSON round trips, immutability, text."""

import copy
import json
import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    depolarizing,
    identity,
    replacement,
    thermal_relaxation,
    two_qubit_depolarizing,
)

EXAMPLES = [
    identity(2),
    depolarizing(0.1),
    two_qubit_depolarizing(1 / 3),
    amplitude_damping(0.3),
    thermal_relaxation(3e-4, 1e-4, 7e-7),
    replacement([[0.7, 0.1j], [-0.1j, 0.3]]),
    Channel.from_unitary([[0, 1j], [1, 0]], name="a gate"),
    amplitude_damping(0.3).then(depolarizing(0.2)).tensor(depolarizing(0.1)),
    Channel.from_choi(amplitude_damping(0.3).choi),
    amplitude_damping(0.3).pauli_twirl(),
]


@pytest.mark.parametrize("channel", EXAMPLES, ids=repr)
def test_round_trips_are_exact(channel):
    again = Channel.from_dict(json.loads(json.dumps(channel.to_dict())))
    assert again == channel
    assert hash(again) == hash(channel)
    assert again.to_dict() == channel.to_dict()
    for a, b in zip(again.kraus, channel.kraus, strict=True):
        assert np.array_equal(a, b)
    for other in (pickle.loads(pickle.dumps(channel)), copy.deepcopy(channel), copy.copy(channel)):
        assert other == channel
        assert other.kraus[0].flags.writeable is False


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 2), st.integers(0, 4))
def test_round_trips_of_random_channels_are_exact(seed, num_qubits, count):
    rng, dim = np.random.default_rng(seed), 2**num_qubits
    if count:
        ginibre = rng.normal(size=(count * dim, dim)) + 1j * rng.normal(size=(count * dim, dim))
        channel = Channel(np.linalg.qr(ginibre)[0].reshape(count, dim, dim))
    else:
        labels = identity(num_qubits).pauli_probabilities
        channel = Channel.from_pauli(dict(zip(labels, rng.dirichlet(np.ones(dim**2)), strict=True)))
    assert Channel.from_dict(json.loads(json.dumps(channel.to_dict()))) == channel


def test_form_of_the_data():
    assert Channel.from_pauli({"X": 0.25}, name="flip").to_dict() == {
        "name": "flip",
        "pauli": {"I": 0.75, "X": 0.25},
    }
    unitary = Channel.from_unitary([[0, 1j], [1, 0]])
    assert unitary.to_dict() == {"kraus": [[[[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]]]]}


def test_equality_is_by_name_and_content():
    assert depolarizing(0.1) == depolarizing(0.1)
    assert depolarizing(0.1) != depolarizing(0.1 + 1e-16 + 1e-17)
    assert depolarizing(0.1) != Channel.from_pauli(depolarizing(0.1).pauli_probabilities)  # no name
    assert depolarizing(0.1) != Channel(depolarizing(0.1).kraus, "depolarizing")  # another form
    assert depolarizing(0.1) != "depolarizing"
    assert len({depolarizing(0.1), depolarizing(0.1), depolarizing(0.2)}) == 2
    # Order of labels, zero weights and the sign of zero are not content.
    assert Channel.from_pauli({"Z": 0.1, "X": 0.2, "Y": 0.0}) == Channel.from_pauli({"X": 0.2, "Z": 0.1})
    minus = Channel([[[1, -0.0], [complex(-0.0, -0.0), 1]]])
    assert minus == Channel([np.eye(2)]) and hash(minus) == hash(Channel([np.eye(2)]))


def test_is_close_compares_the_maps():
    assert depolarizing(0.1).is_close(Channel.from_choi(depolarizing(0.1).choi))
    assert not depolarizing(0.1).is_close(depolarizing(0.1001))
    assert depolarizing(0.1).is_close(depolarizing(0.1001), tolerance=1e-3)
    assert not depolarizing(0.1).is_close(two_qubit_depolarizing(0.1))


def test_channels_cannot_be_changed():
    channel = depolarizing(0.1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to 'name'"):
        channel.name = "other"
    with pytest.raises(FrozenInstanceError, match="cannot delete 'name'"):
        del channel.name
    with pytest.raises(FrozenInstanceError):
        channel.anything = 1
    weights = channel.to_dict()["pauli"]
    weights["X"] = 1.0
    assert channel.pauli_probabilities["X"] == 0.1 / 3


def test_text():
    assert repr(Channel.from_pauli({"X": 0.25})) == "Channel(num_qubits=1, pauli={'I': 0.75, 'X': 0.25})"
    assert repr(amplitude_damping(0.3)) == "Channel('amplitude_damping', num_qubits=1, 2 Kraus operators)"
