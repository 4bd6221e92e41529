"""Every protocol of the pack keeps the contract of its kind: the conformance kit, in both forms."""

from qnetframe.testing import protocol_tests

DETECTION = {"form": "detection"}

test_bb84 = protocol_tests("bb84")
test_bb84_detections = protocol_tests("bb84", params={**DETECTION, "length_km": 10, "intensity": 0.1})
test_bb84_with_eve = protocol_tests("bb84", params={"attack": "intercept-resend", "strength": 0.3})
test_bb84_decoy = protocol_tests("bb84-decoy")
test_bb84_decoy_photons = protocol_tests("bb84-decoy", params={"form": "circuit"})
test_six_state = protocol_tests("six-state")
test_b92 = protocol_tests("b92")
test_sarg04 = protocol_tests("sarg04")
test_e91 = protocol_tests("e91")
test_bbm92 = protocol_tests("bbm92")
test_bbm92_detections = protocol_tests("bbm92", params={**DETECTION, "pairs_per_pulse": 0.2})
test_mdi = protocol_tests("mdi")
test_twin_field = protocol_tests("twin-field")
test_di = protocol_tests("di")
test_gg02 = protocol_tests("gg02")
