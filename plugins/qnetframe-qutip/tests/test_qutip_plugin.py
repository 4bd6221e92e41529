"""What the host sees of the plugin before it is used."""

from __future__ import annotations

import subprocess
import sys

import pluggy

import qnetframe_qutip
from qnetframe import hookspecs
from qnetframe.api import BackendSpec


def specs() -> list[BackendSpec]:
    manager = pluggy.PluginManager("qnetframe")
    manager.add_hookspecs(hookspecs)
    manager.register(qnetframe_qutip)
    manager.check_pending()
    return [spec for group in manager.hook.qnetframe_backends() for spec in group]


def test_the_hook_yields_one_spec():
    (spec,) = specs()
    assert (spec.name, spec.sdks) == ("qutip", ("qutip",))
    assert hasattr(spec.factory(), "compile")


def test_listing_imports_no_sdk():
    code = (
        "import sys, qnetframe_qutip; (spec,) = qnetframe_qutip.qnetframe_backends(); spec.capabilities;"
        "assert 'qutip' not in sys.modules; spec.factory(); assert 'qutip' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
