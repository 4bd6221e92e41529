"""The host's protocols on the engines whose plugins were written from public names alone."""

import pytest

from qnetframe.builtin.protocols import PROTOCOLS
from qnetframe.testing.protocol_suite import SETTINGS, compared, skipped, test_protocol

ENGINES = ("qulacs", "pennylane", "quimb")


# The module's own test function is for sessions that name a backend.
run_case = test_protocol
del test_protocol


@pytest.mark.parametrize("protocol", ["dejmps", "ghz-distribution"])
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_agrees_on_noisy_devices(engine, protocol):
    run_case(engine, protocol, "noisy devices")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_agrees_on_every_protocol(engine):
    for spec in PROTOCOLS:
        for setting in SETTINGS:
            run_case(engine, spec.name, setting)


def test_what_an_engine_cannot_run_is_skipped_with_its_reason():
    comparison = compared("stim", "superdense-coding", "ideal links", 100)
    assert skipped(comparison, "stim") == "" and comparison.agree
    with pytest.raises(pytest.skip.Exception, match="non-Clifford gate ry"):
        run_case("stim", "chsh", "ideal links")
    with pytest.raises(pytest.skip.Exception, match="the reference is what others are compared with"):
        run_case("reference", "chsh", "ideal links")
