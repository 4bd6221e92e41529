"""Every example in a docstring of the host shows what happens."""

import doctest
import importlib
import pkgutil

import pytest

import qnetframe

MODULES = sorted(m.name for m in pkgutil.walk_packages(qnetframe.__path__, "qnetframe."))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    found = [t for name in MODULES for t in finder.find(importlib.import_module(name)) if t.examples]
    assert found
