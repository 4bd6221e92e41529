"""Experiments in TOML, the command, and the figures."""

import json
from pathlib import Path

import pytest
from chains_in_time import chain_of, measured_link
from matplotlib.collections import LineCollection

from qnetframe.builtin.topologies import real_map
from qnetframe.cli import main
from qnetframe.errors import InvalidInputError
from qnetframe.experiment.simulate import experiment, read_experiment
from qnetframe.simulation import repeater_chain
from qnetframe.simulation.optimise import bdcz_scaling
from qnetframe.simulation.plots import (
    draw_histogram,
    draw_loads,
    draw_scaling,
    draw_space_time,
    draw_waiting_times,
    save,
)
from qnetframe.simulation.requests import Request
from qnetframe.simulation.simulation import Simulation

EXAMPLE = Path(__file__).parents[2] / "examples" / "surfnet.toml"
SMALL = {
    "until": 0.2,
    "seed": 3,
    "network": {"topology": "chain", "params": {"nodes": 3, "length_km": 10.0, "fidelity": 0.98}},
    "requests": [{"source": "node0", "target": "node2", "pairs": "all"}],
}


def test_an_experiment_is_the_simulation_it_describes():
    data = {
        **SMALL,
        "warm_up": 0.05,
        "simulation": {"pair_states": "werner", "memories": 2, "routing": "time", "queue": "priority"},
        "strategy": {"swapping": [1], "cutoff": 0.01, "handshake": True},
        "memory": {"coherence": 0.5, "efficiency": 0.9},
        "swap": {"success": 0.9, "gate": 0.99, "time": 1e-6},
        "classical": {"loss": 0.01},
        "failures": {"mean_up": 1.0, "mean_down": 0.1},
        "poisson": {"rate": 50.0, "count": 3, "pairs": 1, "ends": [["node0", "node1"]]},
    }
    made = experiment(data)
    sim = made.simulation
    assert sim.profile("node1").swap_success == pytest.approx(0.9 * 0.81)
    assert sim.profile("node1").decay.rates == (2.0, 2.0, 2.0)
    assert sim.strategy.cutoff == 0.01 and sim.strategy.swapping == (1,) and sim.classical.loss == 0.01
    assert [s.request.pairs for s in sim.served] == [None, 1, 1, 1]
    report = made.run()
    assert report.start == 0.05 and report.end == 0.2
    # The order of swaps is for paths of two links.
    assert all("swapping" in s.reason for s in sim.served[1:])
    assert experiment(data).run().to_dict() == report.to_dict() != experiment(data, seed=4).run().to_dict()


def test_memories_of_files():
    for memory, rates in (
        ({"t1": 2.0}, (0.25, 0.25, 0.5)),
        ({"t1": 2.0, "t2": 1.0}, (1.0, 1.0, 0.5)),
        ({"pauli": [0, 0, 0.5]}, (1.0, 1.0, 0.0)),
    ):
        assert experiment({**SMALL, "memory": memory}).simulation.profile("node0").decay.rates == rates


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"until": None}, "until"),
        ({"other": 1}, "unknown key 'other'"),
        ({"network": {}}, "topology is missing"),
        ({"network": 3}, r"it must be a table, \[network\]"),
        ({"simulation": {"pair_state": "bell"}}, "unknown key 'pair_state'"),
        ({"simulation": {"pair_states": "x"}}, "pair_states"),
        ({"strategy": {"swaping": "asap"}}, "unknown key 'swaping'"),
        ({"memory": {"coherence": 1.0, "t1": 1.0}}, "give one of"),
        ({"memory": {"pauli": [1.0]}}, "three rates"),
        ({"failures": {"mean_up": 1.0}}, "mean_down is missing"),
        ({"requests": []}, "no requests"),
        ({"requests": [3]}, r"\[\[requests\]\]"),
        ({"requests": [{"source": "node0"}]}, "target is missing"),
        ({"requests": [{"source": "node0", "target": "x"}]}, "'x'"),
        ({"poisson": {"rate": 1.0}}, "count is missing"),
        ({"poisson": {"rate": 1.0, "count": 2, "source": "node0"}}, "unknown key 'source'"),
        ({"figures": {"map": "x.png"}}, "unknown key 'map'"),
        ({"classical": 3}, "classical is 3"),
    ],
)
def test_wrong_files_name_the_key(change, said):
    data = {k: v for k, v in {**SMALL, **change}.items() if v is not None}
    from qnetframe.errors import QnetframeError

    with pytest.raises(QnetframeError, match=said):
        experiment(data)


def run(*arguments):
    with pytest.raises(SystemExit) as left:
        main(["simulate", *map(str, arguments)])
    assert not left.value.code


def test_the_command(tmp_path, capsys):
    run(EXAMPLE, "-o", tmp_path, "--json", "--seed", 2, "--trace", tmp_path / "t.txt")
    figures = json.loads(capsys.readouterr().out)
    assert figures["pairs"] > 20 and 0.25 < figures["fidelity"][0] < 1
    assert {p.name for p in tmp_path.iterdir()} == {
        "surfnet-loads.png", "surfnet-latency.png", "surfnet-space-time.png", "t.txt",
    }  # fmt: skip
    lines = (tmp_path / "t.txt").read_text().splitlines()
    assert len(lines) > 1000 and all(line[:18].strip().isdigit() for line in lines)


