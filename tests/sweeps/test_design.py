import textwrap
from pathlib import Path

import pytest

import qnetframe as qn
from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.experiment.sweep import Axis, Design, read_experiment
from qnetframe.experiment.sweep.lines import lines_of
from qnetframe.experiment.sweep.ranges import values_of


def test_every_combination_with_the_seeds_innermost():
    axes = (Axis(({"a": 1}, {"a": 2})), Axis(({"b": "x", "c": 0.5}, {"b": "y", "c": 0.25})))
    design = Design("d", "k", {"z": 0, "c": 9}, axes, (7, 8))
    tasks = [(t.settings["a"], t.settings["b"], t.settings["c"], t.seed) for t in design.tasks()]
    assert len(design) == len(tasks) == 8 and len({t.id for t in design.tasks()}) == 8
    assert tasks[:3] == [(1, "x", 0.5, 7), (1, "x", 0.5, 8), (1, "y", 0.25, 7)]
    assert all(t.settings["z"] == 0 for t in design.tasks())


def test_tasks_are_made_one_by_one():
    axes = tuple(Axis(tuple({name: i} for i in range(1000))) for name in "abc")
    design = Design("d", "k", {}, axes, tuple(range(10)))
    assert len(design) == 10**10 and next(design.tasks()).settings == {"a": 0, "b": 0, "c": 0}
    assert sum(1 for _ in design.trials()) == 1 + 3 * 100


@pytest.mark.parametrize(
    "given, values",
    [
        ([1, "a", None], [1, "a", None]),
        ({"from": 0, "to": 0.3, "step": 0.1}, [0.0, 0.1, 0.2, 0.3]),
        ({"from": 0, "to": 1, "step": 0.4}, [0.0, 0.4, 0.8]),
        ({"from": 50, "to": 0, "step": -25}, [50, 25, 0]),
        ({"from": 0, "to": 1, "steps": 11}, [i / 10 for i in range(11)]),
        ({"from": 1e-4, "to": 1e-1, "steps": 4, "scale": "log"}, [1e-4, 1e-3, 1e-2, 1e-1]),
    ],
)
def test_ranges(given, values):
    assert values_of(given, "x") == values


@pytest.mark.parametrize(
    "given, message",
    [
        (3, "x is 3; it must be a list of values, or a range"),
        ("abc", "x is 'abc'; it must be a list"),
        ({"from": 0}, "x is a range without 'to'"),
        ({"from": 0, "to": 1}, "needs either step or steps"),
        ({"from": 0, "to": 1, "step": 1, "steps": 2}, "needs either step or steps"),
        ({"from": 0, "to": 1, "step": -1}, "step is -1; it must lead from 0 to 1"),
        ({"from": 0, "to": 1, "step": 0}, "step is 0"),
        ({"from": 0, "to": 1, "steps": 1}, "x: steps is 1; it must be at least 2"),
        ({"from": 0, "to": 1, "steps": 3, "scale": "log"}, "from is 0 and to is 1; both ends"),
        ({"from": 1, "to": 2, "step": 1, "scale": "log"}, "a log scale needs steps"),
        ({"from": 1, "to": 2, "step": 1, "scale": "cubic"}, "scale is 'cubic'"),
        ({"from": "a", "to": 2, "step": 1}, "x: from is 'a'; it must be a finite number"),
        ({"form": 1, "to": 2, "step": 1}, "unknown entry of a range 'form'; did you mean 'from'"),
    ],
)
def test_bad_ranges(given, message):
    with pytest.raises(QnetframeError, match=message):
        values_of(given, "x")


def test_lines_of_keys():
    text = textwrap.dedent('''\
        name = "x"  # = 3
        text = """
        not = 1
        [nor.this]
        """
        list = [
          1, "]",
          # other = 2
          { a = 1 },
        ]
        [settings]
        "link.length_km" = 1
        a.b = 2
        'lit "eral"' = 3
        [[zip]]
        x = [1]
        [[zip]]
        x = [2]
        [ grid ]
        y = """one""" # [
        z = 1
    ''')
    lines = lines_of(text)
    assert {path: lines[path] for path in sorted(lines)} == {
        ("grid",): 19, ("grid", "y"): 20, ("grid", "z"): 21, ("list",): 6, ("name",): 1,
        ("settings",): 11, ("settings", "a"): 13, ("settings", "a", "b"): 13, ("settings", 'lit "eral"'): 14,
        ("settings", "link.length_km"): 12, ("text",): 2, ("zip",): 15, ("zip", "0"): 15,
        ("zip", "0", "x"): 16, ("zip", "1"): 17, ("zip", "1", "x"): 18,
    }  # fmt: skip


GOOD = """\
name = "fibre"
store = "runs.db"
executor = { name = "processes", workers = 2 }
seeds = 3

[settings]
protocol = "teleportation"
link = "fiber"
shots = 100

[grid]
"link.length_km" = { from = 0, to = 20, step = 10 }
backend = ["reference", "stim"]

[[zip]]
"link.fidelity" = [0.9, 0.95]
"link.attenuation_db_per_km" = [0.2, 0.3]
"""


def written(tmp_path, text):
    path = tmp_path / "e.toml"
    path.write_text(text)
    return path


def test_an_experiment_file_is_the_sweep_that_it_says(tmp_path):
    experiment = read_experiment(written(tmp_path, GOOD))
    design = experiment.design
    assert (design.name, experiment.store, experiment.executor) == ("fibre", "runs.db", "processes")
    assert experiment.options == {"workers": 2} and len(design) == 3 * 2 * 2 * 3
    first, *_, last = design.tasks()
    assert first.settings == {
        "protocol": "teleportation", "link": "fiber", "shots": 100, "link.length_km": 0,
        "backend": "reference", "link.fidelity": 0.9, "link.attenuation_db_per_km": 0.2,
    }  # fmt: skip
    assert last.settings["link.attenuation_db_per_km"] == 0.3 and last.seed == 2


