"""The kit from the shell: ``qnetframe check``, the protocol suite, two-line test files, in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLI = str(Path(sys.executable).parent / "qnetframe")

CHANNELS = """
import random
from qnetframe.api import ChannelSpec
from qnetframe.channels import dephasing
from qnetframe.hookspecs import hookimpl

def right(p: float = 0.2):
    return dephasing(p / 2)

def wrong(p: float = 0.2):
    return dephasing(random.random() / 2)

@hookimpl
def qnetframe_channels():
    yield ChannelSpec("right", right, "as it should be")
    yield ChannelSpec("wrong", wrong, "another each time")
"""

BACKEND = """
from qnetframe.api import BackendSpec
from qnetframe.hookspecs import hookimpl
from qnetframe.program.capabilities import Capabilities
class Odd:
    def compile(self, circuit):
        return self
    def sample(self, shots, seed):
        return int("no number")
@hookimpl
def qnetframe_backends():
    yield BackendSpec("odd", Odd, "an SDK that fails", capabilities=(Capabilities("odd"),))
"""


def run(*arguments, folder, **environment):
    return subprocess.run(
        arguments,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=300,
    )


def test_check_runs_the_kit_on_a_plugin_file(tmp_path):
    (tmp_path / "mine.py").write_text(CHANNELS)
    done = run(CLI, "check", "right", "--plugin", "mine.py", folder=tmp_path)
    assert done.returncode == 0 and "11 passed, 0 skipped, 0 failed" in done.stdout, done.stdout + done.stderr
    done = run(CLI, "--plugin", "mine.py", "check", "wrong", "--json", folder=tmp_path)
    report = json.loads(done.stdout)
    assert done.returncode == 1 and report["failed"] == 1 and report["passed"] == 10
    assert report["checks"]["channel made_twice_is_equal"]["status"] == "failed"
    assert "two values that differ" in report["checks"]["channel made_twice_is_equal"]["reason"]


def test_a_failure_of_the_plugin_is_shown_with_its_line(tmp_path):
    (tmp_path / "mine.py").write_text(CHANNELS.replace("dephasing(p / 2)", "dephasing(int('no number'))"))
    done = run(CLI, "check", "right", "--plugin", "mine.py", "--json", folder=tmp_path)
    reason = json.loads(done.stdout)["checks"]["channel made_twice_is_equal"]["reason"]
    assert done.returncode == 1 and "invalid literal" in reason
    (tmp_path / "other.py").write_text(BACKEND)
    done = run(CLI, "check", "odd", "--plugin", "other.py", "--json", folder=tmp_path)
    assert "other.py:9)" in json.loads(done.stdout)["checks"]["backend seeds"]["reason"]
    done = run(CLI, "check", "wrong", "--plugin", "mine.py", folder=tmp_path)
    assert "--traceback shows where each failed" in done.stdout


def test_check_with_the_report_of_pytest(tmp_path):
    (tmp_path / "mine.py").write_text(CHANNELS)
    done = run(CLI, "check", "wrong", "--plugin", "mine.py", "--traceback", folder=tmp_path)
    assert (
        done.returncode == 1
        and "two values that differ" in done.stdout
        and "1 failed, 10 passed" in done.stdout
    )


@pytest.mark.parametrize("arguments, text", [
    (["check", "nothing"], "unknown name 'nothing'"),
    (["check", "chain", "--set", "nodez=3"], "unknown parameter 'nodez'; did you mean 'nodes'"),
    (["check", "depolarizing"], "needs the parameter 'p'"),
    (["plugins", "--plugin", "nowhere.py"], "--plugin is 'nowhere.py'; it must be a python file that exists"),
])  # fmt: skip
def test_what_cannot_be_checked_is_refused_in_one_line(arguments, text, tmp_path):
    done = run(CLI, *arguments, folder=tmp_path)
    assert done.returncode == 2 and text in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_test_file_of_two_lines(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "from qnetframe.testing import backend_tests\ntest_stim = backend_tests('stim')\n"
    )
    done = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder=tmp_path)
    assert done.returncode == 0 and "28 passed, 19 skipped" in done.stdout, done.stdout


def test_the_protocol_suite_runs_alone_on_a_backend(tmp_path):
    (tmp_path / "test_mine.py").write_text("def test_mine():\n    raise AssertionError\n")
    done = run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--qnetframe-backend", "stim",
        "-k", "mine or superdense or chsh", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0 and "3 passed, 3 skipped" in done.stdout, done.stdout


BROKEN_BACKEND = """
from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES, ReferenceBackend
from qnetframe.hookspecs import hookimpl
from qnetframe.program.operations import Noise

class Noiseless:
    def compile(self, circuit):
        kept = [o for o in circuit.operations if not isinstance(o, Noise)]
        return ReferenceBackend().compile(circuit.replace(kept))

@hookimpl
def qnetframe_backends():
    yield BackendSpec("noiseless", Noiseless, "drops noise", capabilities=CAPABILITIES)
"""


def test_the_protocol_suite_catches_a_backend_that_drops_noise(tmp_path):
    (tmp_path / "noiseless.py").write_text(BROKEN_BACKEND)
    done = run(
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--qnetframe-backend", "noiseless",
        "-k", "teleportation or chsh", folder=tmp_path, QNETFRAME_PLUGINS=str(tmp_path / "noiseless.py"),
    )  # fmt: skip
    assert done.returncode == 1 and "DISAGREEMENT" in done.stdout
    # On noisy links the noise is in the state of the pair, which this backend prepares rightly.
    assert "2 failed, 4 passed" in done.stdout, done.stdout[-2000:]
