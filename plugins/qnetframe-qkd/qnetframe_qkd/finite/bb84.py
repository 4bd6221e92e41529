"""Finite keys of BB84 with single photons: Tomamichel, Lim, Gisin, Renner, Nat. Commun. 3, 634 (2012)."""

from __future__ import annotations

import math

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.finite.tails import serfling
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate


def bb84(
    qber: float,
    block_size: float,
    test_size: float | None = None,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-15,
    f_ec: float = 1.1,
    leakage: float | None = None,
    qber_test: float | None = None,
) -> KeyRate:
    """Return the key per sifted bit of a block of sifted bits, ``test_size`` of which are disclosed.

    l = n (1 - h(Q + μ)) - leak - log2(2/(ε² ε_cor)), with μ = sqrt((n+k)/(nk) (k+1)/k ln(4/ε)): eq. 3 of the
    paper and its supplement with q = 1. Without ``test_size`` the best k is taken. ``leakage`` in bits is
    what was disclosed by a real run; else f h(Q) n. ``qber_test`` is the error rate of the test where it is
    not that of the key.
    """
    q = error_rate(qber, "qber")
    test = q if qber_test is None else error_rate(qber_test, "qber_test")
    total = checks.positive(block_size, "block_size")
    f = efficiency_of_correction(f_ec)
    check_epsilons(epsilon_sec, epsilon_cor)
    if leakage is not None:
        checks.non_negative(leakage, "leakage")
    if test_size is not None and not 0 < checks.positive(test_size, "test_size") < total:
        raise InvalidInputError(f"test_size is {test_size!r}; it must be below block_size, {block_size!r}")
    constant = math.log2(2 / (epsilon_sec**2 * epsilon_cor))

    def length(k: float) -> float:
        n = total - k
        mu = serfling(k, n, epsilon_sec / 4)
        leak = f * binary_entropy(q) * n if leakage is None else leakage
        return n * (1 - phase_error_entropy(test + mu)) - leak - constant

    k = _best(length, total) if test_size is None else float(test_size)
    signed = length(k)
    mu = serfling(k, total - k, epsilon_sec / 4)
    reason = ""
    if signed < 1:
        reason = (
            f"no key from {total:.4g} sifted bits at QBER {q:.4g}: with the statistical margin {mu:.3g} the "
            "error rate leaves nothing; use larger blocks"
            if bb84_asymptotic(q, f) > 0
            else f"QBER {q:.4g} is above the threshold at f_ec = {f:g}; no block size gives a key"
        )
    bits = max(0, math.floor(signed))
    return KeyRate(
        signed / total if signed >= 1 else min(signed, 0.0) / total,
        {"length": bits, "test_size": k, "margin": mu, "qber": q, "constant": constant},
        reason, "bit per sifted bit",
    )  # fmt: skip


def bb84_asymptotic(q: float, f: float) -> float:
    """Return 1 - (1 + f) h(Q), what large blocks tend to."""
    return 1 - (1 + f) * binary_entropy(q)


def _best(length: object, total: float) -> float:
    from scipy.optimize import minimize_scalar

    assert callable(length)
    found = minimize_scalar(lambda x: -length(total * math.exp(x)), method="bounded",
                            bounds=(math.log(min(0.4, 10 / total)), math.log(0.9)),
                            options={"xatol": 1e-10})  # fmt: skip
    return float(total * math.exp(found.x))
