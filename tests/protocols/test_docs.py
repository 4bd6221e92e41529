"""docs/protocols.md: every protocol is in it, and every diagram is what its program prints."""

import re
from pathlib import Path

import pytest

import qnetframe as qn
from qnetframe.plugins import discover

TEXT = (Path(__file__).parents[2] / "docs" / "protocols.md").read_text(encoding="utf-8")
DIAGRAMS = re.findall(r"^`(qn\.run[^`]+)`\n\n```text\n(.*?)^```", TEXT, re.M | re.S)


@pytest.mark.parametrize("number", range(len(DIAGRAMS)), ids=[call.split('"')[1] for call, _ in DIAGRAMS])
def test_diagram(number):
    call, drawing = DIAGRAMS[number]
    assert str(eval(call, {"qn": qn})).strip() == drawing.strip()


def test_every_protocol_is_in_the_tables():
    plugins = discover()
    for name, spec in plugins.protocols.items():
        if plugins.source(spec)[0] in ("qnetframe", "qnetframe-gallery"):
            assert re.search(rf"^\| \[?`{name}`", TEXT, re.M), name
    assert len(DIAGRAMS) >= 16
