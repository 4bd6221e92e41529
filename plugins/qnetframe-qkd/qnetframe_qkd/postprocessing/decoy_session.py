"""A whole run of decoy BB84: pulses, detections, sifting, correction, verification, hashing, a ledger."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qnetframe import checks
from qnetframe_qkd.detection.experiment import Experiment, Memory
from qnetframe_qkd.detection.sifting import same_basis, sifted_bits
from qnetframe_qkd.entropy import phase_error_entropy
from qnetframe_qkd.finite.decoy import Counts, key_length
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.optics import error_rate
from qnetframe_qkd.postprocessing.bits import Bits, to_bytes
from qnetframe_qkd.postprocessing.channel import PublicChannel, Tamper
from qnetframe_qkd.postprocessing.distillation import (
    VERIFICATION_FAILED,
    KeyResult,
    Method,
    Progress,
    authentication_key,
    corrected,
    hashed,
    limit_reason,
    nothing,
    randomness_of,
)
from qnetframe_qkd.postprocessing.ledger import Entry, Ledger
from qnetframe_qkd.protocols.decoy import DecoyBB84


@dataclass(frozen=True, eq=False)
class Sifted:
    """Sifted detections: both bits, the number of the intensity, and whether the basis was that of the
    key.
    """

    alice: Bits
    bob: Bits
    intensity: NDArray[np.uint8]
    key_basis: NDArray[np.bool_]
    detected: int


def sift(
    experiment: Experiment, pulses: int, rng: np.random.Generator, memory: Memory, channel: PublicChannel,
    progress: Progress | None = None,
) -> Sifted:  # fmt: skip
    """Send pulses and sift them, chunk by chunk; both announcements go over the channel."""
    rule = same_basis(experiment)
    names = list(dict.fromkeys(experiment.column("intensity").tolist()))
    intensity_of = np.array([names.index(n) for n in experiment.column("intensity")], np.uint8)
    in_key = experiment.column("basis") == "z"
    measured_z = experiment.column("measured") == "z"
    parts: list[tuple[Any, ...]] = []
    detected = 0
    said_bob, said_alice = [], []
    for chunk in experiment.sample(pulses, rng, memory):
        if not len(chunk):
            continue
        a, b, kept = sifted_bits(chunk, rule, rng)
        setting = chunk.setting[kept]
        parts.append((a, b, intensity_of[setting], in_key[setting]))
        gaps = np.diff(chunk.index, prepend=chunk.index[0]).astype(np.uint32)
        said_bob.append(gaps.tobytes() + to_bytes(measured_z[chunk.setting].astype(np.uint8)))
        matches = np.zeros(len(chunk), np.uint8)
        matches[kept] = 1
        said_alice.append(to_bytes(matches) + intensity_of[setting].tobytes())
        detected += len(chunk)
        if progress:
            progress("pulses", (int(chunk.index[-1]) + 1) / pulses)
    channel.send("detections and bases", b"".join(said_bob))
    channel.send("matches and intensities", b"".join(said_alice))
    if not parts:
        none = np.zeros(0, np.uint8)
        return Sifted(none, none, none, none.astype(bool), 0)
    a, b, intensity, key_basis = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Sifted(a, b, intensity, key_basis, detected)


def decoy_session(
    protocol: DecoyBB84,
    pulses: int,
    seed: int | None = None,
    memory: Memory | None = None,
    qber_limit: float = 0.05,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-15,
    method: Method = "cascade",
    tamper: Tamper | None = None,
    progress: Progress | None = None,
) -> KeyResult:
    """Return the key of a run of decoy BB84, simulated pulse by pulse.

    Key is made of the Z basis (probability ``protocol.basis_probability``), X is disclosed as the test; above
    ``qber_limit`` there the run aborts. The length follows Lim, Curty, Walenta, Xu, Zbinden, PRA 89, 022307
    (2014), with the observed counts and the bits that error correction really disclosed. With ``seed`` the
    run is reproducible and its key no secret; without, Alice's bits, the seeds of hashes and the key of
    authentication are the operating system's. ``memory`` is that of the detectors, the protocol's by default.
    """
    sent = checks.integer(pulses, "pulses", low=1)
    check_epsilons(epsilon_sec, epsilon_cor)
    error_rate(qber_limit, "qber_limit")
    rng = np.random.default_rng(seed)
    randomness = randomness_of(None if seed is None else np.random.default_rng([seed, 1]))
    channel = PublicChannel(authentication_key(randomness), tamper)
    sifted = sift(
        protocol.experiment(), sent, rng, protocol.memory if memory is None else memory, channel, progress
    )
    key, test = sifted.key_basis, ~sifted.key_basis
    figures = {"pulses": float(sent), "detected": float(sifted.detected), "sifted in Z": float(key.sum()),
               "sifted in X": float(test.sum())}  # fmt: skip
    if not test.any() or not key.any():
        return nothing(channel, epsilon_sec, epsilon_cor, "too few detections: a basis has none", figures)
    if seed is None:
        # Physics is simulated by a generator that is no secret; the bits that Alice sends are the system's.
        mask = randomness.bits(len(sifted.alice))
        sifted = dataclasses.replace(sifted, alice=sifted.alice ^ mask, bob=sifted.bob ^ mask)
    channel.send("bits of the test", to_bytes(sifted.alice[test]))
    wrong = sifted.alice != sifted.bob
    qber = float(wrong[test].mean())
    figures["QBER in X"] = qber
    if qber > qber_limit:
        return nothing(channel, epsilon_sec, epsilon_cor, limit_reason(qber, qber_limit), figures)
    mine, yours = sifted.alice[key], sifted.bob[key]
    found, hash_bits, agreed = corrected(
        mine, yours, qber, method, channel, randomness, epsilon_cor, progress
    )
    figures |= {"QBER in Z": found.qber, "f": found.efficiency}
    if not agreed:
        return nothing(channel, epsilon_sec, epsilon_cor, VERIFICATION_FAILED, figures)

    def count(where: NDArray[np.bool_]) -> tuple[float, ...]:
        return tuple(float(n) for n in np.bincount(sifted.intensity[where], minlength=3))

    counts = Counts(count(key), (0.0,) * 3, count(test), count(test & wrong))
    leak = float(found.disclosed + hash_bits)
    _, bound, reason = key_length(
        counts, protocol.intensities, protocol.shares, epsilon_sec, epsilon_cor, leak
    )
    figures |= bound
    entries = _entries(len(mine), bound, found.disclosed, hash_bits, epsilon_sec, epsilon_cor)
    length = sum(e.bits for e in entries)
    if length < 1:
        return nothing(channel, epsilon_sec, epsilon_cor, reason or "the block is too small", figures)
    keys = hashed(mine, found.bits, length, channel, randomness)
    figures["bytes on the public channel"] = float(channel.bytes_sent)
    return KeyResult(*keys, Ledger(entries, length, channel.key_used), epsilon_sec, epsilon_cor, "", figures)


def _entries(
    sifted: int,
    bound: dict[str, float],
    disclosed: int,
    hash_bits: int,
    epsilon_sec: float,
    epsilon_cor: float,
) -> tuple[Entry, ...]:
    """Return the lines of the ledger; each is rounded against the key."""
    singles = max(0.0, bound["s_x1"])
    kept = math.floor(max(0.0, bound["s_x0"]) + singles)
    phase = math.ceil(singles * phase_error_entropy(bound.get("phase_error_rate", 0.5)))
    constants = 6 * math.log2(21 / epsilon_sec) + math.log2(2 / epsilon_cor)
    return (
        Entry("sifted bits in Z", sifted),
        Entry("from pulses of several photons", kept - sifted),
        Entry("phase errors that Eve may know", -phase),
        Entry("error correction", -disclosed),
        Entry("verification", -hash_bits),
        Entry("security", -math.ceil(constants)),
    )
