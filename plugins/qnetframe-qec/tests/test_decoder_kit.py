"""Every decoder passes the kit, and broken decoders do not."""

import numpy as np
import pytest

from qnetframe.plugins import discover
from qnetframe_qec.decoders.general import ErrorFinder
from qnetframe_qec.decoders.matching import Matching
from qnetframe_qec.decoders.model import ErrorModel
from qnetframe_qec.decoders.tables import Lookup, TableDecoder
from qnetframe_qec.hooks import DecoderSpec
from qnetframe_qec.testing import CHECKS, decoder_tests

test_lookup = decoder_tests("lookup")
test_maximum_likelihood = decoder_tests("maximum-likelihood")
test_pymatching = decoder_tests("pymatching")
test_pymatching_correlated = decoder_tests("pymatching-correlated")
test_windowed_matching = decoder_tests("windowed-matching")
test_bp_osd = decoder_tests("bp-osd")
test_union_find = decoder_tests(
    "union-find", fails={"likelier_wins": "clusters grow by neighbours, and odds only order what is solved"}
)
test_tesseract = decoder_tests("tesseract")


def test_every_decoder_is_tested_here():
    tested = {name.removeprefix("test_").replace("_", "-") for name in globals() if name.startswith("test_")}
    assert set(discover().catalog("decoder")) <= tested


class Broken:
    """A lookup table with a fault."""

    def __init__(self, fault):
        self.fault = fault

    def compile_decoder_for_dem(self, *, dem):
        self.inner = Lookup().compile_decoder_for_dem(dem=dem)
        if self.fault == "no hyperedges":
            self.inner = TableDecoder(np.zeros_like(self.inner.table), dem.num_observables)
        if self.fault == "no odds":
            model = ErrorModel.of(dem)
            flat = ErrorModel(*[*vars(model).values()][:4], np.full(len(model.probabilities), 0.1))
            self.inner = TableDecoder(
                np.array([min(range(1 << dem.num_observables))] * (1 << dem.num_detectors)),
                dem.num_observables,
            )
            assert len(flat.probabilities)
        return self

    def decode_shots_bit_packed(self, *, bit_packed_detection_event_data):
        data = bit_packed_detection_event_data
        if self.fault == "bit order":
            data = np.packbits(np.unpackbits(data, axis=1), axis=1, bitorder="little")
        found = self.inner.decode_shots_bit_packed(bit_packed_detection_event_data=data)
        if self.fault == "last shot only":
            found = np.repeat(found[-1:], len(found), axis=0)
        if self.fault == "flips":
            found = found ^ 1
        return found


@pytest.mark.parametrize("fault", ["bit order", "last shot only", "flips", "no odds", "no hyperedges"])
def test_broken_decoders_are_caught(fault):
    spec = DecoderSpec("broken", lambda: Broken(fault), "a broken decoder")
    caught = []
    for name, check in CHECKS.items():
        try:
            check(spec, lambda: Broken(fault))
        except (AssertionError, IndexError):
            caught.append(name)
    assert caught


def test_a_right_decoder_is_not_caught():
    spec = DecoderSpec("fine", lambda: Broken(""), "a decoder")
    for check in CHECKS.values():
        check(spec, lambda: Broken(""))


def test_hyperedges_that_are_taken_silently_are_caught():
    class Silent(Matching):
        def compile_decoder_for_dem(self, *, dem):
            model = ErrorModel.of(dem)
            return ErrorFinder(model, lambda syndrome: np.zeros(len(model.detectors), dtype=np.uint8))

    spec = DecoderSpec("silent", Silent, "a decoder", hyperedges=False)
    with pytest.raises(AssertionError, match="without a word"):
        CHECKS["hyperedges"](spec, Silent)
