"""Arguments of the wrong kind are named, with what they must be; nothing fails on the way."""

import pytest

import qnetframe as qn
from qnetframe import InvalidInputError, Program


def program():
    p = Program("one bit")
    p.measure(p.qubit("alice", "a"))
    return p


CASES = {
    "execute a name": (lambda: qn.execute("chsh"), "program is of type str; .*run\\(\\) takes protocols"),
    "explain a name": (lambda: qn.explain("chsh"), "program is of type str; .*run\\(\\) takes protocols"),
    "execute a number": (lambda: qn.execute(3), "type int; it must be a Program, a Placed or a Circuit$"),
    "network by name": (
        lambda: qn.execute(program(), network="chain"),
        "network is 'chain'; it must be a Network; run\\(…, topology='chain'\\) takes names",
    ),
    "network is a number": (lambda: qn.explain(program(), network=3), "network is 3; it must be a Network$"),
    "network twice": (
        lambda: qn.explain(program().circuit(), network=qn.Network((qn.Node("alice"),), ())),
        "network= and nodes= are for a Program",
    ),
    "nodes of a circuit": (
        lambda: qn.execute(program().circuit(), nodes={"alice": "x"}),
        "network= and nodes= are for a Program",
    ),
    "nodes as a number": (
        lambda: qn.execute(program(), nodes=3),
        "nodes is 3; it must be a mapping of names to names",
    ),
    "nodes in a run": (lambda: qn.run("chsh", topology="chain", nodes="alice"), "nodes is 'alice'"),
    "nodes in a comparison": (
        lambda: qn.compare("chsh", backends=["reference"], topology="chain", nodes={"alice": 3}),
        "nodes is {'alice': 3}",
    ),
    "topology": (lambda: qn.run("chsh", topology=5), "topology is 5; it must be the name of one, or a Net"),
    "hardware": (
        lambda: qn.run("chsh", topology="chain", hardware=qn.Hardware()),
        "hardware is Hardware.*; it must be the name of a device, or a mapping of names to names",
    ),
    "link": (
        lambda: qn.run("chsh", topology="chain", link=qn.LinkModel()),
        "link is LinkModel.*; it must be the name of a link model; put your own in a Network",
    ),
    "backends": (lambda: qn.compare("chsh", backends=5), "backends is 5; it must be a list of names"),
    "backends of numbers": (lambda: qn.compare("chsh", backends=[5]), "backends is \\[5\\]; it must be a"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_argument_is_named_with_what_it_must_be(case):
    act, message = CASES[case]
    with pytest.raises(InvalidInputError, match=message):
        act()
