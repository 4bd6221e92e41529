"""Broken OpenQASM: a named error or a program, never another exception, never a hang."""

import random
import re

import circuit_families as families
import pytest

from qnetframe.errors import QnetframeError
from qnetframe.program.openqasm import from_openqasm, to_openqasm
from qnetframe.program.program import Program

pytestmark = pytest.mark.timeout(60)

HAND_WRITTEN = [
    """OPENQASM 3.0;
include "stdgates.inc";
// a comment
const int[32] n = 3;
qubit[n] q; bit[3] c; bit flag;
gate bell(t) a, b { h a; ctrl @ rz(t / 2 + pi) a, b; inv @ pow(2) @ cx a, b; }
let pair = q[0:1];
bell(-1.5e-1) q[0], q[1];
for int i in [0:2:n - 1] { ry(i * pi / 4) q[i]; }
c[0] = measure q[0]; measure q[1] -> c[1];
flag = c[0] ^ c[1];
if (c == 3 && !flag) { x q[2]; } else if (c[0]) { sx q[2]; }
reset q[0]; barrier q;
negctrl @ gphase(0.25) q[2];
c[2] = measure q[2];
""",
    """OPENQASM 2.0;
include "qelib1.inc";
gate maj a,b,c { cx c,b; cx c,a; ccx a,b,c; }
qreg q[3]; creg c[3];
u3(0.1,pi/2,-pi) q[0]; cu1(2*pi/8) q[0],q[1];
maj q[0],q[1],q[2];
measure q -> c;
if(c==5) z q[1];
""",
]
VALID = [
    *HAND_WRITTEN,
    *(to_openqasm(families.ALL[n]) for n in ("qft_3_5", "teleportation", "repetition_1", "iqpe_3")),
]
PIECES = [
    "(" * 70, "[" * 40, "{" * 70, ")", "]", "}", "-" * 400, "!" * 400, "9" * 5000, "1e999", "0x", "-0", "1 / 0",
    "2 ** 99999", "1 << 99999", "\x00", "\ud800", "\U0001d7d8", "ψ", "‮", "\ufeff", "\r", "/*", "*/", "//", '"',
    "'", "\\", "@", "@x y\n", "#pragma z\n", "pragma w\n", "$0", "q[-4]", "q[9]", "q[0:9]", "q[{0}]", "c[c]", "ctrl @",
    "ctrl(99) @", "inv @", "pow(1e9) @", "pow(-0.3) @", "gphase(1);", "for int i in [0:999999999] { h q; }",
    "for int i in [0:0:1] {", "while(true){", "if (c) ", "else ", "gate g a { g a; }", "def f() {}", "qubit[1e9] z;",
    "qubit[999999999999] z;", "bit[-1] z;", "bit[9] z;", "measure", "reset", "nan", "inf", "im", "true", "U(1,2) q;",
    "let c = q;", "const", "let", "= =", ";;;", "++", "OPENQASM 3.0;", 'include "/etc/passwd";', "defcal x q {",
    "\t" * 500, "π" * 50, "complex", "1.2.3", "10ns", '"01"', "c = 1;", "c ^= 1;", "n = 2;", "sin(", "log(0)", "sqrt(-1)",
]  # fmt: skip


NUMBERS = ["0", "-1", "4", "64", "1000", "99999999999", "1e3", "0.5", "pi", "(1-1)", "c", "true", "2**63"]


def mutated(seed):
    """A valid text with one to six changes of characters, tokens or lines."""
    rng = random.Random(seed)
    text = rng.choice(VALID)
    for _ in range(rng.randint(1, 3)):
        kind = rng.randrange(20)
        if kind < 4:
            i = rng.randrange(len(text) + 1)
            j = min(len(text), i + rng.randint(1, 12))
            text = [
                text[:i] + text[j:],
                text[:i] + rng.choice(PIECES) + text[i:],
                text[:i] + text[i:j] * rng.randint(2, 30) + text[j:],
                text[:i] + chr(rng.choice([rng.randrange(128), rng.randrange(0xD800)])) + text[i + 1 :],
            ][kind]
        elif kind < 8:
            tokens = re.findall(r"\w+|\s+|[^\w\s]", text)
            i, k = rng.randrange(len(tokens)), rng.randrange(len(tokens))
            if kind == 4:
                tokens[i], tokens[k] = tokens[k], tokens[i]
            elif kind == 5:
                del tokens[i]
            elif kind == 6:
                tokens[i] = rng.choice(PIECES)
            else:
                tokens[i] = tokens[k]
            text = "".join(tokens) or "x"
        elif kind < 19:
            # A word for a word or a number for a number mostly passes the parser and tries what follows it.
            words = list(re.finditer(r"\b(?:[a-z]\w*|\d+)\b", text))
            old = rng.choice(words)
            others = [w[0] for w in words if w[0].isdigit() == old[0].isdigit()]
            new = rng.choice([*others, *NUMBERS] if old[0].isdigit() else others)
            text = text[: old.start()] + new + text[old.end() :]
        else:
            lines = text.splitlines(keepends=True)
            rng.shuffle(lines)
            text = "".join(lines)
    return text


def outcome(text):
    try:
        result = from_openqasm(text)
    except QnetframeError as error:
        result = error
        assert 5 < len(str(error)) < 2500, error
        assert error.__cause__ is None or error.__suppress_context__
    return result


def test_mutations_go_beyond_the_parser():
    errors = [str(outcome(mutated(i))) for i in range(100)]
    assert sum(e.startswith("OpenQASM line") for e in errors) >= 20


@pytest.mark.parametrize("block", range(10))
def test_mutated_texts(block):
    """Forty texts a block, 400 in all; most are errors, and every error names what is wrong."""
    results = [outcome(mutated(1000 * block + i)) for i in range(40)]
    errors = [r for r in results if isinstance(r, QnetframeError)]
    assert 20 <= len(errors) <= 39
    assert all(isinstance(r, (Program, QnetframeError)) for r in results)
    located = [e for e in errors if re.search(r"line \d+", str(e))]
    assert len(located) >= 0.7 * len(errors)


@pytest.mark.parametrize("piece", PIECES)
def test_every_hostile_piece_alone_and_inside(piece):
    outcome(piece)
    for text in HAND_WRITTEN:
        middle = text.index("measure")
        outcome(text[:middle] + piece + text[middle:])
        outcome(text + piece)


@pytest.mark.parametrize("text", VALID)
def test_the_texts_themselves_are_valid(text):
    assert isinstance(outcome(text), Program)


@pytest.mark.parametrize("text", HAND_WRITTEN)
def test_every_prefix(text):
    for end in range(0, len(text), 7):
        outcome(text[:end])
