"""The protocols' figures against published numbers, exactly and sampled."""

import math

import pytest

from qnetframe import compare, run
from qnetframe.errors import InvalidInputError, UnknownNameError

EXACT = ("reference", "aer", "cirq", "qutip")
SIGMAS = 5.5


def chain(**params):
    return {f"topology.{k}": v for k, v in params.items()}


@pytest.mark.parametrize("backend", EXACT)
def test_ideal_teleportation(backend):
    figures = run("teleportation", backend=backend).estimates
    assert figures["average fidelity"].value == pytest.approx(1, abs=1e-9)
    for name in ("Φ+", "Φ-", "Ψ+", "Ψ-"):
        assert figures[f"P({name})"].value == pytest.approx(0.25, abs=1e-9)
    for axis in "XYZ":
        assert figures[f"sender <{axis}>"].value == pytest.approx(0, abs=1e-9)
    assert figures["average fidelity"].standard_error == 0


@pytest.mark.parametrize("backend", EXACT)
def test_teleportation_through_a_werner_pair(backend):
    # Horodecki et al., PRA 60, 1888 (1999): (2F + 1)/3.
    figures = run("teleportation", backend=backend, topology="chain", params=chain(fidelity=0.9)).estimates
    assert figures["average fidelity"].value == pytest.approx(0.933333, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_chsh_of_a_werner_pair(backend):
    # 2√2 (4F - 1)/3.
    figures = run("chsh", backend=backend, topology="chain", params=chain(fidelity=0.9)).estimates
    assert figures["S"].value == pytest.approx(2.451304, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_swapping_two_werner_pairs(backend):
    from qnetframe.network import Link, LinkModel, Network, Node, werner_state

    links = [
        Link("a", "b", LinkModel(state=werner_state(0.9))),
        Link("b", "c", LinkModel(state=werner_state(0.8))),
    ]
    network = Network([Node(n) for n in "abc"], links)
    figures = run("entanglement-swapping", backend=backend, topology=network).estimates
    # F1 F2 + (1 - F1)(1 - F2)/3.
    assert figures["fidelity"].value == pytest.approx(0.726667, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_four_links_of_werner_pairs(backend):
    figures = run(
        "entanglement-swapping", backend=backend, topology="chain", params=chain(nodes=5, fidelity=0.95)
    )
    assert figures.estimates["fidelity"].value == pytest.approx(0.819126, abs=1e-6)


@pytest.mark.parametrize("backend", EXACT)
def test_superdense_coding(backend):
    figures = run("superdense-coding", backend=backend).estimates
    assert figures["success probability"].value == pytest.approx(1, abs=1e-9)
    assert figures["P(no loss)"].value == pytest.approx(1, abs=1e-9)
    noisy = run("superdense-coding", backend=backend, topology="chain", params=chain(fidelity=0.9)).estimates
    # A Werner pair is Φ+ with weight F, and each other Bell state would decode to another message.
    assert noisy["success probability"].value == pytest.approx(0.9, abs=1e-9)


def test_superdense_coding_over_a_lossy_fibre():
    figures = run("superdense-coding", link="fiber", params={"link.length_km": 10}).estimates
    arrives = 10 ** (-0.2 * 10 / 10)
    assert figures["P(no loss)"].value == pytest.approx(arrives, abs=1e-9)
    # A lost qubit is replaced by noise, from which two bits are guessed right one time in four.
    assert figures["success probability"].value == pytest.approx(arrives + (1 - arrives) / 4, abs=1e-9)


@pytest.mark.parametrize("backend", [*EXACT, "stim"])
def test_sampled_figures_lie_within_their_error_bars(backend):
    result = run(
        "teleportation", backend=backend, topology="chain", params=chain(fidelity=0.9), shots=4000, seed=11
    )
    fidelity = result.estimates["average fidelity"]
    assert fidelity.standard_error > 0
    assert abs(fidelity.value - 14 / 15) < SIGMAS * fidelity.standard_error
    outcome = result.estimates["P(Ψ-)"]
    assert abs(outcome.value - 0.25) < SIGMAS * outcome.standard_error


def test_chsh_of_the_ideal_pair_reaches_tsirelson():
    assert run("chsh").estimates["S"].value == pytest.approx(2 * math.sqrt(2), abs=1e-12)


@pytest.mark.parametrize("state", ["0", "-i", "0.8,0.6", "0.6,0.8j"])
def test_teleportation_of_a_given_state(state):
    figures = run("teleportation", params={"state": state}).estimates
    assert figures[f"fidelity {state}"].value == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("state", ["2", "0.8", "0.8,0.7", "up", ""])
def test_a_state_that_is_none_is_refused(state):
    with pytest.raises(InvalidInputError, match=r"state is .*amplitudes"):
        run("teleportation", params={"state": state})


def test_a_long_teleportation_swaps_its_way():
    result = run("teleportation", topology="chain", params=chain(nodes=6, fidelity=0.97))
    pair = 0.25 + 0.75 * ((4 * 0.97 - 1) / 3) ** 5
    assert result.estimates["average fidelity"].value == pytest.approx((2 * pair + 1) / 3, abs=1e-9)


@pytest.mark.parametrize("protocol", ["teleportation", "superdense-coding", "entanglement-swapping", "chsh"])
def test_exact_engines_agree_on_every_branch_of_every_protocol(protocol):
    comparison = compare(
        protocol, backends=EXACT, topology="chain", params=chain(nodes=3, fidelity=0.93), hardware="uniform",
    )  # fmt: skip
    assert comparison.agree is True, comparison.verdict
    assert all(p.worst is not None and p.worst.deviation < 1e-9 for p in comparison.pairs)


def test_unknown_names_suggest_the_nearest():
    with pytest.raises(UnknownNameError, match="unknown protocol 'teleport'; did you mean 'teleportation'"):
        run("teleport")
    with pytest.raises(UnknownNameError, match="unknown backend 'referense'; did you mean 'reference'"):
        run("teleportation", backend="referense")
    with pytest.raises(UnknownNameError, match=r"'stat'.*did you mean 'state'"):
        run("teleportation", params={"stat": "0"})
