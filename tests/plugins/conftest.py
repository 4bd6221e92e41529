"""Plugin modules made up for the tests."""

import types

from qnetframe.api import ChannelSpec
from qnetframe.channels import dephasing
from qnetframe.hookspecs import hookimpl


def channel(name, factory=dephasing, **more):
    return ChannelSpec(name, factory, f"the channel {name}", **more)


def plugin(name="fake", mark=hookimpl, **functions):
    """Return a module with these functions, marked as hook implementations."""
    module = types.ModuleType(name)
    for function_name, function in functions.items():
        function.__name__ = function_name
        setattr(module, function_name, mark(function) if mark else function)
    return module