@pytest.mark.parametrize(
    "old, new, line, message",
    [
        ("seeds = 3", "seeds = = 3", 4, r"Invalid value \(at line 4"),
        ("seeds = 3", "seeds = 0", 4, "seeds is 0; it must be at least 1"),
        ("seeds = 3", "seeds = [1, 1]", 4, "seeds has 1 twice"),
        ("seeds = 3", 'seeds = "three"', 4, "seeds is 'three'; it must be a whole number or a list"),
        ("seeds = 3", "sedes = 3", 4, "unknown key 'sedes'; did you mean 'seeds' or 'seed'"),
        ("store", "hardware = 1\nstore", 2, "unknown key 'hardware'.*A setting goes under"),
        ('name = "processes", ', "", 3, "executor is a table without a name"),
        ("teleportation", "teleprtation", 7, "unknown protocol 'teleprtation'; did you mean 'teleportation'"),
        ('link = "fiber"', 'link = "fibre"', 8, "unknown link 'fibre'; did you mean 'fiber'"),
        ("shots = 100", "shots = 0", 9, "shots is 0; it must be at least 1"),
        ("shots = 100", "shots = 100\ntwirl = 3", 10, "twirl is 3; it must be one of"),
        ("shots = 100", "shots = 100\ncolour = 3", 10, "unknown parameter 'colour'"),
        ("to = 20", "to = -20", 12, "step is 10; it must lead from 0 to -20"),
        ("{ from = 0, to = 20, step = 10 }", "[]", 12, "link.length_km is empty"),
        ("{ from = 0, to = 20, step = 10 }", "[0, -1]", 12, "length_km is -1"),
        ("{ from = 0, to = 20, step = 10 }", "[0, 0.0]", 12, "twice; each task is computed once"),
        ('"stim"]', '"sim"]', 13, "unknown backend 'sim'; did you mean 'stim'"),
        ('"stim"]', '3]', 13, "backend is 3"),
        ("0.95]", "1.95]", 16, r"fidelity.* is 1\.95"),
        ("[0.2, 0.3]", "[0.2]", 15, "values that go together must be equally many; link.fidelity has 2"),
        ("[[zip]]\n", '[[zip]]\nbackend = ["aer", "stim"]\n', 15, "'backend' is set by two axes"),
        ("link.fidelity", "link.fidelty", 16, "unknown parameter 'fidelty'; did you mean 'fidelity'"),
        ('name = "fibre"', 'kind = "dream"', 1, "unknown kind of task 'dream'"),
        ('name = "fibre"', "modules = [3]", 1, "modules must be a list of the names"),
        ('name = "fibre"', "points = [3]", 1, r"points\[0\] is 3; it must be a table"),
    ],
)  # fmt: skip
def test_errors_name_the_line_before_anything_runs(tmp_path, old, new, line, message):
    assert old in GOOD
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(InvalidInputError, match=message) as caught:
        read_experiment(path)
    assert f"line {line}" in str(caught.value) and str(path) in str(caught.value)


def test_the_example_is_valid_and_what_the_page_shows():
    example = Path(__file__).parents[2] / "examples" / "fibre_sweep.toml"
    assert len(read_experiment(example).design) == 90
    shown = [line for line in example.read_text().splitlines() if not line.startswith("#")]
    assert "\n".join(shown) in (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text()


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_experiment(tmp_path / "none.toml")
    (tmp_path / "e.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_experiment(tmp_path / "e.toml")


def test_python_and_a_file_make_the_same_tasks(tmp_path):
    text = """
        seeds = 2
        [settings]
        protocol = "entanglement-swapping"
        "topology.nodes" = 4
        "protocol.nodes" = 4
        [[points]]
        backend = "reference"
        [[points]]
        backend = "stim"
        shots = 10
    """
    in_file = [t.id for t in read_experiment(written(tmp_path, text)).design.tasks()]
    result = qn.sweep(
        "entanglement-swapping",
        params={"nodes": 4, "topology.nodes": 4.0},
        points=[{"backend": "reference"}, {"backend": "stim", "shots": 10}],
        seeds=2, store=tmp_path / "r.db", progress=False,
    )  # fmt: skip
    with result.open() as store:
        assert [row.task.id for row in store.rows()] == in_file
        assert store.counts() == {"done": 4}


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"over": {"backend": ["aer"]}, "backends": ["stim"]}, "backends and over"),
        ({"kind": "coin", "modules": ["sweep_kinds"], "shots": 3}, "shots is for tasks of kind 'run'"),
        (
            {"kind": "coin", "modules": ["sweep_kinds"], "protocol": None, "settings": {"coins": 0}},
            "coins is 0",
        ),
        ({"protocol": None}, "settings have no 'protocol'"),
        ({"executor": "dusk"}, "unknown executor 'dusk'"),
        (
            {"over": {"link": [{"name": "fiber"}]}},
            "link is a table; write its parameters with the key in quotes",
        ),
        ({"params": {"nodes": 3}}, "unknown parameter 'nodes'"),
        ({"over": {"nodes": [3]}}, "nodes is 3; it must be .write protocol.nodes"),
    ],
)
def test_bad_sweeps_store_nothing(tmp_path, arguments, message):
    given = {"protocol": "teleportation", "store": tmp_path / "r.db", "progress": False, **arguments}
    if given.get("kind") == "coin":
        given["protocol"] = None
    with pytest.raises(QnetframeError, match=message):
        qn.sweep(**given)
    assert not (tmp_path / "r.db").exists()
