"""Syndromes that are wrong together: counted by hand, in closed form, on every engine and decoder."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

import qnetframe as qn
from qnetframe.builtin.topologies import chain
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.placement import place
from qnetframe.plugins import discover
from qnetframe_qec.codes.small import repetition
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.distributed.assignment import striped
from qnetframe_qec.distributed.ghz import ghz_memory_program
from qnetframe_qec.distributed.patch import distributed_memory_program
from qnetframe_qec.noise import noise_model
from qnetframe_qec.programs.memory import memory_program
from qnetframe_qec.sampling.counts import Sampler, sample
from qnetframe_qec.sampling.task import MemoryTask
from qnetframe_stim import stim_backend

SMALL = rotated_surface(3)
P, MISREAD = 0.05, 0.1


def counted(p, alone, together):
    """The least logical error of a repetition code of 3 over two rounds, by summing over all that can happen.

    Data flip with p before each round and as they are read in the end; each bit of a round flips with the
    probability ``alone``, and both of them with ``together``.
    """
    odds = np.array([p] * 9 + [alone] * 4 + [together] * 2)
    events = np.array(list(itertools.product((0, 1), repeat=len(odds))))
    weights = np.where(events, odds, 1 - odds).prod(axis=1)
    first, more, read, alone_1, alone_2, both = np.split(events, [3, 6, 9, 11, 13], axis=1)
    states = first, first ^ more, first ^ more ^ read
    flips = alone_1 ^ both[:, :1], alone_2 ^ both[:, 1:], 0
    syndromes = np.hstack([s[:, :2] ^ s[:, 1:] ^ flip for s, flip in zip(states, flips, strict=True)])
    cases = syndromes @ (1 << np.arange(6))
    total, flipped = (np.bincount(cases, weights * factor, 64) for factor in (1, states[2][:, 0]))
    return np.minimum(flipped, total - flipped).sum()


@pytest.fixture(scope="module")
def exact():
    return counted(P, P, MISREAD)


@pytest.mark.parametrize("backend", ["reference", "aer", "cirq", "qutip"])
def test_counted_by_hand(backend, exact):
    params = {"code": "repetition", "rounds": 2, "noise": "phenomenological", "p": P, "misread": MISREAD}
    params["decoder"] = "maximum-likelihood"
    found = qn.run("memory", backend=backend, params=params).estimates["logical error"]
    assert found.value == pytest.approx(exact, abs=1e-9) and found.shots is None


def test_wrong_together_is_less_than_wrong_alone(exact):
    """Errors that a decoder knows to come together tell it more than as many that do not."""
    alone = P + MISREAD - 2 * P * MISREAD
    assert counted(P, P, 0.0) < exact < counted(P, alone, 0.0)


@pytest.mark.parametrize("decoder", sorted({"lookup", "bp-osd", "pymatching", "pymatching-correlated"}))
def test_decoders_take_it(decoder, exact):
    """Sampled: at least the best, and at most twice; flips of single records let matching take them apart."""
    task = MemoryTask(
        "repetition", "phenomenological", P, 3, 2, decoder=decoder, noise_params={"misread": MISREAD}
    )
    found = sample(task, 5, 20_000).error
    # Five standard errors: false alarm 6e-7.
    assert exact - 5 * found.standard_error < found.value < 2 * exact


def test_matching_refuses_what_only_comes_together():
    task = MemoryTask(noise="none", p=0.0, noise_params={"misread": 0.1})
    with pytest.raises(UnsupportedError, match="hyperedge"):
        Sampler.of_task(task)
    found = sample(MemoryTask(noise="none", p=0.0, decoder="bp-osd", noise_params={"misread": 0.1}), 3, 2000)
    assert found.errors == 0


def rates(program, shots=20_000):
    return stim_backend().compile(program).detect(shots, 7).detectors.bits()


def test_bits_of_a_node_flip_together():
    """A detector of the first and last round fires with q, between them with 2q(1 - q); nodes are independent."""
    halves = striped(SMALL, ["node0", "node1"])
    program = distributed_memory_program(SMALL, halves, 2, noise=noise_model("none", 0.0, MISREAD))
    events = rates(place(program, chain(2)).circuit)
    z, every = SMALL.z_checks, range(SMALL.num_checks)
    nodes = [halves.checks[i] for i in (*z, *every, *z)]
    rounds = [0] * len(z) + [1] * len(every) + [2] * len(z)
    columns = {}
    for column, key in zip(events.T, zip(nodes, rounds, strict=True), strict=True):
        assert (columns.setdefault(key, column) == column).all(), "one node, two messages"
    assert len(columns) == 6
    q = MISREAD
    for (_, number), column in columns.items():
        rate = 2 * q * (1 - q) if number == 1 else q
        assert abs(column.mean() - rate) < 5 * np.sqrt(rate / 20_000)  # false alarm 6e-7
    both = (columns["node0", 0] & columns["node1", 0]).mean()
    assert abs(both - q**2) < 5 * q / np.sqrt(20_000)
    # Cut into stripes without a network it is the same, and in one piece all checks flip together.
    task = MemoryTask(noise="none", p=0.0, p_link=0.0, rounds=2, noise_params={"misread": q})
    whole = MemoryTask(noise="none", p=0.0, rounds=2, noise_params={"misread": q})
    coins = [
        sum(op.kind == "coin" for op in t.program().operations) for t in (task, whole, MemoryTask(rounds=2))
    ]
    assert coins == [4, 2, 0]


def test_ghz_checks_flip_with_each_of_their_nodes():
    """A check of k nodes is wrong where an odd number of them is: (1 - (1 - 2q)^k)/2."""
    q = 0.05
    program = ghz_memory_program(SMALL, 1, noise=noise_model("none", 0.0, q))
    events = rates(place(program).circuit)
    for check, column in zip(SMALL.z_checks, events.T, strict=False):
        rate = (1 - (1 - 2 * q) ** len(SMALL.support(SMALL.stabilizers[check]))) / 2
        assert abs(column.mean() - rate) < 5 * np.sqrt(rate / 20_000)


def test_a_misread_round_before_a_perfect_one_costs_nothing():
    """One round, whatever it says, then perfect data: 3p²(1 - p) + p³, as without a round."""
    noise = replace(noise_model("phenomenological", 0.1, 0.3), readout=0.0)
    lookup = discover().make("decoder", "lookup")
    error = Sampler.of(memory_program(repetition(3), 1, noise).circuit(), lookup).counts(20_000, 3).error
    assert abs(error.value - 0.028) < 5 * error.standard_error


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: noise_model("circuit", 0.1, 1.5), "misread is 1.5"),
        (
            lambda: noise_model("code-capacity", 0.1, 0.1),
            "misread is 0.1; it must be 0 where rounds are read",
        ),
        (lambda: memory_program(SMALL, 1, noise_model("none", 0.0), readers="ab"), "readers has 2 entries"),
        (lambda: qn.run("memory", params={"misread": -1.0}), "misread is -1.0"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()
