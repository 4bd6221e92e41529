"""Exact logical errors of small codes: by counting errors, on exact engines, on Stim, and sampled."""

import math

import pytest

import qnetframe as qn
from qnetframe.channels.named import bit_flip, depolarizing, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe_qec.codes.small import five_qubit, four_two_two, repetition, shor, steane
from qnetframe_qec.codes.surface import rotated_surface
from qnetframe_qec.enumeration import logical_error
from qnetframe_qec.programs.correction import corrected, correction_program
from qnetframe_stim import stim_backend

# Perfect syndrome, X, Y and Z with p/3 each, p = .01, .05, .1. The sum over all 4^n errors of the
# probability of
# those whose product with the table's correction is a logical operator; D. Gottesman, quant-ph/9705052,
# section
# 3.2 for the codes. The surface code is decoded by maximum likelihood.
TABLE = [
    (five_qubit(), "minimum-weight", (9.7796e-4, 0.02233185, 0.07950815)),
    (steane(), "minimum-weight", (1.57821e-3, 0.03436104, 0.11542202)),
    (shor(), "minimum-weight", (1.26270e-3, 0.02807069, 0.09675521)),
    (rotated_surface(3), "maximum-likelihood", (1.30001e-3, 0.02926141)),
]


def thirds(p):
    return dict.fromkeys("XYZ", p / 3)


def failure(result):
    """One minus the weight of Φ+."""
    means = [result.expectation(label).value for label in ("XX", "YY", "ZZ")]
    return (3 - means[0] + means[1] - means[2]) / 4


@pytest.mark.parametrize("code, decoder, values", TABLE, ids=lambda v: getattr(v, "name", None))
def test_by_counting(code, decoder, values):
    for p, value in zip((0.01, 0.05, 0.1), values, strict=False):
        assert logical_error(code, thirds(p), decoder) == pytest.approx(value, abs=1e-6, rel=1e-5)


@pytest.mark.parametrize("code, decoder, values", TABLE, ids=lambda v: getattr(v, "name", None))
def test_on_stim_exactly(code, decoder, values):
    for p, value in zip((0.01, 0.05, 0.1), values, strict=False):
        circuit = correction_program(code, depolarizing(p), "record").circuit()
        distribution = stim_backend().compile(circuit).output_distribution()
        assert corrected(code, distribution, decoder) == pytest.approx(value, abs=1e-6, rel=1e-5)


def test_steane_exactly_on_the_reference():
    result = qn.execute(correction_program(steane(), depolarizing(0.01), "record"))
    found = corrected(steane(), {k: e.value for k, e in result.distribution().items()})
    assert found == pytest.approx(1.57821e-3, abs=1e-8)


@pytest.mark.parametrize("backend", ["reference", "aer", "cirq", "qutip"])
def test_five_qubits_with_feed_forward(backend):
    for p, value in ((0.01, 9.7796e-4),):
        found = failure(qn.execute(correction_program(five_qubit(), depolarizing(p)), backend=backend))
        assert found == pytest.approx(value, abs=1e-6)
        assert found == pytest.approx(logical_error(five_qubit(), thirds(p)), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("p", [0.05, 0.1])
@pytest.mark.parametrize("backend", ["reference", "aer", "cirq", "qutip"])
def test_five_qubits_at_more_noise(backend, p):
    found = failure(qn.execute(correction_program(five_qubit(), depolarizing(p)), backend=backend))
    assert found == pytest.approx(logical_error(five_qubit(), thirds(p)), abs=1e-9)


def repetition_error(d, p):
    """More than half of the bits flip."""
    return sum(math.comb(d, k) * p**k * (1 - p) ** (d - k) for k in range((d + 1) // 2, d + 1))


@pytest.mark.parametrize("backend", ["reference", "aer", "cirq", "qutip"])
@pytest.mark.parametrize(
    "d, value", [(3, 0.028), (5, 0.00856), pytest.param(7, 0.002728, marks=pytest.mark.slow)]
)
def test_repetition_with_feed_forward(backend, d, value):
    found = failure(qn.execute(correction_program(repetition(d), bit_flip(0.1)), backend=backend))
    assert found == pytest.approx(value, abs=1e-9) and value == pytest.approx(repetition_error(d, 0.1))
    assert logical_error(repetition(d), {"X": 0.1}, counted="Z") == pytest.approx(value)


@pytest.mark.parametrize("code", [steane(), shor(), rotated_surface(3)], ids=lambda c: c.name)
@pytest.mark.parametrize("backend", ["aer", "stim"])
def test_sampled_against_counting(backend, code):
    # Five standard errors at a fixed seed: a right program fails with probability 6e-7.
    p, shots = 0.1, 20_000
    result = qn.execute(
        correction_program(code, depolarizing(p), "record"), backend=backend, shots=shots, seed=5
    )
    found = corrected(code, {k: e.value for k, e in result.distribution().items()})
    exact = logical_error(code, thirds(p))
    assert abs(found - exact) < 5 * math.sqrt(exact * (1 - exact) / shots)


def test_maximum_likelihood_is_never_worse():
    for code in (five_qubit(), steane(), shor(), rotated_surface(3), four_two_two()):
        for p in (0.01, 0.2, 0.6):
            assert (
                logical_error(code, thirds(p), "maximum-likelihood") <= logical_error(code, thirds(p)) + 1e-12
            )


def test_detection_discards():
    # Of 2^2 Paulis of two qubits each, those that commute with XXXX and ZZZZ pass: counted by hand at p = .1,
    # the kept runs are right more often than a bare qubit.
    p = correction_program(four_two_two(), depolarizing(0.1), "detect")
    result = qn.execute(p)
    kept, wrong = result.success_probability.value, failure(result)
    r = 1 - 4 * 0.1 / 3  # <P> of one qubit shrinks by r; XXXX, YYYY and ZZZZ by r^4
    assert kept == pytest.approx((1 + 3 * r**4) / 4) and wrong < 0.1


def test_bad_programs():
    with pytest.raises(InvalidInputError, match="acts on 2 qubits"):
        correction_program(steane(), two_qubit_depolarizing(0.1))
    with pytest.raises(InvalidInputError, match="mode is 'repair'"):
        correction_program(steane(), depolarizing(0.1), "repair")
    with pytest.raises(UnsupportedError, match="24 syndrome bits"):
        correction_program(rotated_surface(5), depolarizing(0.1))
    with pytest.raises(InvalidInputError, match="'W'"):
        logical_error(steane(), {"W": 0.1})
    with pytest.raises(InvalidInputError, match="sum of the probabilities"):
        logical_error(steane(), {"X": 0.6, "Z": 0.6})
    with pytest.raises(UnsupportedError, match="25 qubits"):
        logical_error(rotated_surface(5), {"X": 0.1})
