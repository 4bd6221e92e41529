"""``qnetframe qec`` as typed, figures, and that listing plugins loads nothing heavy."""

import json
import subprocess
import sys

import matplotlib
import pytest

from qnetframe.cli import main
from qnetframe.errors import InvalidInputError
from qnetframe_qec.codes.colour import colour
from qnetframe_qec.codes.small import five_qubit
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.distributed.assignment import striped
from qnetframe_qec.plots import plot_detectors, plot_layout, plot_threshold
from qnetframe_qec.programs.transversal import transversal_gates
from qnetframe_qec.sampling.counts import Counts, Sampler
from qnetframe_qec.sampling.scaling import Point
from qnetframe_qec.sampling.task import MemoryTask, make_code

matplotlib.use("Agg")


def typed(capsys, *words):
    with pytest.raises(SystemExit) as left:
        main(["qec", *words])
    out, err = capsys.readouterr()
    return left.value.code or 0, out, err


def test_threshold_in_json(capsys, tmp_path):
    figure, store = tmp_path / "t.svg", tmp_path / "c.db"
    words = [
        "threshold",
        "--noise",
        "code-capacity",
        "--distances",
        "3,7",
        "--p",
        "0.08,0.1,0.12",
        "--shots",
        "16384",
    ]
    code, out, err = typed(capsys, *words, "--json", "-o", str(figure), "--store", str(store))
    found = json.loads(out)
    assert code == 0 and 0.08 < found["threshold"] < 0.12 and len(found["points"]) == 6, err
    low, high = found["95 % interval"]
    assert low < found["threshold"] < high and figure.stat().st_size > 1000
    assert typed(capsys, *words, "--store", str(store), "--json")[1] == out


def test_codes_and_one_code(capsys, tmp_path):
    code, out, _ = typed(capsys, "codes")
    assert code == 0 and "[[72,12,6]]" in out and "[[d²,1,d]]" in out
    code, out, _ = typed(capsys, "code", "steane(steane)", "--json")
    found = json.loads(out)
    assert (found["n"], found["claimed distance"], found["distance, at most"]) == (49, 9, 9)
    figure = tmp_path / "surface.png"
    assert typed(capsys, "code", "rotated-surface", "--distance", "5", "--exact", "-o", str(figure))[0] == 0
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_memory(capsys):
    code, out, _ = typed(capsys, "memory", "--distances", "3", "--p", "0.01", "--shots", "5000", "--json")
    (point,) = json.loads(out)["points"]
    assert code == 0 and point["shots"] == 5000 and 0.02 < point["logical error"] < 0.12
    code, out, _ = typed(
        capsys, "memory", "--noise", "none", "--p", "0", "--p-link", "0.08", "--seam", "y", "--json"
    )
    assert json.loads(out)["points"][0]["errors"] == 0


def test_the_kit_of_decoders_by_command(capsys):
    with pytest.raises(SystemExit) as left:
        main(["check", "lookup", "--kind", "decoder"])
    out = capsys.readouterr().out
    assert not left.value.code and "near_optimal" in out and " 0 failed" in out


@pytest.mark.parametrize(
    "words, message",
    [
        (["memory", "--p", "x"], "--p is 'x'"),
        (["memory", "--distances", "3.5"], "--distances is '3.5'"),
        (["memory", "--code", "steene"], "unknown code 'steene'"),
        (["memory", "--noise", "loud"], "unknown noise model 'loud'"),
        (["memory", "--decoder", "oracle"], "unknown decoder 'oracle'"),
        (["memory", "--code", "five-qubit"], "not CSS"),
        (["threshold", "--noise", "erasure"], "needs --p and --distances"),
        (["threshold", "--noise", "code-capacity", "--p", "0.05,0.06", "--shots", "100"], "too few"),
        (["code", "steane", "-o", "/proc/none/x.png"], "no layout to draw"),
        (["code", "toric", "-o", "/proc/none/x.png"], "cannot be written"),
    ],
)
def test_bad_input_is_one_line(capsys, words, message):
    code, out, err = typed(capsys, *words)
    assert code == 2 and message in err and "Traceback" not in err + out


def test_listing_loads_nothing_heavy():
    code = "import sys\nfrom qnetframe.plugins import discover\nassert 'qec' in discover().commands\n"
    code += "print([n for n in ('stim', 'pymatching', 'scipy', 'ldpc', 'matplotlib') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_figures_show_what_they_say():
    points = [Point(d, p, Counts(1000, int(1000 * p * d)).error) for d in (3, 5) for p in (0.01, 0.02)]
    axes = plot_threshold(points)
    assert [t.get_text() for t in axes.get_legend().get_texts()] == ["d = 3", "d = 5"]
    code = rotated_surface(3)
    layout = plot_layout(code, striped(code, ["Delft", "Gouda"]).data)
    assert len(layout.patches) == code.num_checks
    assert {t.get_text() for t in layout.get_legend().get_texts()} == {"X check", "Z check", "Delft", "Gouda"}
    names = {t.get_text() for t in plot_layout(colour(5)).get_legend().get_texts()}
    assert names == {"X and Z check", "data qubit"}
    model = Sampler.of_task(MemoryTask(distance=3, noise="phenomenological", p=0.01)).model
    assert plot_detectors(model).get_title().startswith("24 detectors")
    matplotlib.pyplot.close("all")
    with pytest.raises(InvalidInputError, match="no layout"):
        plot_layout(five_qubit())
    with pytest.raises(InvalidInputError, match="nodes has 1 entries"):
        plot_layout(code, ["a"])
    with pytest.raises(InvalidInputError, match="no detector"):
        plot_detectors(type(model)("error(0.1) D0"))


@pytest.mark.parametrize(
    "name, gates",
    [
        # A. M. Steane, Nature 399, 124 (1999): all Clifford gates of the [[7,1,3]] code are transversal.
        ("steane", {"h": "h", "s": "s", "cx": "cx"}),
        ("colour", {"h": "h", "s": "s", "cx": "cx"}),
        ("shor", {"cx": "cx"}),
        ("rotated-surface", {"cx": "cx"}),
        ("five-qubit", {}),
    ],
)
def test_transversal_gates(name, gates):
    assert dict(transversal_gates(make_code(name))) == gates
