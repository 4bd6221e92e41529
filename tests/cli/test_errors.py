"""No traceback for what a user may type: one line on stderr, exit code 2."""

import subprocess
import sys

import pytest

BAD = {
    "unknown protocol": (
        "run teleportatoin",
        "unknown protocol 'teleportatoin'; did you mean 'teleportation'",
    ),
    "unknown backend": ("run teleportation -b referense", "did you mean 'reference'?"),
    "unknown backend in compare": ("compare teleportation -b reference,nope", "unknown backend 'nope'"),
    "unknown backend in explain": ("explain teleportation -b nope", "unknown backend 'nope'"),
    "unknown topology": ("run teleportation --topology chian", "did you mean 'chain'?"),
    "unknown hardware": ("run teleportation --hardware idael", "did you mean 'ideal'?"),
    "unknown link": ("run teleportation --link fibre", "unknown link 'fibre'; did you mean 'fiber'?"),
    "unknown parameter": (
        "run teleportation --set stat=0",
        "unknown parameter 'stat'; did you mean 'state'?",
    ),
    "unknown kind": ("plugins --kind backends", "did you mean 'backend'?"),
    "unknown plugin": ("plugins teleportatoin", "did you mean 'teleportation'"),
    "unknown prefix": ("run teleportation --set network.nodes=3", "'network'"),
    "wrong type": ("run teleportation --set topology.nodes=many", "'many'; it must be a whole number"),
    "negative length": (
        "run teleportation --set topology.length_km=-3",
        "length_km is -3.0; it must be at least 0",
    ),
    "probability": ("run teleportation --set topology.fidelity=1.5", "1.5"),
    "not a number": ("run teleportation --set topology.fidelity=nan", "'nan'; it must be a number"),
    "T2 > 2 T1": (
        "run teleportation --hardware uniform --set hardware.t1=1e-4 --set hardware.t2=3e-4",
        "T2 must be at most 2*T1",
    ),
    "zero shots": ("run teleportation --shots 0", "shots is 0; it must be at least 1"),
    "negative shots": ("compare teleportation -b reference --shots -5", "shots is -5; it must be at least 1"),
    "negative seed": ("run teleportation --shots 5 --seed -1", "seed is -1"),
    "alpha": ("compare teleportation -b reference --alpha 2", "alpha is 2.0"),
    "no backends": ("compare teleportation -b ,", "--backends is ','"),
    "a backend twice": ("compare teleportation -b reference,reference", "reference"),
    "setting without value": ("run teleportation --set state", "--set is 'state'; it must be KEY=VALUE"),
    "waiting": ("run teleportation --waiting long", "--waiting is 'long'"),
    "a node that is not there": ("run teleportation --topology chain --hardware node9=ideal", "node9"),
}


@pytest.mark.parametrize("line, words", BAD.values(), ids=BAD)
def test_one_line_and_exit_code_2(command, line, words):
    code, out, err = command(line)
    assert (code, out) == (2, "")
    assert err.startswith("qnetframe: ") and err.count("\n") == 1 and "Traceback" not in err
    assert words in err


@pytest.mark.parametrize("line", ["--debug run nothing", "run nothing --debug", "run --debug nothing"])
def test_debug_shows_the_traceback(command, line):
    code, _, err = command(line)
    assert code == 2 and "Traceback" in err and "UnknownNameError" in err
    assert err.splitlines()[-1].startswith("qnetframe: unknown protocol 'nothing'")


def test_the_message_of_an_error_is_one_line(command, install):
    install(
        "made-up-loud",
        "from qnetframe.api import ProtocolSpec\nfrom qnetframe.hookspecs import hookimpl\n"
        "def loud():\n    raise RuntimeError('one\\ntwo')\n"
        "@hookimpl\ndef qnetframe_protocols():\n    yield ProtocolSpec('loud', loud, 'fails')\n",
    )
    code, _, err = command("run loud")
    assert code == 2
    assert err == "qnetframe: protocol 'loud' of made-up-loud 1.2 failed: RuntimeError: one two\n"


def test_wrong_usage_is_exit_code_2(command):
    assert command("run")[0] == 2 and command("nonsense")[0] == 2
    assert command("run teleportation --shots many")[0] == 2


def test_the_installed_command_does_the_same():
    done = subprocess.run(
        [sys.executable, "-c", "from qnetframe.cli import main; main()", "run", "nothing"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("qnetframe: unknown protocol 'nothing'") and done.stderr.count("\n") == 1
