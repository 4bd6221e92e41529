"""Post-processing on real bits: nothing undetected, every disclosed bit counted, every hash exact."""

import dataclasses
import math

import numpy as np
import pytest

from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe_qkd.detection import Memory
from qnetframe_qkd.entropy import binary_entropy
from qnetframe_qkd.postprocessing import (
    AuthenticationError,
    Authenticator,
    Entry,
    Ledger,
    SliceReconciler,
    cascade,
    decoy_session,
    distill_bb84,
    ldpc,
    seed_length,
    toeplitz,
    toeplitz_direct,
)
from qnetframe_qkd.postprocessing.bits import SeededRandomness
from qnetframe_qkd.postprocessing.hashing import PRIME, hash_keys, verification_bits, verification_hash
from qnetframe_qkd.protocols.decoy import DecoyBB84
from qnetframe_qkd.randomness import health, random_bits

AT_50_KM = DecoyBB84(
    length_km=50, basis_probability=0.85, signal_probability=0.4, weak_probability=0.43, signal_intensity=0.42,
    weak_intensity=0.2,
)  # fmt: skip


def pair(n, q, seed=1):
    rng = np.random.default_rng(seed)
    alice = rng.integers(0, 2, n, dtype=np.uint8)
    return alice, alice ^ (rng.random(n) < q).astype(np.uint8)


@pytest.mark.parametrize(
    "q, most", [(0.01, 1.05), (0.02, 1.05), (0.03, 1.05), (0.05, 1.05), (0.08, 1.05), (0.1, 1.06)]
)
def test_cascade_corrects_everything_near_the_shannon_limit(q, most):
    alice, bob = pair(1 << 20, q)
    found = cascade(alice, bob, q, seed=3)
    assert (found.bits == alice).all() and found.corrected == (alice != bob).sum()
    assert 1.0 < found.efficiency <= most
    # Leakage is what was disclosed, bit by bit; each is a parity of Alice's bits.
    assert found.disclosed == len(found.transcript)
    assert set(np.unique(found.transcript)) <= {0, 1}


def test_the_first_parities_of_the_transcript_are_those_of_alice_s_blocks():
    alice, bob = pair(1 << 16, 0.03)
    found = cascade(alice, bob, 0.03)
    from qnetframe_qkd.postprocessing.cascade import block_logs

    size = 1 << block_logs(0.03, 16)[0]
    expected = alice.reshape(-1, size).sum(axis=1) % 2
    assert (found.transcript[: len(expected)] == expected).all()
    # Without an error nothing but the blocks of three passes and the halves of the others is told.
    same = cascade(alice, alice, 0.03)
    assert same.disclosed == sum(1 << (16 - k) for k in block_logs(0.03, 16)) + 11 and same.corrected == 0


@pytest.mark.parametrize("n", [1, 7, 255, 256, 300, 65535, 65537, 100_000])
@pytest.mark.parametrize("q, guess", [(0.05, 0.05), (0.0, 0.01), (0.03, 0.12), (0.08, 0.02)])
def test_cascade_of_any_length_and_with_a_wrong_guess(n, q, guess):
    alice, bob = pair(n, q, seed=n)
    found = cascade(alice, bob, guess)
    assert len(found.bits) == n and (found.bits == alice).all()


def test_cascade_depends_on_its_public_seed_only():
    alice, bob = pair(100_000, 0.05)
    again = [cascade(alice, bob, 0.05, seed=s) for s in (5, 5, 6)]
    assert (again[0].transcript == again[1].transcript).all()
    assert again[0].disclosed != again[2].disclosed


