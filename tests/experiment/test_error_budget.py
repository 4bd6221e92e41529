"""Error budgets: costs against closed forms, what adds up and what does not, and every source switched off."""

import dataclasses
import json
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import qnetframe as qn
from qnetframe import Network, Node, Program
from qnetframe.builtin.hardware import uniform_hardware
from qnetframe.builtin.topologies import chain
from qnetframe.channels import amplitude_damping, dephasing, depolarizing
from qnetframe.cli import main
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.error_budget import ErrorBudget, Share
from qnetframe.network import Link, LinkModel, werner_state, with_hardware
from qnetframe.placement.sources import KINDS
from qnetframe.program.operations import Noise
from qnetframe.report import plot_budget, save_budget

R = 2**-0.5
NOISY = uniform_hardware(
    t1=1e-3, t2=8e-4, single_qubit_error=1e-3, two_qubit_error=8e-3, measure_error=0.01, prepare_error=5e-3,
    single_qubit_duration=1e-7, two_qubit_duration=5e-7, measure_duration=1e-6, prepare_duration=1e-6,
)  # fmt: skip


def shares(budget):
    return {s.source: s for s in budget.shares}


@given(st.floats(0.3, 0.999))
@settings(max_examples=15, deadline=None)
def test_a_werner_link_alone_costs_teleportation_what_it_must(fidelity):
    """Teleportation over a Werner pair has average fidelity (2F + 1)/3: Horodecki et al., PRA 60, 1888 (1999)."""
    budget = qn.error_budget("teleportation", link="ideal", params={"link.fidelity": fidelity})
    assert budget.figure == "average fidelity" and budget.ideal == pytest.approx(1, abs=1e-12)
    (share,) = budget.shares
    assert share.source == "pair (node0-node1)"
    assert share.cost == pytest.approx(1 - (2 * fidelity + 1) / 3, abs=1e-12)
    assert share.alone == pytest.approx(share.cost, abs=1e-12)
    assert budget.interaction == pytest.approx(0, abs=1e-12)


@given(st.lists(st.floats(0, 0.05), min_size=3, max_size=3))
@settings(max_examples=25, deadline=None)
def test_independent_depolarizing_sources(errors):
    """Fidelities 1 - 2p/3 multiply: costs in closed form, and their sum is the loss to second order."""
    p = Program("three")
    qubits = p.qubits("alice", "a", "b", "c")
    for qubit, error in zip(qubits, errors, strict=True):
        p.prepare(qubit, [0.6, 0.8j]).noise(depolarizing(error), qubit)
    p.save("all", *qubits)
    budget = qn.error_budget(p, by="qubit")
    kept = [1 - 2 * e / 3 for e in errors]
    assert budget.figure == "fidelity of 'all'"
    assert budget.value == pytest.approx(math.prod(kept), abs=1e-12)
    for name, own, share in zip(
        "abc", kept, (shares(budget)[f"program (alice.{q})"] for q in "abc"), strict=True
    ):
        assert share.cost == pytest.approx(math.prod(kept) / own - math.prod(kept), abs=1e-12), name
        assert share.alone == pytest.approx(1 - own, abs=1e-12)
    assert abs(budget.interaction) <= budget.loss**2 + 1e-12
    assert abs(budget.interaction_alone) <= budget.loss**2 + 1e-12


def test_interaction_is_of_second_order():
    """All errors ten times smaller: a loss ten times smaller, an interaction a hundred times smaller."""

    def budget(scale):
        device = uniform_hardware(
            single_qubit_error=1e-2 * scale, two_qubit_error=2e-2 * scale, measure_error=2e-2 * scale,
            prepare_error=1e-2 * scale,
        )  # fmt: skip
        network = with_hardware(chain(2, fidelity=1 - 0.03 * scale), device)
        return qn.error_budget("teleportation", topology=network)

    large, small = budget(1.0), budget(0.1)
    assert large.loss / small.loss == pytest.approx(10, rel=0.1)
    assert large.interaction / small.interaction == pytest.approx(100, rel=0.15)
    assert 0 < large.interaction < 0.2 * large.loss


