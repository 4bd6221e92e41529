"""From sifted bits to a key: correct, verify, hash, with every message on the authenticated channel."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from qnetframe import checks
from qnetframe.errors import InvalidInputError
from qnetframe_qkd.entropy import phase_error_entropy
from qnetframe_qkd.finite.bb84 import bb84
from qnetframe_qkd.finite.security import check_epsilons
from qnetframe_qkd.finite.tails import serfling
from qnetframe_qkd.optics import error_rate
from qnetframe_qkd.postprocessing.amplification import seed_length, toeplitz
from qnetframe_qkd.postprocessing.bits import (
    Bits,
    Randomness,
    SeededRandomness,
    SystemRandomness,
    same_length,
    to_bytes,
)
from qnetframe_qkd.postprocessing.cascade import Reconciliation, cascade
from qnetframe_qkd.postprocessing.channel import PublicChannel, Tamper
from qnetframe_qkd.postprocessing.hashing import (
    PRIME,
    TAG_BITS,
    hash_keys,
    verification_bits,
    verification_hash,
)
from qnetframe_qkd.postprocessing.ledger import Entry, Ledger

Method = Literal["cascade", "ldpc"]
Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class KeyResult:
    """The end of a run: two keys (equal unless something is broken), or why there is none.

    ``alice`` and ``bob`` are their keys, ``epsilon_sec`` and ``epsilon_cor`` the composable security
    parameters, ``figures`` what was seen on the way. Authentication fails with at most (bytes/15 + 2)/2**127
    a message, some 1e-30, which is not in ε.
    """

    alice: Bits
    bob: Bits
    ledger: Ledger
    epsilon_sec: float
    epsilon_cor: float
    aborted: str = ""
    figures: dict[str, float] = field(default_factory=dict)

    @property
    def length(self) -> int:
        """The length of the key in bits."""
        return len(self.alice)

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the key as plain JSON values."""
        return {
            "length": self.length,
            "aborted": self.aborted,
            "epsilon_sec": self.epsilon_sec,
            "epsilon_cor": self.epsilon_cor,
            "ledger": self.ledger.to_dict(),
            "figures": self.figures,
        }


def randomness_of(rng: np.random.Generator | None) -> Randomness:
    """Return a reproducible source for a generator, the system's without one."""
    return SystemRandomness() if rng is None else SeededRandomness(rng)


def authentication_key(randomness: Randomness, messages: int = 16) -> Bits:
    """Return a key for this many messages."""
    return randomness.bits(TAG_BITS * (messages + 1))


def nothing(
    channel: PublicChannel, epsilon_sec: float, epsilon_cor: float, reason: str, figures: dict[str, float]
) -> KeyResult:
    """Return a run without a key."""
    empty = np.zeros(0, np.uint8)
    return KeyResult(empty, empty, Ledger((), 0, channel.key_used), epsilon_sec, epsilon_cor, reason, figures)


def corrected(
    alice: Bits, bob: Bits, qber: float, method: Method, channel: PublicChannel, randomness: Randomness,
    epsilon_cor: float, progress: Progress | None,
) -> tuple[Reconciliation, int, bool]:  # fmt: skip
    """Correct and verify; return the reconciliation, the bits of the verification, and whether it agreed."""
    seed = randomness.integer(1 << 63)
    channel.send("seed of error correction", seed.to_bytes(8, "big"))
    report = None if progress is None else lambda x: progress("error correction", x)
    if method == "cascade":
        found = cascade(alice, bob, qber, seed, passes=16, progress=report)
    elif method == "ldpc":
        from qnetframe_qkd.postprocessing.ldpc_reconciliation import ldpc

        found = ldpc(alice, bob, qber, seed, randomness=randomness, progress=report)
    else:
        raise InvalidInputError(f"method is {method!r}; allowed: 'cascade', 'ldpc'")
    channel.send("parities", to_bytes(found.transcript))
    length = verification_bits(epsilon_cor)
    keys = hash_keys(randomness)
    mine = verification_hash(alice, length, keys)
    text = b"".join(k.to_bytes(16, "big") for k in (*keys, mine))
    channel.send("verification hash", text)
    return found, length, verification_hash(found.bits, length, keys) == mine


