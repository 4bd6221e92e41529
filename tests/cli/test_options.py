"""What is typed into options."""

import pytest

from qnetframe.cli import options
from qnetframe.errors import InvalidInputError


def test_settings():
    assert options.settings(["state=0", "topology.nodes = 3", "a=b=c"]) == {
        "state": "0",
        "topology.nodes": "3",
        "a": "b=c",
    }
    assert options.settings(None) == {}


@pytest.mark.parametrize("given", ["nodes", "=3", ""])
def test_a_setting_without_a_key_or_value(given):
    with pytest.raises(InvalidInputError, match=f"--set is '{given}'; it must be KEY=VALUE"):
        options.settings([given])


def test_a_setting_that_is_given_twice():
    with pytest.raises(InvalidInputError, match="--set gives 'nodes' twice: '3' and '4'"):
        options.settings(["nodes=3", "nodes=4"])


def test_names_and_pairs():
    assert options.name_or_pairs("ideal", "--hardware") == "ideal"
    assert options.name_or_pairs("a=x,b=y", "--hardware") == {"a": "x", "b": "y"}
    assert options.name_or_pairs(None, "--hardware") is None and options.pairs(None, "--nodes") is None
    assert options.names("aer, cirq,", "--backends") == ["aer", "cirq"]
    with pytest.raises(InvalidInputError, match="--backends is ','; it must be one or more names"):
        options.names(",", "--backends")
    with pytest.raises(InvalidInputError, match="--nodes is 'Delft'; it must be NAME=NAME"):
        options.pairs("Delft", "--nodes")


def test_choices():
    assert options.choice("mean", "--waiting", ("none", "mean")) == "mean"
    with pytest.raises(InvalidInputError, match="--waiting is 'long'; it must be none or mean"):
        options.choice("long", "--waiting", ("none", "mean"))


def test_a_table_is_not_squeezed_where_there_is_no_terminal(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert options.console().width == 160
    monkeypatch.setenv("COLUMNS", "72")
    assert options.console().width == 72