def everything():
    """A program and a network with every kind of noise."""
    model = LinkModel(
        state=werner_state(0.95), delay=1e-5, attempt_time=1e-5, herald_delay=1e-5, transmission=0.9,
        send_channel=dephasing(0.02),
    )  # fmt: skip
    network = Network([Node("alice", NOISY), Node("bob", NOISY)], [Link("alice", "bob", model)])
    p = Program("everything")
    psi, a, s = p.qubits("alice", "psi", "a", "s")
    b = p.qubit("bob", "b")
    p.prepare(psi, [0.6, 0.8]).entangle(a, b).cx(psi, a).h(psi)
    z, x = p.measure(psi), p.measure(a)
    p.x(b, when=x).z(b, when=z).noise(amplitude_damping(0.03), b)
    p.prepare(s, [R, R]).send(s, "bob")
    p.erase(b, 0.01)
    p.output(z, x)
    p.save("out", b, s)
    return p, network


def test_every_kind_is_found_and_nothing_is_left_when_all_are_off():
    program, network = everything()
    budget = qn.error_budget(program, network=network, by="kind")
    assert {s.source for s in budget.shares} == set(KINDS)
    assert budget.ideal == pytest.approx(1, abs=1e-12)
    assert all(s.cost > 0 and s.alone > 0 for s in budget.shares)
    assert [s.cost for s in budget.shares] == sorted((s.cost for s in budget.shares), reverse=True)
    exact = qn.execute(program, network=network).state("out").fidelity(np.kron([0.6, 0.8], [R, R]))
    assert budget.value == pytest.approx(exact.value, abs=1e-12)
    loss = shares(budget)["loss"]
    # Loss leaves the maximally mixed state: the fidelity of that qubit drops to 1/2.
    assert loss.alone == pytest.approx(0.1 / 2, abs=1e-12)
    assert shares(budget)["pair"].alone == pytest.approx(1 - (2 * 0.95 + 1) / 3, abs=1e-12)
    # Dephasing of |+>, and the readout of z and x: each wrong bit flips or dephases the output.
    assert shares(budget)["sending"].alone == pytest.approx(0.02, abs=1e-12)
    flipped = 1 - (2 * 0.48) ** 2, 1 - (0.36 - 0.64) ** 2
    wrong = 1 - (1 - 0.01 * flipped[0]) * (1 - 0.01 * flipped[1])
    assert shares(budget)["readout"].alone == pytest.approx(wrong, rel=0.02)


def test_sources_of_a_party_add_up_to_those_of_a_kind_where_they_are_alone():
    """With the noise of one source only, all three groupings tell the same."""
    p = Program("readout")
    a, b = p.qubit("node0", "a"), p.qubit("node1", "b")
    m = p.measure(a, readout=0.0)
    p.x(b, when=m).save("b", b)
    network = with_hardware(chain(2), uniform_hardware(measure_error=0.1))
    for by, name in (("kind", "readout"), ("party", "readout (node0)"), ("qubit", "readout (node0.a)")):
        budget = qn.error_budget(p, network=network, by=by)
        assert budget.shares == (Share(name, pytest.approx(0.1), pytest.approx(0.1)),)


def test_placed_programs_say_where_their_noise_comes_from():
    program, network = everything()
    placed = qn.place(program, network)
    assert len(placed.sources) == len(placed.circuit.operations)
    for operation, source in zip(placed.circuit.operations, placed.sources, strict=True):
        if isinstance(operation, Noise):
            assert source is not None and source.ideal is None
        if source is not None and source.ideal is not None:
            assert type(source.ideal) is type(operation) or source.kind in ("loss", "program")
    budget = qn.error_budget(program, network=network)
    assert dataclasses.replace(budget, name="placed program") == qn.error_budget(placed)
    ideal = qn.place(program)
    assert {s.kind for s in ideal.sources if s is not None} == {"program"}


def test_the_figure_of_a_program():
    p = Program("figures")
    a, b = p.qubits("alice", "a", "b")
    p.h(a).cx(a, b).noise(dephasing(0.1), a)
    m = p.measure(b, readout=0.05)
    p.expect("x", {a: "X"})
    assert qn.error_budget(p).figure == "x"

    def zero(result):
        return result.probability(m)

    budget = qn.error_budget(p, figure=zero)
    assert (budget.figure, budget.value) == ("zero", pytest.approx(0.5))
    q = Program("pair")
    a, b = q.qubits("alice", "a", "b")
    q.h(a).cx(a, b).noise(dephasing(0.1), a).save("half", a).expect("z", {b: "Z"})
    with pytest.raises(InvalidInputError, match=r"state 'half' is mixed \(largest eigenvalue 0\.5\)"):
        qn.error_budget(q)
    with pytest.raises(
        InvalidInputError, match=r"figure is 'nothing'; the program saves or expects 'half', 'z'"
    ):
        qn.error_budget(q, figure="nothing")
    assert qn.error_budget(q, figure="z").value == pytest.approx(0)
    with pytest.raises(InvalidInputError, match="name the figure=: the program saves or expects nothing"):
        qn.error_budget(Program("empty"))