def test_the_command_prints_a_table_and_repeats_itself(tmp_path, capsys):
    file = tmp_path / "small.toml"
    file.write_text(
        'until = 0.1\n[network]\ntopology = "chain"\nparams = {nodes = 2, length_km = 10.0}\n'
        '[[requests]]\nsource = "node0"\ntarget = "node1"\npairs = "all"\n'
    )
    seen = []
    for name in ("a.txt", "b.txt"):
        run(file, "--trace", tmp_path / name)
        seen.append(capsys.readouterr().out.replace(name, ""))
    assert "throughput" in seen[0] and seen[0] == seen[1]
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes() != b""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("until = ", "is not TOML"),
        (None, "cannot be read"),
        (
            "until = 'x'\n[network]\ntopology='chain'\nparams={nodes=2,length_km=1.0}\n[[requests]]\nsource='node0'\ntarget='node1'",
            "until",
        ),
    ],
)
def test_errors_of_the_command(tmp_path, capsys, text, said):
    file = tmp_path / "e.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SystemExit) as left:
        main(["simulate", str(file)])
    error = capsys.readouterr().err
    assert left.value.code == 2 and said in error and "Traceback" not in error


def test_read_experiment_of_the_example():
    made = read_experiment(EXAMPLE)
    assert made.until == 1.0 and len(made.simulation.network.nodes) == 50


POLICIES = """
from qnetframe.api import PolicySpec
from qnetframe.hookspecs import hookimpl
from qnetframe.network import k_shortest_paths

def second():
    def route(sim, request):
        return k_shortest_paths(sim.network, request.source, request.target, 2)[1:]
    return route

def only_left():
    # A program that delivers nothing: it drops what it gets.
    def program(view):
        while True:
            yield view.change()
            for half in [*view.left, *view.right]:
                view.drop(half)
    return program

@hookimpl
def qnetframe_policies():
    yield PolicySpec("second-best", second, "the second shortest path")
    yield PolicySpec("drop-all", only_left, "gives up every pair")
"""


def test_policies_of_plugins(install):
    install("qnetframe-policies", POLICIES)
    data = {
        "until": 0.1,
        "network": {"topology": "ring", "params": {"nodes": 4, "length_km": 5.0}},
        "requests": [{"source": "node0", "target": "node1", "pairs": "all"}],
        "simulation": {"routing": "second-best"},
    }
    assert {d.links for d in experiment(data).run().deliveries} == {3}
    data["strategy"] = {"interior": "drop-all"}
    report = experiment(data).run()
    assert report.deliveries == () and report.messages > 10


def traced():
    sim = Simulation(chain_of(3, measured_link()), 1, trace=True)
    sim.request(Request("r0", "r3", pairs=None))
    return sim, sim.run(0.1)


def test_space_time_diagram_has_every_message():
    sim, _ = traced()
    axes = draw_space_time(sim, ["r0", "r1", "r2", "r3"], 0.0, 0.02)
    seen = [r for r in sim.trace.select(start=0.0, end=0.02)]
    drawn = [line for line in axes.lines if line.get_linewidth() == 0.8]
    assert len(drawn) == sum(r.kind == "message" for r in seen) > 3
    for line in drawn:
        (x1, x2), (t1, t2) = line.get_data()
        # Light time: 50 µs a hop.
        assert (t2 - t1) * 1e-3 == pytest.approx(abs(x2 - x1) * 50e-6)
    assert [t.get_text() for t in axes.get_xticklabels()] == ["r0", "r1", "r2", "r3"]
    with pytest.raises(InvalidInputError, match="trace=True"):
        draw_space_time(Simulation(chain_of(1, measured_link())), ["r0"])
    with pytest.raises(InvalidInputError, match="nothing was recorded"):
        draw_space_time(sim, ["r0", "r1"], 1.0, 2.0)


def test_map_with_loads():
    sim = Simulation(real_map("topozoo/Surfnet", 0.99), 1, memories=2)
    sim.request(Request("Delft", "Groningen", pairs=None))
    report = sim.run(1.0)
    axes = draw_loads(sim, report, labels=False)
    (lines,) = [c for c in axes.collections if isinstance(c, LineCollection) and c.get_array() is not None]
    used = dict(zip((link.name for link in sim.network.links), lines.get_array(), strict=True))
    assert used == {
        link.name: report.links[link.name].memory_use if link.name in report.links else 0
        for link in sim.network.links
    }
    assert any(f"{len(report.deliveries)} pairs, F=" in t.get_text() for t in axes.texts)


def test_histograms_and_curves(tmp_path):
    _, report = traced()
    axes = draw_histogram(report)
    assert sum(p.get_height() for p in axes.patches) == len(report.deliveries)
    assert "ms" in axes.get_xlabel()
    assert draw_histogram(report, "fidelity").get_xlabel() == "fidelity"
    chain = repeater_chain(4, 0.1, 0.5)
    (line,) = draw_waiting_times({"four": chain}).lines
    assert line.get_ydata()[5] == chain.histogram[5]
    links = (1, 2, 4)
    curves = draw_scaling(links, bdcz_scaling(links))
    assert len(curves.lines) == 2
    assert save(curves, tmp_path / "s.svg").stat().st_size > 1000
    with pytest.raises(InvalidInputError, match=r"allowed: \.png"):
        save(curves, tmp_path / "s.txt")
    with pytest.raises(InvalidInputError, match="cannot be written"):
        save(curves, tmp_path / "no" / "s.png")
    quiet = Simulation(chain_of(1, measured_link()))
    with pytest.raises(InvalidInputError, match="no pair was delivered"):
        draw_histogram(quiet.run(0.1))
