"""The conformance kit of decoders: ``test_mine = decoder_tests("mine")`` is the whole test file of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import stim

from qnetframe.errors import UnsupportedError
from qnetframe.plugins import Plugins, discover
from qnetframe_qec.decoders.model import ErrorModel, packed, unpacked
from qnetframe_qec.decoders.tables import joint_distribution
from qnetframe_qec.hooks import Decoder, DecoderSpec

Make = Callable[[], Decoder]
Check = Callable[[DecoderSpec, Make], None]

# A line of five bits against flips, two observables apart, and a hyperedge.
_LINE = """
    error(0.01) D0 L0
    error(0.02) D0 D1
    error(0.03) D1 D2
    error(0.04) D2 D3
    error(0.05) D3 L1
"""
_HYPEREDGE = """
    error(0.05) D0 D1 D2 L0
    error(0.01) D0
    error(0.01) D1
    error(0.01) D2
"""


def single_errors(spec: DecoderSpec, make: Make) -> None:
    """Every single error of a line is predicted, and no event means no flip."""
    model = ErrorModel.of(stim.DetectorErrorModel(_LINE))
    events = np.zeros((len(model.detectors) + 1, model.num_detectors), dtype=np.uint8)
    flips = np.zeros((len(events), model.num_observables), dtype=np.uint8)
    for i, (detectors, observables) in enumerate(zip(model.detectors, model.observables, strict=True)):
        events[i, list(detectors)] = 1
        flips[i, list(observables)] = 1
    assert (_decode(make, _LINE, events) == flips).all()


def likelier_wins(spec: DecoderSpec, make: Make) -> None:
    """One event is explained by one error or by two others, whichever is likelier."""
    for one, two, flips in ((0.001, 0.2, 0), (0.1, 0.01, 1)):
        text = f"error({one}) D0 L0\nerror({two}) D0 D1\nerror({two}) D1"
        found = _decode(make, text, np.array([[1, 0]], dtype=np.uint8))
        assert found[0, 0] == flips, f"one error of {one} or two of {two}"


def shapes(spec: DecoderSpec, make: Make) -> None:
    """Any number of shots, also none and one, gives as many rows of packed bytes, in order."""
    rng = np.random.default_rng(5)
    events = rng.integers(0, 2, (300, 4), dtype=np.uint8)
    together = _decode(make, _LINE, events)
    assert (
        together == np.concatenate([_decode(make, _LINE, row[None]) for row in events[:20]] + [together[20:]])
    ).all()
    assert (_decode(make, _LINE, events[::-1]) == together[::-1]).all(), "a shot depends on those before it"
    assert _decode(make, _LINE, events[:0]).shape == (0, 2)


def wide_rows(spec: DecoderSpec, make: Make) -> None:
    """More than eight detectors and observables: the first bit of a byte is the lowest."""
    text = "\n".join(f"error(0.01) D{i} L{i}" for i in range(9))
    events = np.eye(9, dtype=np.uint8)
    assert (_decode(make, text, events) == events).all()


def near_optimal(spec: DecoderSpec, make: Make) -> None:
    """On a distance-3 repetition memory it fails at most 1.5 times as often as maximum likelihood."""
    circuit = stim.Circuit.generated(
        "repetition_code:memory", distance=3, rounds=3, before_round_data_depolarization=0.05,
        before_measure_flip_probability=0.05,
    )  # fmt: skip
    dem = circuit.detector_error_model(decompose_errors=True)
    model = ErrorModel.of(dem)
    joint = joint_distribution(model)
    index = np.arange(joint.shape[1])
    events = (index[:, None] >> np.arange(model.num_detectors) & 1).astype(np.uint8)
    predicted = _decode(make, str(dem), events)[:, 0]
    failure = 1 - joint[predicted, index].sum()
    best = 1 - joint.max(axis=0).sum()
    assert failure <= 1.5 * best, f"it fails with {failure:.4g}, maximum likelihood with {best:.4g}"


def hyperedges(spec: DecoderSpec, make: Make) -> None:
    """An error of three detectors is predicted, or refused by name as the spec says."""
    events = np.ones((1, 3), dtype=np.uint8)
    if spec.hyperedges:
        assert _decode(make, _HYPEREDGE, events)[0, 0] == 1
        return
    try:
        _decode(make, _HYPEREDGE, events)
    except UnsupportedError as error:
        assert "hyperedge" in str(error), f"the refusal does not say why: {error}"
    else:
        raise AssertionError("a hyperedge is taken without a word, though the spec says hyperedges=False")


CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (single_errors, likelier_wins, shapes, wide_rows, near_optimal, hyperedges)
}


def decoder_tests(
    name: str, plugins: Plugins | None = None, *, fails: Mapping[str, str] | None = None, **params: Any
) -> Callable[[str], None]:
    """Return a parametrised pytest function that runs every check on a decoder by name.

    ``fails`` has the checks that it is known not to pass, each with the reason: strict expected failures.
    Decoders whose package is not installed are skipped.
    """
    import pytest

    from qnetframe.errors import PluginError

    def marked(check: str) -> Any:
        reason = (fails or {}).get(check)
        return pytest.param(check, marks=pytest.mark.xfail(reason=reason, strict=True)) if reason else check

    @pytest.mark.parametrize("check", [marked(check) for check in CHECKS])
    def test(check: str) -> None:
        known = plugins or discover()
        spec: Any = known.catalog("decoder")[name]
        try:
            CHECKS[check](spec, lambda: known.make("decoder", name, params))
        except PluginError as error:
            if "pip install" not in str(error):
                raise
            pytest.skip(str(error))

    return test


def _decode(make: Make, text: str, events: np.ndarray) -> np.ndarray:
    dem = stim.DetectorErrorModel(text)
    compiled = make().compile_decoder_for_dem(dem=dem)
    found = compiled.decode_shots_bit_packed(bit_packed_detection_event_data=packed(events))
    assert found.dtype == np.uint8 and found.shape == (len(events), (dem.num_observables + 7) // 8)
    return unpacked(found, dem.num_observables)
