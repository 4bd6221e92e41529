"""Engines with noise of their own: no formula holds for their samples, and all the rest does."""

import pytest

from qnetframe.api import BackendSpec
from qnetframe.builtin.reference import CAPABILITIES
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.plugins import discover
from qnetframe.program.capabilities import Capabilities
from qnetframe.testing.backend_checks import CHECKS
from qnetframe.testing.kit import run_checks
from qnetframe.values import Samples

DEVICE = Capabilities("device", noise="none", own_noise=True, max_qubits=8)
PLAIN = Capabilities("device", noise="none", max_qubits=8)
CHOSEN = [
    "bit_order", "conditions", "claimed_width", "samples_of_noiseless", "refusals", "seeds",
    "no_state_between_runs",
]  # fmt: skip


class Noisy:
    """The reference, with the first bit of every third shot flipped."""

    def __init__(self, seeded: bool = True) -> None:
        self.seeded = seeded

    def compile(self, circuit):
        missing = PLAIN.misses(circuit)
        if missing:
            raise UnsupportedError("; ".join(missing))
        return _Run(discover().make("backend", "reference").compile(circuit), self.seeded)


class _Run:
    def __init__(self, executable, seeded):
        self.executable, self.seeded = executable, seeded

    def sample(self, shots, seed):
        found = self.executable.sample(shots, seed if self.seeded else 1)
        bits = found.bits().copy()
        bits[::3, 0] ^= True
        return Samples.from_bits(found.labels, bits)


def outcomes(capabilities, seeded=True):
    spec = BackendSpec("noisy", Noisy, "a device", capabilities=(capabilities,))
    found = run_checks(spec, lambda: Noisy(seeded), {name: CHECKS[name] for name in CHOSEN})
    return {name: outcome.status for name, outcome in found.items()}


def test_formulas_are_skipped_and_the_rest_is_checked():
    formulas = {"bit_order", "conditions", "claimed_width", "samples_of_noiseless"}
    found = outcomes(DEVICE)
    assert {name for name, status in found.items() if status == "skipped"} == formulas
    assert {found[name] for name in found.keys() - formulas} == {"passed"}
    assert outcomes(DEVICE, seeded=False)["seeds"] == "failed"


def test_an_engine_that_does_not_say_so_is_held_to_the_formulas():
    found = outcomes(PLAIN)
    assert {found[name] for name in ("bit_order", "conditions", "claimed_width", "samples_of_noiseless")} == {
        "failed"
    }


@pytest.mark.parametrize("fields", [{"exact": True}, {"noise": "pauli"}, {"noise": "kraus"}])
def test_a_device_takes_no_noise_and_gives_no_exact_numbers(fields):
    with pytest.raises(InvalidInputError, match="own_noise is True"):
        Capabilities("device", **{"noise": "none", "own_noise": True, **fields})


def test_the_reference_has_none():
    assert not any(c.own_noise for c in CAPABILITIES)
