"""Arguments of the wrong kind are named before anything is placed."""

import pytest

from qnetframe import InvalidInputError, Program, place


def program():
    p = Program()
    p.h(p.qubit("alice", "a"))
    return p


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((program().circuit(),), {}, "place takes a Program, got Circuit"),
        (("teleportation",), {}, "place takes a Program, got str"),
        ((program(), "chain"), {}, "network is 'chain'; it must be a Network or None"),
        ((program(),), {"waiting": "max"}, "waiting"),
        ((program(),), {"routing": "teleport"}, "routing"),
    ],
)
def test_wrong_arguments_are_named(arguments, options, message):
    with pytest.raises(InvalidInputError, match=message):
        place(*arguments, **options)
