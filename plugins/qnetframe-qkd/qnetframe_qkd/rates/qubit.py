"""Asymptotic rates of protocols with single photons, per sifted bit unless said otherwise."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy, shannon_entropy
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate

_UNIT = "bit per sifted bit"


def bb84(qber: float, f_ec: float = 1.0, qber_x: float | None = None, preprocessing: float = 0.0) -> KeyRate:
    """Return 1 - f h(Q) - h(Q_x). Source: Shor, Preskill, PRL 85, 441 (2000).

    ``qber_x`` is the error rate of the other basis where it differs. With ``preprocessing`` Alice flips each
    bit with that probability first: Kraus, Gisin, Renner, PRL 95, 080501 (2005), eq. 8, at the worst
    Bell-diagonal state with these error rates.
    """
    q = error_rate(qber, "qber")
    x = q if qber_x is None else error_rate(qber_x, "qber_x")
    f = efficiency_of_correction(f_ec)
    flips = error_rate(preprocessing, "preprocessing")
    if flips:
        return _preprocessed(q, x, f, flips)
    leak, eve = f * binary_entropy(q), binary_entropy(x)
    return _result(1 - leak - eve, leak, eve, q, 0.1100279 if x == q and f == 1 else None)


def six_state(qber: float, f_ec: float = 1.0, preprocessing: float = 0.0) -> KeyRate:
    """Return 1 - f h(Q) - [H(1-3Q/2, Q/2, Q/2, Q/2) - h(Q)]. Source: Lo, Quant. Inf. Comp. 1, 81 (2001).

    ``preprocessing`` as for ``bb84``.
    """
    q = error_rate(qber, "qber")
    f = efficiency_of_correction(f_ec)
    flips = error_rate(preprocessing, "preprocessing")
    if q > 1 / 3:
        raise InvalidInputError(f"qber is {qber!r}; three equal error rates are possible up to 1/3 only")
    weights = np.array([1 - 1.5 * q, q / 2, q / 2, q / 2])
    eve = shannon_entropy(weights) - binary_entropy(q)
    leak = f * binary_entropy(_flipped(q, flips))
    if flips:
        eve = 1 - _entropy_left(weights, flips)
    return _result(1 - leak - eve, leak, eve, q, 0.1261931 if f == 1 and not flips else None)


def bb84_individual(qber: float, f_ec: float = 1.0) -> KeyRate:
    """Return 1 - f h(Q) - I(A:E) where Eve attacks each photon by itself and stores it until bases are known.

    I(A:E) = 1 - h(1/2 + sqrt(Q (1-Q))): Fuchs, Gisin, Griffiths, Niu, Peres, PRA 56, 1163 (1997), eq. 65.
    Not a security proof: coherent attacks know more.
    """
    q = error_rate(qber, "qber")
    leak = efficiency_of_correction(f_ec) * binary_entropy(q)
    eve = 1 - binary_entropy(0.5 + math.sqrt(q * (1 - q)))
    return _result(1 - leak - eve, leak, eve, q, None)


def bb84_trojan(
    qber: float, trojan_photons: float, single_photon_yield: float = 1.0, f_ec: float = 1.0
) -> KeyRate:
    """Return the rate where light that Eve sent in leaves Alice again, ``trojan_photons`` on average.

    The states of the two bases then differ by Δ = (1 - exp(-μ) cos μ)/2, over the yield; the phase error rate
    grows by it: Lucamarini et al., PRX 5, 031030 (2015), eq. 8 to 12.
    """
    q = error_rate(qber, "qber")
    mu = checks.non_negative(trojan_photons, "trojan_photons")
    y = checks.positive(checks.probability(single_photon_yield, "single_photon_yield"), "single_photon_yield")
    f = efficiency_of_correction(f_ec)
    delta = min(0.5, (1 - math.exp(-mu) * math.cos(mu)) / 2 / y)
    phase = q + 4 * delta * (1 - delta) * (1 - 2 * q)
    phase += 4 * (1 - 2 * delta) * math.sqrt(delta * (1 - delta) * q * (1 - q))
    leak, eve = f * binary_entropy(q), phase_error_entropy(phase)
    found = _result(1 - leak - eve, leak, eve, q, None)
    return KeyRate(found.signed_rate, {**found.quantities, "phase_error_rate": phase}, unit=_UNIT)


def di(qber: float, chsh: float | None = None, f_ec: float = 1.0) -> KeyRate:
    """Return 1 - f h(Q) - h((1 + sqrt(S²/4 - 1))/2): device-independent, one-way, collective attacks.

    Without ``chsh``, S is that of a depolarised singlet, 2 sqrt(2) (1 - 2Q). Source: Acín et al., PRL 98,
    230501 (2007), eq. 3 and 12.
    """
    q = error_rate(qber, "qber")
    f = efficiency_of_correction(f_ec)
    s = 2 * math.sqrt(2) * (1 - 2 * q) if chsh is None else checks.finite(chsh, "chsh")
    if abs(s) > 2 * math.sqrt(2) * (1 + 1e-12):
        raise InvalidInputError(f"chsh is {chsh!r}; quantum mechanics allows at most 2 sqrt(2)")
    if s <= 2:
        return KeyRate(-f * binary_entropy(q), {"qber": q, "chsh": s, "eve_information": 1.0},
                       f"S = {s:.6g} does not violate the CHSH inequality", _UNIT)  # fmt: skip
    eve = binary_entropy((1 + math.sqrt(max(0.0, s * s / 4 - 1))) / 2)
    leak = f * binary_entropy(q)
    return KeyRate(
        1 - leak - eve, {"qber": q, "chsh": s, "eve_information": eve, "leakage": leak}, unit=_UNIT
    )


def di_efficiency(efficiency: float, f_ec: float = 1.0) -> KeyRate:
    """Return the rate of ``di`` on a singlet with detectors of this efficiency; a lost photon counts as 0.

    S = 2 sqrt(2) η² + 2 (1-η)² and Q = η (1-η): both outcomes exist always. The threshold is 92.4 %:
    Pironio et al., New J. Phys. 11, 045021 (2009).
    """
    eta = checks.probability(efficiency, "efficiency")
    s = 2 * math.sqrt(2) * eta**2 + 2 * (1 - eta) ** 2
    return di(eta * (1 - eta), s, f_ec)


def e91(qber: float, chsh: float | None = None, f_ec: float = 1.0) -> KeyRate:
    """Return the rate of Ekert's protocol, PRL 67, 661 (1991), whose only test is the CHSH value.

    The bound is ``di``. Of the nine pairs of settings two give key: the rate per pair is 2/9 of it, the
    quantity ``rate_per_pair``.
    """
    result = di(qber, chsh, f_ec)
    return KeyRate(
        result.signed_rate,
        {**result.quantities, "rate_per_pair": 2 / 9 * result.rate},
        result.reason,
        result.unit,
    )


def sarg04(qber: float, f_ec: float = 1.0) -> KeyRate:
    """Return 1 - f h(Q) - [H(1-2Q, Q, Q/2, Q/2) - h(Q)]: SARG04 with single photons, per conclusive bit.

    The phase error rate is 3Q/2 whatever Eve does: Tamaki, Lo, PRA 73, 010302 (2006); these are the worst
    joint weights (filtered pair with only X and Z errors). The threshold is 9.69 %, printed as 9.68 %.
    """
    q = error_rate(qber, "qber")
    f = efficiency_of_correction(f_ec)
    if q > 1 / 3:
        raise InvalidInputError(f"qber is {qber!r}; the phase error rate 3Q/2 is at most one half")
    leak = f * binary_entropy(q)
    eve = shannon_entropy((1 - 2 * q, q, q / 2, q / 2)) - binary_entropy(q)
    return _result(1 - leak - eve, leak, eve, q, 0.0968925 if f == 1 else None)


def b92(qber: float, f_ec: float = 1.0) -> KeyRate:
    """Return the rate of B92 with |0> and |+>, per conclusive bit, for depolarised states without loss.

    There is no closed formula: it is the certified bound of ``qnetframe_qkd.certified.b92``.
    """
    from qnetframe_qkd import certified

    return certified.b92(qber, f_ec)


def _flipped(q: float, flips: float) -> float:
    return q * (1 - flips) + flips * (1 - q)


def _entropy_left(weights: NDArray[np.float64], flips: float) -> float:
    """Return H(flipped key bit | Eve) for a Bell-diagonal state (Φ+, Φ-, Ψ+, Ψ-)."""
    blocks = []
    for a, b in ((weights[0], weights[1]), (weights[2], weights[3])):
        spread = math.sqrt((a - b) ** 2 + 4 * (1 - 2 * flips) ** 2 * a * b)
        blocks += [(a + b + spread) / 2, (a + b - spread) / 2]
    return 1 + shannon_entropy(blocks) - shannon_entropy(weights)


def _preprocessed(q: float, x: float, f: float, flips: float) -> KeyRate:
    from scipy.optimize import minimize_scalar

    def entropy_left(both: float) -> float:
        return _entropy_left(np.array([1 - q - x + both, x - both, q - both, both]), flips)

    found = minimize_scalar(entropy_left, bounds=(0.0, min(q, x)), method="bounded", options={"xatol": 1e-12})
    left = min(float(found.fun), entropy_left(0.0), entropy_left(min(q, x)))
    leak = f * binary_entropy(_flipped(q, flips))
    return _result(left - leak, leak, 1 - left, q, None)


def _result(rate: float, leak: float, eve: float, q: float, limit: float | None) -> KeyRate:
    reason = ""
    if rate <= 0:
        reason = f"QBER {q:.6g} is above the threshold" + (f" {limit:.5g}" if limit else "")
    return KeyRate(rate, {"qber": q, "leakage": leak, "eve_information": eve}, reason, _UNIT)
