"""The devices are plain data until they are made: their specs go to other processes and come back equal."""

import pickle

import pytest

from qnetframe.errors import InvalidInputError
from qnetframe.plugins import discover
from qnetframe.testing import hardware_tests, kind_tests, link_tests
from qnetframe.testing.spec_checks import CHECKS
from qnetframe_hardware.bridges.profiles import PROFILES

test_ion_ca40 = hardware_tests("ion-ca40")
test_transmon_cr = hardware_tests("transmon-cr")
test_atom_dlcz = link_tests("atom-dlcz")
test_ion_two_photon = link_tests("ion-two-photon")
test_spdc = link_tests(
    "spdc",
    expected_failures={"no_faster_than_light": "pulses follow each other without waiting for a herald"},
)
test_expm = kind_tests("solver", "expm")


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("check", CHECKS)
def test_specs(check, name):
    CHECKS[check](discover().catalog("hardware")[name], None)


@pytest.mark.parametrize(
    "name, given",
    [
        ("transmon-cr", {"anharmonicity_hz": -1.0}),
        ("transmon-cr", {"coupling_hz": -1.0}),
        ("transmon-cr", {"readout_photons": -1.0}),
        ("atom-rb87", {"rabi_hz": 2.0}),
    ],
)
def test_a_scale_that_would_be_integrated_for_hours_is_refused(name, given):
    (field,) = given
    with pytest.raises(InvalidInputError, match=field):
        discover().make("hardware", name, given)


def test_a_device_from_another_process_is_the_same_device():
    spec = discover().catalog("hardware")["ion-ca40"]
    back = pickle.loads(pickle.dumps(spec))
    assert back == spec and hash(back.factory) == hash(spec.factory)
    assert back.factory != discover().catalog("hardware")["nv"].factory
    assert back.factory(heating_rate=10.0) == PROFILES["ion-ca40"](heating_rate=10.0).hardware
