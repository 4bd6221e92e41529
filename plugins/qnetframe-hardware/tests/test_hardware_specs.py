"""The devices are plain data until they are made: their specs go to other processes and come back equal."""

import pickle

import pytest

from qnetframe.plugins import discover
from qnetframe.testing import hardware_tests, kind_tests
from qnetframe.testing.spec_checks import CHECKS
from qnetframe_hardware.bridges.profiles import PROFILES

test_ion_ca40 = hardware_tests("ion-ca40")
test_expm = kind_tests("solver", "expm")


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("check", CHECKS)
def test_specs(check, name):
    CHECKS[check](discover().catalog("hardware")[name], None)


def test_a_device_from_another_process_is_the_same_device():
    spec = discover().catalog("hardware")["ion-ca40"]
    back = pickle.loads(pickle.dumps(spec))
    assert back == spec and hash(back.factory) == hash(spec.factory)
    assert back.factory != discover().catalog("hardware")["nv"].factory
    assert back.factory(heating_rate=10.0) == PROFILES["ion-ca40"](heating_rate=10.0).hardware
