"""The commands that draw: what they say, the files they write, and what they refuse."""

import json

import pytest

FIBRE = "--link fiber --set link.length_km=18 --hardware uniform --set hardware.measure_duration=1e-6"


@pytest.mark.parametrize("name", ["draw", "timeline"])
def test_help_teaches_with_examples(command, name):
    code, out, _ = command(f"{name} --help")
    assert code == 0 and out.count(f"qnetframe {name} ") >= 3


def test_a_program_is_a_diagram(command, tmp_path):
    code, out, _ = command("draw teleportation --set state=+")
    assert code == 0 and out.startswith("teleportation of +\n") and "┤X if m1├" in out and "~" not in out
    assert "~" in command("draw teleportation --link ideal --hardware uniform --set hardware.measure_error=0.01 "
                          "--set hardware.two_qubit_error=0.01 --placed")[1]  # fmt: skip
    code, out, _ = command(f"draw teleportation -o {tmp_path}/new/a.png")
    assert code == 0 and out == f"drawing: {tmp_path}/new/a.png\n"
    assert (tmp_path / "new" / "a.png").read_bytes().startswith(b"\x89PNG")


def test_a_timeline_says_what_the_latency_is_made_of(command, tmp_path):
    code, out, err = command(f"timeline teleportation {FIBRE}")
    # 18 km at 2e5 km/s is 90 µs, once for the pair and once for the bits; a measurement takes 1 µs.
    assert code == 0 and not err
    assert (
        "latency 181 µs: " in out
        and "message 49.7%" in out
        and "pair 49.7%" in out
        and "measurement 0.6%" in out
    )
    assert "why not earlier" in out and "idle" not in out
    assert "idle" in command(f"timeline teleportation {FIBRE} --events")[1]
    code, out, _ = command(f"timeline teleportation {FIBRE} --party node0")
    assert "latency 91 µs: pair 98.9%, measurement 1.1%" in out
    for extra in ("", " --scale compressed"):
        code, out, _ = command(f"timeline teleportation {FIBRE} -o {tmp_path}/t.svg{extra}")
        assert code == 0 and f"timeline: {tmp_path}/t.svg" in out
        assert ("compressed" in (tmp_path / "t.svg").read_text()) == bool(extra)


def test_a_timeline_as_json(command, tmp_path):
    code, out, err = command(f"timeline teleportation {FIBRE} --waiting mean --json -o {tmp_path}/t.png")
    said = json.loads(out)
    assert code == 0 and f"timeline: {tmp_path}/t.png" in err
    # Every attempt succeeds with 0.5 * 10^-0.36: 90 µs each.
    attempts = 1 / (0.5 * 10**-0.36)
    assert said["latency"] == pytest.approx((attempts + 1) * 90e-6 + 1e-6)
    assert sum(said["seconds_by_kind"].values()) == pytest.approx(said["latency"])
    steps = said["critical_path"]
    assert [s["kind"] for s in steps] == ["entangle", "measure", "message"]
    assert [a["end"] for a in steps[:-1]] == [b["start"] for b in steps[1:]]
    assert [m["received"] - m["sent"] for m in said["messages"]] == pytest.approx([90e-6] * 2)
    assert said["finished"]["node1"] == said["latency"] and said["idle"]["node1.left"] > 90e-6
    assert {e["kind"] for e in said["events"]} >= {"entangle", "measure", "idle"}


def test_the_program_of_a_route_through_a_network(command):
    line = "--topology chain --set topology.nodes=4 --set topology.length_km=20 --ends node1,node3"
    out = command(f"timeline entanglement-swapping {line}")[1]
    assert "pair node1-node2" in out and "node2 -> node3" in out and "node0" not in out
    assert "node2" in command(f"draw entanglement-swapping {line}")[1]


def test_another_program_of_a_protocol(command):
    line = f"dejmps {FIBRE}"
    assert "0 rounds" in command(f"draw {line}")[1] and "1 rounds" in command(f"draw {line} --number 2")[1]
    assert "Program 2 of dejmps: 'dejmps, nested, 1 rounds'" in command(f"timeline {line} --number 2")[1]
    code, out, _ = command(f"explain {line} --backend reference --number 2")
    assert code == 0 and out.startswith("Program 2 of dejmps")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("timeline teleportation -o {}/t.png", "nothing on this timeline takes time"),
        ("timeline teleportation --party carol", "party is 'carol'; parties of this timeline: alice, bob"),
        ("timeline teleportation --scale log", "--scale is 'log'; it must be linear or compressed"),
        ("timeline teleportation --waiting long", "--waiting is 'long'"),
        ("timeline dejmps --number 3", "protocol 'dejmps' runs 2 program(s); --number is 3"),
        ("draw teleportation --number 0", "--number is 0; programs count from 1"),
        ("timeline nonsense", "unknown protocol 'nonsense'"),
        ("draw teleportation -o {}/a.bmp", "ends in '.bmp'; allowed are .png, .svg and .pdf"),
        ("draw teleportation -o {}/taken/a.png", "cannot be written"),
        ("draw teleportation --set colour=red", "colour"),
    ],
)
def test_refusals(command, tmp_path, line, message):
    (tmp_path / "taken").write_text("a file")
    code, _out, err = command(line.format(tmp_path))
    assert code == 2 and message in err and "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["taken"]
