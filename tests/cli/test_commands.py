"""The commands, and their exit codes."""

import json

import pytest

import qnetframe

LIAR = """
import dataclasses
from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.hookspecs import hookimpl

class Liar:
    def compile(self, circuit):
        return LyingExecutable(ReferenceBackend().compile(circuit))

@dataclasses.dataclass
class LyingExecutable:
    honest: object

    def exact(self):
        branches = self.honest.exact()
        shifted = [branches[-1], *branches[:-1]]
        return [dataclasses.replace(b, outputs=o.outputs) for b, o in zip(branches, shifted)]

    def sample(self, shots, seed):
        return self.honest.sample(shots, seed)

@hookimpl
def qnetframe_backends():
    yield BackendSpec("liar", Liar, "the reference with its outcomes rotated", capabilities=CAPABILITIES)
"""


# ---- help and version ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plugins", "run", "compare", "explain"])
def test_help_teaches_with_examples(command, name):
    code, out, _ = command(f"{name} --help")
    assert code == 0 and out.count(f"qnetframe {name} ") >= 3


def test_without_arguments_it_shows_help(command):
    _, out, err = command("")
    assert all(word in out + err for word in ("plugins", "run", "compare", "explain", "--debug"))


def test_version(command):
    assert command("--version") == (0, f"qnetframe {qnetframe.__version__}\n", "")


# ---- plugins ---------------------------------------------------------------------------------


def test_plugins_lists_what_there_is_by_whom_and_what_it_can_do(command):
    code, out, _ = command("plugins --kind backend")
    assert code == 0
    assert "reference" in out and f"qnetframe {qnetframe.__version__}" in out
    assert "exact and samples; any gates, kraus noise, feed-forward any, up to 11 qubits" in " ".join(
        out.replace("│", " ").split()
    )
    assert "dephasing" not in out


def test_plugins_says_what_is_broken_and_why(command, install):
    install("made-up-bad", "import no_such_sdk", version="7.7")
    code, out, _ = command("plugins")
    assert code == 0 and "teleportation" in out
    assert "left out: made_up_bad (made-up-bad 7.7)" in out and "no_such_sdk" in out
    listed = json.loads(command("plugins --json")[1])
    (broken,) = [p for p in listed["broken"] if p["distribution"] == "made-up-bad"]
    assert broken["version"] == "7.7" and "no_such_sdk" in broken["reason"]


MANY = """
from qnetframe.api import ChannelSpec
from qnetframe.channels import dephasing
from qnetframe.hookspecs import hookimpl

@hookimpl
def qnetframe_channels():
    return [ChannelSpec(f"many-{i:02d}", dephasing, "one of many") for i in range(20)]
"""


def test_many_of_one_kind_are_one_line_unless_all_are_asked_for(command, install):
    install("made-up-many", MANY)
    out = command("plugins")[1]
    assert "many-00 … many-19" in out and "20 of them" in out and "many-07" not in out
    assert "ion-trap" in out
    assert "many-07" in command("plugins --kind channel --all")[1]


def test_plugins_as_json(command):
    listed = json.loads(command("plugins --json")[1])["plugins"]
    (reference,) = [p for p in listed if (p["kind"], p["name"]) == ("backend", "reference")]
    assert reference["distribution"] == "qnetframe" and reference["summary"]
    assert reference["capabilities"][0]["exact"] is True
    assert reference["parameters"]["max_branches"] == {
        "takes": "a whole number",
        "required": False,
        "default": "4096",
    }


def test_one_plugin_in_full(command):
    code, out, _ = command("plugins fiber")
    assert code == 0
    assert "--set link.length_km=…  a number, required" in out
    assert "--set link.fidelity=…  a number, default 1.0" in out
    assert "link ideal" in (out := command("plugins ideal")[1]) and "hardware ideal" in out
    assert "--set state=…" in command("plugins teleportation")[1]
    assert "can  density_matrix: exact" in command("plugins reference")[1]


# ---- run, compare, explain -------------------------------------------------------------------


def test_run_prints_a_table(command):
    code, out, _ = command("run teleportation --set state=0")
    assert code == 0 and "teleportation on reference" in out and "fidelity" in out


def test_run_takes_every_option(command):
    code, out, _ = command(
        "run teleportation --set state=0 --topology chain --link fiber --set link.length_km=18 "
        "--hardware node0=ideal,node1=uniform --nodes node0=node0,node1=node1 --shots 200 --seed 7 "
        "--set backend.max_branches=64 --waiting mean --routing swap --twirl --json"
    )
    result = json.loads(out)
    assert code == 0 and (result["shots"], result["seed"], result["backend"]) == (200, 7, "reference")
    assert all(e["shots"] for e in result["estimates"].values())


def test_the_same_seed_gives_the_same_numbers(command):
    line = "run teleportation --set state=0 --shots 100 --link ideal --set link.fidelity=0.7 --json"
    one, again, other = (json.loads(command(f"{line} --seed {s}")[1])["estimates"] for s in (3, 3, 4))
    assert one == again != other


