"""The command capacity: tables, JSON, figures, and what it refuses."""

import json

import pytest


def test_json_has_every_capacity(command):
    code, out, _ = command("capacity amplitude-damping --set gamma=0.1 --json")
    found = json.loads(out)
    assert code == 0 and found["channel"] == "amplitude_damping" and found["parameters"] == {"gamma": "0.1"}
    # Giovannetti and Fazio, PRA 71, 032314 (2005).
    assert found["quantum"]["value"] == pytest.approx(0.709418, abs=1e-6)
    assert found["entanglement_assisted"]["value"] == pytest.approx(1.707700, abs=1e-6)
    assert found["holevo"]["value"] == pytest.approx(0.840497, abs=1e-6)
    assert found["quantum"]["accuracy"] < 1e-8 and found["degradable"] is True
    assert found["classical"]["value"] is None and found["two_way"]["lower_reason"]


def test_the_table_gives_reasons(command):
    code, out, _ = command("capacity depolarizing --set p=0.1")
    text = " ".join(out.replace("│", " ").split())
    assert code == 0 and "Smith and" in text and "0.372508 – 0.511878" in text and "neither" in text


def test_a_flag_is_read(command):
    found = json.loads(command("capacity erasure --set probability=0.2 --json")[1])
    assert found["quantum"]["value"] == pytest.approx(0.6, abs=1e-6)
    assert found["two_way"]["value"] == pytest.approx(0.8, abs=1e-6)


def test_a_figure(command, tmp_path):
    target = tmp_path / "capacities.svg"
    code, out, _ = command(f"capacity dephasing --over p=0:0.5:4 -o {target}")
    assert code == 0 and "figure:" in out
    assert target.read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("capacity nothing", "unknown channel 'nothing'"),
        ("capacity depolarizing --set p=2", "depolarizing p is 2.0"),
        ("capacity depolarizing", "needs the parameter 'p'"),
        ("capacity depolarizing --over p=0:1:5", "--over and --output go together"),
        ("capacity depolarizing --over p=0:1 -o a.png", "must be KEY=START:STOP:POINTS"),
        ("capacity depolarizing --over p=0:1:1 -o a.png", "with 2 to 1000 points"),
        ("capacity depolarizing --set p=0.1 --over p=0:1:3 -o a.png", "both give 'p'"),
        ("capacity depolarizing --over p=0:1:3 -o a.txt", "allowed are .png"),
    ],
)
def test_what_it_refuses(command, line, message):
    code, _, err = command(line)
    assert code == 2 and message in err and "Traceback" not in err