@pytest.mark.slow
def test_no_undetected_error_in_ten_thousand_frames():
    # Frames of 4096 bits, 3 to 11 % of errors, few passes, so that some stay wrong; the hash of ε = 1e-15 sees
    # each of them. A false pass of one test: 1e4 * 1e-15.
    wrong = undetected = 0
    randomness = SeededRandomness(np.random.default_rng(12))
    for block in range(10):
        alice, bob = pair(1000 << 12, 0.03 + 0.008 * block, seed=block)
        found = cascade(alice, bob, 0.05, seed=block, log_frame=12, passes=6)
        keys, length = hash_keys(randomness), verification_bits(1e-15)
        for mine, theirs in zip(alice.reshape(1000, -1), found.bits.reshape(1000, -1), strict=True):
            agree = verification_hash(mine, length, keys) == verification_hash(theirs, length, keys)
            different = bool((mine != theirs).any())
            wrong += different
            undetected += different and agree
            assert different or agree
    assert wrong > 0 and undetected == 0


def test_a_code_has_the_published_degrees_and_no_short_cycles_where_it_matters():
    # Elkouss et al. 2009, table I, rate 0.75: a share of edges of 0.10805 at bits of degree 2, 0.47408 at 31.
    from qnetframe_qkd.postprocessing.ldpc_codes import TABLE, code

    for share, edges in TABLE:
        assert share == 0.15 or sum(edges.values()) == pytest.approx(1.0, abs=2e-3), share
    made = code(4096, 1024)
    matrix = made.matrix().astype(int)
    bits, rows = (np.asarray(matrix.sum(axis=a)).ravel() for a in (0, 1))
    assert matrix.max() == 1 and matrix.shape == (1024, 4096) and np.ptp(rows) <= 3
    for degree, edge_share in ((2, 0.10805), (31, 0.47408)):
        assert (bits == degree).sum() * degree / bits.sum() == pytest.approx(edge_share, abs=0.01)
    light = matrix[:, bits <= 3]
    overlaps = (light.T @ light).tocoo()
    assert overlaps.data[overlaps.row != overlaps.col].max() <= 1  # no 4-cycles
    assert (made.matrix() != code(4096, 1024).matrix()).nnz == 0
    # The transpose is the transpose.
    for bit in (0, 4095):
        checks = made.bit_checks[made.bit_start[bit] : made.bit_start[bit + 1]]
        assert sorted(checks) == sorted(matrix[:, [bit]].nonzero()[0])


def test_belief_propagation_on_a_tree_is_exact():
    # Bits 0-1-2 in a row of two checks, each error likely with q: with syndrome (1, 0) the four patterns
    # 100, 011 have the odds q(1-q)^2 : (1-q) q^2, which is what the posterior of bit 0 must say.
    from qnetframe_qkd.postprocessing import _ldpc

    q = 0.2
    start, columns = np.array([0, 2, 4], np.int32), np.array([0, 1, 1, 2], np.int32)
    posterior = np.full((3, 16), math.log((1 - q) / q), np.float32)
    work = np.zeros((2, 16), np.float32), np.zeros((2, 16), np.float32), np.zeros(3, np.uint16)
    wanted = np.array([0xFFFF, 0], np.uint16)
    _ldpc.decode(posterior, np.zeros((4, 16), np.float32), start, columns, wanted, 5, 0, *work)
    exact = math.log(((1 - q) * q**2) / (q * (1 - q) ** 2))
    # The correction of a sum is good to 0.02; here there are up to two.
    assert posterior[:, 0] == pytest.approx([exact, -exact, -exact], abs=0.08)


def test_ldpc_corrects_with_few_bits():
    # 16 frames of 8192: f of the first message plus retries; seeds are fixed.
    for qber, most in ((0.02, 1.32), (0.05, 1.2), (0.08, 1.18)):
        alice, bob = pair(16 * 8192, qber)
        found = ldpc(alice, bob, qber, seed=3, frame=8192)
        assert (found.bits == alice).all() and found.method == "ldpc"
        assert found.frames == 16 and found.retried <= 4 and 1.0 < found.efficiency < most
        assert found.corrected == (alice != bob).sum()


