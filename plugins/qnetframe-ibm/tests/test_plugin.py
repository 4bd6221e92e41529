"""The plugin as the host meets it: specs, entry point, imports, README."""

import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pluggy

import qnetframe_ibm
from qnetframe import hookspecs
from qnetframe.api import API_VERSION, HardwareSpec
from qnetframe_ibm import device_names, hardware


def specs():
    manager = pluggy.PluginManager("qnetframe")
    manager.add_hookspecs(hookspecs)
    manager.register(qnetframe_ibm)
    manager.check_pending()
    return [spec for found in manager.hook.qnetframe_hardware() for spec in found]


def test_one_spec_a_device():
    assert [spec.name for spec in specs()] == list(device_names())
    for spec in specs():
        assert isinstance(spec, HardwareSpec) and spec.api_version == API_VERSION
        parameters = inspect.signature(spec.factory).parameters
        assert list(parameters) == ["qubits"] and parameters["qubits"].default == "best"


def test_each_factory_makes_its_own_device():
    by_name = {spec.name: spec for spec in specs()}
    assert by_name["ibm-lima"].factory() == hardware("ibm-lima")
    assert by_name["ibm-quito"].factory(qubits="median") == hardware("ibm-quito", "median")


def test_entry_point():
    (point,) = importlib.metadata.entry_points(group="qnetframe", name="ibm")
    assert point.load() is qnetframe_ibm


def test_neither_listing_nor_loading_imports_an_sdk():
    code = """
import builtins, sys
import qnetframe_ibm
opened = []
real = builtins.open
builtins.open = lambda path, *rest, **named: (opened.append(str(path)), real(path, *rest, **named))[1]
specs = list(qnetframe_ibm.qnetframe_hardware())
assert specs and not [path for path in opened if path.endswith(".json")], opened
specs[0].factory()
assert len([path for path in opened if path.endswith(".json")]) == 2, opened
loaded = [m for m in sys.modules if m.split(".")[0] in {"qiskit_ibm_runtime", "qiskit", "qiskit_aer"}]
assert not loaded, loaded
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_readme_example():
    text = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert blocks
    namespace = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), namespace)