def test_refusals():
    program, network = everything()
    with pytest.raises(InvalidInputError, match="by is 'noise'; allowed: 'kind', 'party', 'qubit'"):
        qn.error_budget(program, by="noise")
    with pytest.raises(InvalidInputError, match="hardware= is for a protocol"):
        qn.error_budget(program, hardware="uniform")
    with pytest.raises(InvalidInputError, match="network= is for a Program"):
        qn.error_budget("teleportation", network=network)
    with pytest.raises(InvalidInputError, match="are for a Program, not a placed one"):
        qn.error_budget(qn.place(program), network=network)
    with pytest.raises(InvalidInputError, match=r"figure is 'speed'; protocol 'teleportation' has: 'average"):
        qn.error_budget("teleportation", figure="speed")
    with pytest.raises(InvalidInputError, match="must be the name of a figure"):
        qn.error_budget("teleportation", figure=lambda result: 0.0)


def test_another_exact_engine_gives_the_same_budget():
    given_ = {"link": "ideal", "params": {"link.fidelity": 0.9, "state": "+"}}
    one, other = (qn.error_budget("teleportation", backend=b, **given_) for b in ("reference", "qutip"))
    assert other.value == pytest.approx(one.value, abs=1e-9)
    assert other.shares[0].cost == pytest.approx(one.shares[0].cost, abs=1e-9)


BUDGET = ErrorBudget(
    "demo", "fidelity", "reference", 0.9, 1.0, (Share("pair", 0.06, 0.065), Share("idle", 0.03, 0.034))
)


def test_what_a_budget_says():
    assert (BUDGET.loss, BUDGET.interaction, BUDGET.interaction_alone) == pytest.approx((0.1, 0.01, 0.001))
    data = json.loads(json.dumps(BUDGET.to_dict()))
    assert data["shares"][1] == {"source": "idle", "cost": 0.03, "alone": 0.034}
    assert data["interaction"] == pytest.approx(0.01)
    frame = BUDGET.to_pandas()
    assert list(frame["source"]) == ["pair", "idle"] and frame["alone"].sum() == pytest.approx(0.099)


def test_chart(tmp_path):
    axes = plot_budget(BUDGET)
    cost, alone = axes.containers[:2]
    assert [bar.get_width() for bar in cost] == pytest.approx([0.06, 0.03, 0.01])
    assert [bar.get_width() for bar in alone] == pytest.approx([0.065, 0.034, 0.001])
    assert [t.get_text() for t in axes.get_yticklabels()] == ["pair", "idle", "interaction"]
    assert plot_budget(BUDGET, axes) is axes
    svg = save_budget(BUDGET, tmp_path / "new" / "budget.svg")
    first = svg.read_bytes()
    assert ET.fromstring(first).tag.endswith("svg") and save_budget(BUDGET, svg).read_bytes() == first
    with pytest.raises(InvalidInputError, match=r"ends in '\.gif'; allowed are \.png, \.svg and \.pdf"):
        save_budget(BUDGET, tmp_path / "a.gif")
    with pytest.raises(InvalidInputError, match="no noise, so there is nothing to draw"):
        plot_budget(ErrorBudget("calm", "fidelity", "reference", 1.0, 1.0, ()))


def test_command(capsys, tmp_path):
    chart = tmp_path / "budget.png"
    words = ["budget", "teleportation", "--link", "ideal", "--set", "link.fidelity=0.85", "--set", "state=+"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "-o", str(chart)])
    out = capsys.readouterr().out
    assert not ended.value.code and "pair (node0-node1)" in out and "0.100000" in out
    assert chart.read_bytes().startswith(b"\x89PNG")
    with pytest.raises(SystemExit):
        main([*words, "--json", "--by", "kind"])
    assert json.loads(capsys.readouterr().out)["shares"][0]["source"] == "pair"
    with pytest.raises(SystemExit) as ended:
        main([*words, "--by", "colour"])
    assert ended.value.code == 2 and "--by is 'colour'" in capsys.readouterr().err