def test_ldpc_leaks_what_punctured_bits_do_not_hide():
    # Punctured bits share no check, so that each hides a bit of the syndrome: their columns are independent
    # and what is told of the key are checks less punctured bits, plus values told later.
    from qnetframe_qkd.postprocessing.ldpc_reconciliation import _plan

    plan = _plan(4096, 0.04, 1.2)
    columns = plan.code.matrix().astype(int)[:, plan.punctured]
    assert len(plan.punctured) > 0 and np.asarray(columns.sum(axis=1)).max() == 1
    assert np.asarray(columns.sum(axis=0)).min() >= 1
    alice, bob = pair(4096, 0.04)
    found = ldpc(alice, bob, 0.04, frame=4096, start=1.5)
    easy = _plan(4096, 0.04, 1.5)
    assert found.retried == 0 and len(found.transcript) == easy.code.checks
    assert found.disclosed == easy.code.checks - len(easy.punctured)
    assert found.disclosed == pytest.approx(1.5 * 4096 * binary_entropy(0.04), abs=2)


def test_ldpc_tells_more_where_decoding_fails():
    # The estimate is far too low: the first message cannot do; in the end Bob has the bits all the same.
    alice, bob = pair(4096, 0.08)
    found = ldpc(alice, bob, 0.03, frame=2048)
    assert (found.bits == alice).all() and found.retried == found.frames == 2
    assert 1.0 < found.efficiency < 1.9
    hopeless = pair(600, 0.45)
    found = ldpc(*hopeless, 0.05, frame=1024)
    assert (found.bits == hopeless[0]).all() and found.disclosed >= 590


def test_ldpc_takes_any_number_of_bits():
    for bits in (1, 60, 257, 3 * 1024 + 100):
        alice, bob = pair(bits, 0.03)
        found = ldpc(alice, bob, 0.03, frame=1024)
        # Tens of bits have no code that tells all likely errors apart; verification is there for that.
        assert (bits == 60 or (found.bits == alice).all()) and found.disclosed > 0
        assert len(found.bits) == bits and found.corrected == (found.bits != bob).sum()
    assert len(ldpc([], [], 0.03).bits) == 0
    with pytest.raises(InvalidInputError, match="frame is 10"):
        ldpc([1], [1], 0.03, frame=10)


@pytest.mark.slow
def test_ldpc_at_full_size():
    # 16 frames of 65536: f at most 1.2 from 2 to 8 %, and no wrong bit.
    for qber in (0.02, 0.04, 0.08):
        alice, bob = pair(1 << 20, qber)
        found = ldpc(alice, bob, qber)
        assert (found.bits == alice).all() and found.efficiency < 1.2 and found.retried <= 4


def test_verification_sees_a_single_flipped_bit_and_a_changed_length():
    randomness = SeededRandomness(np.random.default_rng(2))
    bits = randomness.bits(10_000)
    for place in (0, 5_000, 9_999):
        keys = hash_keys(randomness)
        other = bits.copy()
        other[place] ^= 1
        assert verification_hash(bits, 52, keys) != verification_hash(other, 52, keys)
        assert verification_hash(bits, 52, keys) != verification_hash(np.append(bits, 0), 52, keys)
    # A hash of 8 bits collides with 1/256 to 2/256: 5 standard errors over 4000 draws.
    hits = 0
    for _ in range(4000):
        keys = hash_keys(randomness)
        hits += verification_hash(bits[:100], 8, keys) == verification_hash(bits[100:200], 8, keys)
    assert hits / 4000 < 2 / 256 + 5 * math.sqrt(2 / 256 / 4000)


@pytest.mark.parametrize("compact", [True, False])
@pytest.mark.parametrize("n, m", [(1, 1), (64, 1), (500, 200), (1000, 1000), (777, 0), (3001, 1500)])
def test_hashing_is_exact(n, m, compact):
    rng = np.random.default_rng(n)
    bits = rng.integers(0, 2, n, dtype=np.uint8)
    seed = rng.integers(0, 2, seed_length(n, m, compact), dtype=np.uint8)
    assert (toeplitz(bits, m, seed, compact) == toeplitz_direct(bits, m, seed, compact)).all()