def test_compare_prints_the_verdict(command, install):
    install("made-up-liar", LIAR.replace("shifted = [branches[-1], *branches[:-1]]", "shifted = branches"))
    code, out, _ = command("compare teleportation --backends reference,liar --set state=0")
    assert code == 0 and "reference, liar agree" in out


def test_a_disagreement_is_exit_code_1(command, install):
    install("made-up-liar", LIAR)
    line = "compare teleportation -b reference,liar --set state=0 --link ideal --set link.fidelity=0.7"
    code, out, _ = command(line)
    assert code == 1 and "DISAGREEMENT" in out
    code, out, _ = command(f"{line} --json")
    assert code == 1 and json.loads(out)["agree"] is False


def test_nothing_compared_is_no_agreement(command):
    code, out, _ = command("compare teleportation -b reference --set state=0")
    assert code == 1 and "nothing compared" in out


def test_compare_writes_a_report(command, install, tmp_path):
    install("made-up-liar", LIAR)
    report = tmp_path / "report.html"
    line = f"compare teleportation -b reference,liar --set state=0 -o {report}"
    code, out, _ = command(line)
    assert code == 1 and f"report: {report}" in out
    assert "<html" in report.read_text() and "liar" in report.read_text()
    _, out, err = command(f"{line} --json")
    assert json.loads(out) and f"report: {report}" in err


def test_explain_says_which_method_or_why_not(command):
    code, out, _ = command("explain teleportation")
    assert code == 0 and "reference: method density_matrix, exact" in out and "because" in out
    code, out, _ = command(
        "explain teleportation -b reference --shots 10 --topology chain --set topology.length_km=5"
    )
    assert code == 0 and "exact table" in out


REFUSER = LIAR.replace(
    "capabilities=CAPABILITIES", "capabilities=(Capabilities('narrow', max_qubits=1),)"
).replace("import CAPABILITIES,", "import") + ("\nfrom qnetframe.program.capabilities import Capabilities\n")


def test_explain_says_why_a_backend_refuses(command, install):
    install("made-up-refuser", REFUSER)
    code, out, _ = command("explain teleportation")
    assert code == 0 and "liar: refused" in out and "reference: method" in out
    code, out, err = command("explain teleportation --backend liar")
    assert code == 2 and "backend 'liar' cannot" in err


IDLE = """
from qnetframe.api import ProtocolSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.values import Estimate

class Idle:
    def run(self, session):
        return {"length of the route": Estimate(len(session.route()) + 0 * session.rng.random())}

@hookimpl
def qnetframe_protocols():
    yield ProtocolSpec("idle", Idle, "runs nothing")
"""


def test_there_is_nothing_to_explain_where_nothing_runs(command, install):
    install("made-up-idle", IDLE)
    for more in ("", "--topology chain"):
        code, _, err = command(f"explain idle {more}")
        assert code == 2 and "protocol 'idle' runs no program" in err


def test_a_report_that_cannot_be_written_is_one_line(command, tmp_path):
    (tmp_path / "file").write_text("")
    code, _, err = command(f"compare teleportation -b reference --set state=0 -o {tmp_path}/file/report.html")
    assert code == 2 and err.startswith("qnetframe: --output is ") and err.count("\n") == 1


# ---- commands of plugins ---------------------------------------------------------------------

COMMANDS = """
from qnetframe.api import CommandSpec
from qnetframe.hookspecs import hookimpl

def sky():
    import typer
    from qnetframe.errors import InvalidInputError

    app = typer.Typer(help="Look up.")

    @app.command()
    def stars(number: int = 3):
        "Count stars."
        if number < 0:
            raise InvalidInputError(f"number is {number}; it must be at least 0")
        typer.echo("*" * number)

    return app

def never():
    raise AssertionError("listing loads no command")

@hookimpl
def qnetframe_commands():
    yield CommandSpec("sky", sky, "look at the sky")
    yield CommandSpec("sea", never, "look at the sea")
"""


def test_a_plugin_adds_commands_that_are_imported_when_used(command, install):
    install("heavens", COMMANDS)
    code, out, _ = command("--help")
    assert code == 0 and "look at the sky" in out and "look at the sea" in out and "topology" in out
    assert command("sky stars --number 2") == (0, "**\n", "")
    assert "Count stars" in command("sky --help")[1]
    assert command("sky stars --number=-1") == (2, "", "qnetframe: number is -1; it must be at least 0\n")
    code, _, err = command("sea")
    assert code == 2 and "command 'sea' of heavens 1.2 failed: AssertionError" in err
    assert command("stars")[0] == 2


def test_a_plugin_cannot_replace_a_command_of_the_host(command, install):
    install("usurper", COMMANDS.replace('"sky"', '"run"'))
    code, out, _ = command("run --help")
    assert code == 0 and "Run a protocol on one backend" in out
