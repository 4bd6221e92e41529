"""What ships with the host keeps the contract of its kind."""

from qnetframe.plugins import Plugins
from qnetframe.testing import (
    channel_tests,
    executor_tests,
    hardware_tests,
    link_tests,
    protocol_tests,
    topology_tests,
)
from qnetframe.testing.spec_checks import spec_pickles

test_channel = channel_tests("depolarizing", params={"p": 0.2})
test_protocol = protocol_tests("teleportation")
test_topology = topology_tests("chain", params={"nodes": 4, "length_km": 5})
test_link = link_tests("fiber", params={"length_km": 12})
test_inline = executor_tests("inline")
test_processes = executor_tests("processes", params={"workers": 2})
test_hardware = hardware_tests("transmon")


def test_every_spec_of_the_host_goes_to_other_processes_also_after_all_were_made():
    plugins = Plugins(entry_points=False)
    for kind in ("executor", "hardware", "link", "protocol"):
        for name, spec in plugins.catalog(kind).items():
            if not any(p.required for p in plugins.parameters_of(spec)):
                plugins.make(kind, name)
            spec_pickles(spec, None)