@pytest.mark.parametrize("n", [1_200_000, pytest.param(4_000_000, marks=pytest.mark.slow)])
def test_hashing_of_large_blocks_is_exact_where_it_is_checked(n):
    rng = np.random.default_rng(4)
    bits = rng.integers(0, 2, n, dtype=np.uint8)
    m = n // 3
    seed = rng.integers(0, 2, seed_length(n, m), dtype=np.uint8)
    found = toeplitz(bits, m, seed)
    for i in (0, 1, 12345, m // 2, m - 1):
        row = seed[i : i + n - m][::-1]
        assert found[i] == (int(np.count_nonzero(row & bits[: n - m])) & 1) ^ bits[n - m + i]


@pytest.mark.parametrize("share", [0.0, 0.02, 0.98, 1.0])
def test_hashing_of_bits_far_from_random_is_exact(share):
    rng = np.random.default_rng(6)
    n, m = 600_000, 200_000
    bits = (rng.random(n) < share).astype(np.uint8)
    seed = (rng.random(seed_length(n, m)) < 1 - share).astype(np.uint8)
    found = toeplitz(bits, m, seed)
    for i in (0, 777, m - 1):
        row = seed[i : i + n - m][::-1]
        assert found[i] == (int(np.count_nonzero(row & bits[: n - m])) & 1) ^ bits[n - m + i]


def test_rounding_that_cannot_be_trusted_is_refused(monkeypatch):
    from qnetframe_qkd.postprocessing import amplification

    monkeypatch.setattr(amplification, "_TOLERANCE", -1.0)
    with pytest.raises(amplification.PrecisionError, match="split the block"):
        toeplitz(np.ones(5000, np.uint8), 1000, np.ones(4999, np.uint8))


def test_hashing_is_linear_and_universal():
    rng = np.random.default_rng(7)
    x, y = (rng.integers(0, 2, 300, dtype=np.uint8) for _ in (0, 1))
    hits = 0
    for _ in range(2000):
        seed = rng.integers(0, 2, seed_length(300, 6), dtype=np.uint8)
        assert (toeplitz(x, 6, seed) ^ toeplitz(y, 6, seed) == toeplitz(x ^ y, 6, seed)).all()
        hits += not (toeplitz(x ^ y, 6, seed)).any()
    assert abs(hits / 2000 - 1 / 64) < 5 * math.sqrt(1 / 64 / 2000)


def test_authentication_counts_its_key_and_finds_changes():
    key = SeededRandomness(np.random.default_rng(3)).bits(127 * 4)
    sender, receiver = Authenticator(key), Authenticator(key)
    tag = sender.tag(b"bases")
    receiver.check(b"bases", tag, "bases")
    assert sender.used == receiver.used == 2 * 127
    with pytest.raises(AuthenticationError, match="'more' was altered"):
        receiver.check(b"more.", sender.tag(b"more!"), "more")
    sender.tag(b"")
    with pytest.raises(InvalidInputError, match="all used"):
        sender.tag(b"too much")
    assert 0 <= tag < PRIME


def test_a_ledger_that_does_not_add_up_is_refused():
    assert Ledger((Entry("sifted", 10), Entry("leak", -3)), 7, 2).net_bits == 5
    with pytest.raises(QnetframeError, match="adds up to 7 bits, but the key has 8"):
        Ledger((Entry("sifted", 10), Entry("leak", -3)), 8, 0)


def test_a_billion_pulses_at_50_km_give_a_key():
    found = decoy_session(AT_50_KM, 10**9, seed=1)
    assert not found.aborted and found.length > 500_000
    assert len(found.alice) == len(found.bob) == found.length and (found.alice == found.bob).all()
    assert sum(e.bits for e in found.ledger.entries) == found.length
    assert found.ledger.net_bits == found.length - found.ledger.authentication_bits
    lines = found.ledger.to_dict()["entries"]
    assert lines["sifted bits in Z"] == found.figures["sifted in Z"]
    assert found.figures["f"] < 1.05 and health(found.alice).good
    # The same figures by the formula of Lim et al. for the expected counts, within five per cent.
    assert "error correction" in str(found.ledger) and found.epsilon_sec == 1e-10
    assert (
        decoy_session(AT_50_KM, 10**7, seed=1).to_dict() == decoy_session(AT_50_KM, 10**7, seed=1).to_dict()
    )


def test_without_a_seed_two_runs_have_nothing_in_common():
    first, second = (decoy_session(AT_50_KM, 3 * 10**8) for _ in (0, 1))
    assert (
        (first.alice == first.bob).all() and (second.alice == second.bob).all() and health(first.alice).good
    )
    n = min(first.length, second.length)
    assert n > 50_000 and abs((first.alice[:n] ^ second.alice[:n]).mean() - 0.5) < 5 / (2 * math.sqrt(n))


def test_the_length_is_that_of_the_finite_key_formula():
    from qnetframe_qkd import finite

    found = decoy_session(AT_50_KM, 10**9, seed=3)
    expected = finite.decoy_bb84(
        50, found.figures["sifted in Z"], afterpulse_probability=0.0, basis_probability=0.85, signal_probability=0.4,
        weak_probability=0.43, signal_intensity=0.42, weak_intensity=0.2, f_ec=found.figures["f"],
    )  # fmt: skip
    # Counts fluctuate: s_X1 by some thousands of a million, the phase error rate by a tenth.
    assert found.length == pytest.approx(expected.length, rel=0.06)


def test_an_eavesdropper_makes_it_abort_and_say_why():
    attacked = dataclasses.replace(AT_50_KM, attack="intercept-resend", strength=0.25)
    found = decoy_session(attacked, 10**9, seed=1)
    assert found.length == 0 and "above the limit 0.05" in found.aborted
    patient = decoy_session(attacked, 10**9, seed=1, qber_limit=0.11)
    assert patient.length == 0 and "leave nothing" in patient.aborted
    split = dataclasses.replace(AT_50_KM, attack="photon-number-splitting")
    assert decoy_session(split, 10**8, seed=1).length == 0


@pytest.mark.parametrize(
    "what",
    [
        "detections and bases",
        "matches and intensities",
        "bits of the test",
        "parities",
        "verification hash",
        "seed of the hash",
    ],
)
def test_an_altered_message_is_detected(what):
    def tamper(name, data):
        return data if name != what else data[:-1] + bytes([data[-1] ^ 1])

    with pytest.raises(AuthenticationError, match=f"'{what}' was altered"):
        decoy_session(AT_50_KM, 10**9 if what == "seed of the hash" else 10**7, seed=1, tamper=tamper)


def test_an_undetected_flip_in_the_corrected_bits_fails_verification(monkeypatch):
    from qnetframe_qkd.postprocessing import distillation

    def broken(alice, bob, *args, **more):
        found = cascade(alice, bob, *args, **more)
        found.bits[17] ^= 1
        return found

    monkeypatch.setattr(distillation, "cascade", broken)
    assert "verification failed" in distill_bb84(*pair(100_000, 0.01), rng=np.random.default_rng(1)).aborted


def test_sifted_bits_give_a_key_with_real_randomness():
    found = distill_bb84(*pair(200_000, 0.02))
    assert (found.alice == found.bob).all() and found.length > 50_000 and health(found.alice).good
    again = distill_bb84(*pair(200_000, 0.02))
    assert found.length != again.length or (found.alice != again.alice).any()


@pytest.mark.parametrize(
    "n, q, reason",
    [(10_000, 0.2, "above the limit"), (500, 0.01, "use larger blocks"), (100_000, 0.1, "leaves nothing")],
)
def test_no_key_is_said_with_its_reason(n, q, reason):
    found = distill_bb84(*pair(n, q), rng=np.random.default_rng(1), qber_limit=0.12)
    assert found.length == 0 and reason in found.aborted


def test_dead_time_and_afterpulses_go_through():
    found = decoy_session(AT_50_KM, 10**9, seed=2, memory=Memory(100, 0.01, 5.0))
    assert 0 < found.length < 765_639 and (found.alice == found.bob).all()
    assert found.figures["QBER in X"] > 0.009


def test_slices():
    slices = SliceReconciler(0.95, 4)
    values = np.random.default_rng(1).normal(0, 2, 100_000)
    counts = np.bincount(slices.quantise(values, 2.0), minlength=16)
    assert abs(counts - 6250).max() < 5 * math.sqrt(6250)
    assert slices.leakage(3.0, 100) == pytest.approx(100 * (4 - 0.95 * 1.0))


def test_health_tests():
    assert health(random_bits(100_000)).good
    rng = np.random.default_rng(1)
    assert "monobit" in health((rng.random(100_000) < 0.48).astype(np.uint8)).failed
    assert "runs" in health(np.tile([0, 1], 50_000)).failed
    slow = np.repeat(rng.integers(0, 2, 20_000), 5)
    assert {"runs", "chi-square"} <= set(health(slow).failed)
    assert "monobit" in health(np.ones(4096, int)).failed
    # NIST SP 800-22, 2.1.8: the first 100 bits of π have the p-value .109599; here the same n, repeated formula.
    pi = (
        "1100100100001111110110101010001000100001011010001100001000110100110001001100011001100010100010111000"
    )
    bits = np.array(list(pi), int)
    assert math.erfc(abs(2 * bits.sum() - 100) / math.sqrt(200)) == pytest.approx(0.109599, abs=1e-6)
    tiled = health(np.tile(bits, 30))
    assert tiled.p_values["monobit"] == pytest.approx(math.erfc(16 * 30 / math.sqrt(6000)), rel=1e-9)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: cascade([0, 1], [0, 1, 1], 0.1), "2 bits and bob 3"),
        (lambda: cascade([0, 2], [0, 1], 0.1), "row of bits"),
        (lambda: cascade([0, 1], [0, 1], 0.6), "qber is 0.6"),
        (lambda: toeplitz([0, 1], 3, [0]), "length is 3"),
        (lambda: toeplitz([0, 1, 1], 1, [0]), "seed has 1 bits"),
        (lambda: distill_bb84([0, 1], [0, 1], test_share=0.0), "test_share is 0.0"),
        (lambda: distill_bb84([0] * 99, [0] * 99, epsilon_sec=2.0), "epsilon_sec is 2.0"),
        (lambda: distill_bb84([0] * 99, [0] * 99, method="turbo"), "method is 'turbo'"),
        (lambda: decoy_session(AT_50_KM, 0), "pulses is 0"),
        (lambda: decoy_session(AT_50_KM, 10, epsilon_cor=0.0), "epsilon_cor is 0.0"),
        (lambda: SliceReconciler(1.2), "efficiency is 1.2"),
        (lambda: health([0, 1]), "at least 2048"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(InvalidInputError, match=message):
        call()


def test_a_key_by_ldpc_has_its_ledger():
    alice, bob = pair(40_000, 0.02)
    result = distill_bb84(alice, bob, method="ldpc", rng=np.random.default_rng(4))
    assert result.length > 5_000 and (result.alice == result.bob).all()
    lines = {e.what: e.bits for e in result.ledger.entries}
    rest = 36_000 * binary_entropy(result.figures["QBER of the key"])
    assert -lines["error correction"] == pytest.approx(result.figures["f"] * rest, abs=1)
    assert 1.0 < result.figures["f"] < 1.3
