"""Finite keys of BBM92: both bases give key, each one's errors bound the phase errors of the other."""

from __future__ import annotations

import math

from qnetframe import checks
from qnetframe_qkd.entropy import binary_entropy, phase_error_entropy
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.finite.tails import sampling_without_replacement
from qnetframe_qkd.key_rate import KeyRate
from qnetframe_qkd.optics import efficiency_of_correction, error_rate


def bbm92(
    qber: float,
    block_size: float,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-10,
    f_ec: float = 1.19,
) -> KeyRate:
    """Return the key per sifted bit where half of ``block_size`` sifted bits is from either basis.

    No bit is given up for a test: error correction tells all errors. With n bits in each basis,
    l = 2n [1 - h(Q + γ) - f h(Q)] - 2 log2(3/ε) - log2(2/ε_cor), γ for sampling without replacement (Fung,
    Ma, Chau, PRA 81, 012318 (2010)), a third of ε_sec for each basis and for the hash. This is how the finite
    key of Yin et al., Nature 582, 501 (2020), was made, up to the share of ε.
    """
    q = error_rate(qber, "qber")
    total = checks.positive(block_size, "block_size")
    check_epsilons(epsilon_sec, epsilon_cor)
    f = efficiency_of_correction(f_ec)
    half = total / 2
    margin = sampling_without_replacement(epsilon_sec / 3, q, half, half)
    constant = 2 * math.log2(3 / epsilon_sec) + math.log2(2 / epsilon_cor)
    length = total * (1 - phase_error_entropy(q + margin) - f * binary_entropy(q)) - constant
    reason = f"no key from {total:.4g} sifted bits at QBER {q:.4g}: margin {margin:.3g}" if length < 1 else ""
    found = {"length": max(0, math.floor(length)), "margin": margin, "qber": q, "constant": constant}
    return KeyRate(
        length / total if length >= 1 else min(length, 0.0) / total, found, reason, "bit per sifted bit"
    )
