"""Results as tables, JSON, DataFrames and in notebooks: the numbers asked for, whole and by name."""

import json

import numpy as np
import pytest

from qnetframe import Program, compare, execute, run


def program():
    p = Program("biased")
    a, b = p.qubits("alice", "a", "b")
    p.prepare(a, [0.6, 0.8]).cx(a, b)
    m = p.measure(a)
    c = p.coin(0.25)
    p.require(~c)
    p.output(~m, label="error")
    return p.expect("spin", {b: "Z"}).save("b", b), m


def test_json_has_every_figure_and_state():
    data = json.loads(execute(program()[0]).to_json())
    values = {name: f["value"] for name, f in data["figures"].items()}
    assert values == pytest.approx(
        {"acceptance": 0.75, "P(error = 0)": 0.64, "P(error = 1)": 0.36, "<spin>": 0.36 - 0.64}
    )
    assert np.allclose(data["states"]["b"]["real"], np.diag([0.36, 0.64]))
    assert np.allclose(data["states"]["b"]["imaginary"], 0) and data["states"]["b"]["qubits"] == 1
    assert data["method"] == "exact" and data["shots"] is None
    assert len(data["circuit"]) == 64


def test_a_data_frame_has_one_row_a_figure_with_its_error():
    frame = execute(program()[0], shots=400, seed=1).to_pandas().set_index("figure")
    assert list(frame.index) == ["acceptance", "P(error = 0)", "P(error = 1)", "<spin>"]
    # Three settings for the state; X and Y are measured beside Z, each with all 400 shots.
    assert frame.shots["acceptance"] == 1200
    assert 0.01 < frame.standard_error["acceptance"] < 0.02
    assert frame.value["P(error = 0)"] + frame.value["P(error = 1)"] == pytest.approx(1)


def test_printing_shows_the_table_and_notebooks_too():
    result = execute(program()[0])
    text = str(result)
    for part in ("exact", "acceptance", "0.75", "P(error = 1)", "0.36", "<spin>", "-0.28", "state 'b'"):
        assert part in text
    assert "0.75" in result._repr_html_() and "<pre" in result._repr_html_()
    assert repr(result) == "<ProgramResult: exact, 1 outputs>"


def test_a_long_table_says_how_much_it_leaves_out():
    p = Program("six fair bits")
    for i in range(6):
        p.measure(p.qubit("alice", f"q{i}"), "x")
    result = execute(p)
    assert "32 more" in str(result)
    assert len(result.to_pandas()) == 64


def test_runs_and_comparisons_print_as_tables_too():
    done = run("chsh")
    assert "2.82842712" in str(done) and "chsh on reference (exact)" in str(done)
    assert json.loads(done.to_json()) == done.to_dict()
    assert "<pre" in done._repr_html_()
    judged = compare("chsh", backends=["reference"])
    assert "nothing compared" in str(judged) and "2.828427" in judged._repr_html_()


def test_a_comparison_without_a_run_says_why_and_has_an_empty_frame():
    judged = compare("chsh", backends=["stim"])
    assert "stim skipped" in str(judged) and "figure" not in str(judged)
    assert len(judged.to_pandas()) == 0


def test_labels_of_outputs_are_names_for_what_they_mean():
    p, m = program()
    result = execute(p)
    assert result.probability("error").value == pytest.approx(0.36)
    assert result.probability("error") == result.probability(~m)
    assert result.distribution("error")[(1,)].value == pytest.approx(0.36)
    assert result.probability("m0").value == pytest.approx(0.64)