def hashed(
    alice: Bits, bob: Bits, length: int, channel: PublicChannel, randomness: Randomness
) -> tuple[Bits, Bits]:
    """Return both parties' keys of this length, each hashed from its own bits."""
    seed = randomness.bits(seed_length(len(alice), length))
    received = channel.send("seed of the hash", to_bytes(seed))
    theirs = np.unpackbits(np.frombuffer(received, np.uint8), count=len(seed))
    return toeplitz(alice, length, seed), toeplitz(bob, length, theirs)


def distill_bb84(
    alice: Any,
    bob: Any,
    test_share: float = 0.1,
    qber_limit: float = 0.11,
    epsilon_sec: float = 1e-10,
    epsilon_cor: float = 1e-15,
    method: Method = "cascade",
    rng: np.random.Generator | None = None,
    tamper: Tamper | None = None,
    progress: Progress | None = None,
) -> KeyResult:
    """Return the key of sifted bits of BB84 with single photons (both bases alike).

    A random ``test_share`` is disclosed; above ``qber_limit`` there the run aborts. The length is that of
    Tomamichel, Lim, Gisin, Renner, Nat. Commun. 3, 634 (2012), with what was really disclosed. ``rng`` makes
    it reproducible, for simulations only; without it the system's randomness is used.
    """
    a, b = same_length(alice, bob)
    share = checks.probability(test_share, "test_share")
    error_rate(qber_limit, "qber_limit")
    check_epsilons(epsilon_sec, epsilon_cor)
    tested = round(share * len(a))
    if not 0 < tested < len(a):
        raise InvalidInputError(
            f"test_share is {test_share!r} of {len(a)} bits; some must be tested and some kept"
        )
    randomness = randomness_of(rng)
    channel = PublicChannel(authentication_key(randomness), tamper)
    order = _permutation(len(a), randomness)
    test, kept = order[:tested], np.sort(order[tested:])
    channel.send("places of the test", np.sort(test).astype(np.uint32).tobytes())
    channel.send("bits of the test", to_bytes(a[test]))
    qber = float(np.mean(a[test] != b[test]))
    figures = {"sifted": float(len(a)), "tested": float(tested), "QBER of the test": qber}
    if qber > qber_limit:
        return nothing(channel, epsilon_sec, epsilon_cor, limit_reason(qber, qber_limit), figures)
    mine, yours = a[kept], b[kept]
    found, hash_bits, agreed = corrected(
        mine, yours, qber, method, channel, randomness, epsilon_cor, progress
    )
    figures |= {"f": found.efficiency, "QBER of the key": found.qber}
    if not agreed:
        return nothing(channel, epsilon_sec, epsilon_cor, VERIFICATION_FAILED, figures)
    n = len(mine)
    margin = serfling(tested, n, epsilon_sec / 4)
    entries = (
        Entry("sifted bits", len(a)),
        Entry("disclosed to test", -tested),
        Entry("phase errors that Eve may know", -math.ceil(n * phase_error_entropy(qber + margin))),
        Entry("error correction", -found.disclosed),
        Entry("verification", -hash_bits),
        Entry("security", -math.ceil(math.log2(2 / (epsilon_sec**2 * epsilon_cor)))),
    )
    length = sum(e.bits for e in entries)
    if length < 1:
        bound = bb84(min(0.5, qber), len(a), tested, epsilon_sec, epsilon_cor, leakage=found.disclosed)
        return nothing(channel, epsilon_sec, epsilon_cor, bound.reason or "the block is too small", figures)
    keys = hashed(mine, found.bits, length, channel, randomness)
    figures["bytes on the public channel"] = float(channel.bytes_sent)
    return KeyResult(*keys, Ledger(entries, length, channel.key_used), epsilon_sec, epsilon_cor, "", figures)


VERIFICATION_FAILED = "verification failed: error correction left an error; the block is thrown away"


def limit_reason(qber: float, limit: float) -> str:
    """Return why a run aborts at an error rate."""
    return f"the QBER of the test, {qber:.4g}, is above the limit {limit:g}: Eve may know too much"


def _permutation(size: int, randomness: Randomness) -> Any:
    seed = randomness.integer(PRIME)
    return np.random.default_rng(seed).permutation(size)
