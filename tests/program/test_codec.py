"""JSON: round trips are identities, the hash is the content, malformed documents are refused by name."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnetframe.channels import Channel
from qnetframe.channels.named import amplitude_damping, dephasing, two_qubit_depolarizing
from qnetframe.errors import InvalidInputError, LocalityError, QnetframeError
from qnetframe.program import codec
from qnetframe.program.circuit import Circuit
from qnetframe.program.gates import GATES
from qnetframe.program.program import Program
from qnetframe.values import Parity, all_of, any_of

PARTIES = ("alice", "bob", "node 3", "ψ.x")
angles = st.floats(-10, 10)
probabilities = st.floats(0, 1)
names = st.text(min_size=1, max_size=6).filter(lambda t: ":" not in t)


@st.composite
def programs(draw):
    """A valid program; every operation and every optional field can occur."""
    p = Program(draw(names))
    sizes = draw(st.lists(st.integers(1, 3), min_size=2, max_size=3))
    for party, size in zip(PARTIES, sizes, strict=False):
        p.qubits(party, *(f"q{i}" for i in range(size)))
    bits = []
    for number in range(draw(st.integers(0, 14))):
        _append(draw, p, bits, number)
    saved = [q for q in p.declared if draw(st.booleans())]
    if saved and draw(st.booleans()):
        p.save("state", *draw(st.permutations(saved)))
    if saved and draw(st.booleans()):
        p.expect("value", {q: draw(st.sampled_from("XYZ")) for q in saved})
    if draw(st.booleans()):
        p.output()
        for i in range(draw(st.integers(0, 2)) if bits else 0):
            p.output(_parity(draw, bits), label=f"out {i}")
    return p


def _parity(draw, bits):
    return Parity(
        tuple(draw(st.lists(st.sampled_from([b.id for b in bits]), max_size=3))), draw(st.integers(0, 1))
    )


def _when(draw, bits):
    kind = draw(st.integers(0, 3)) if bits else 0
    if kind < 2:
        return None if kind == 0 else _parity(draw, bits)
    parities = [_parity(draw, bits) for _ in range(draw(st.integers(1, 2)))]
    return all_of(*parities) if kind == 2 else any_of(*parities)


def _append(draw, p, bits, number):
    party = draw(st.sampled_from(p.parties))
    mine = [q for q, owner in p._owner.items() if owner == party]
    others = [q for q in p.declared if q not in mine]
    everyone = list(p.declared)
    kind = draw(st.integers(0, 13))
    name = draw(st.none() | st.just(f"bit {number}"))
    if kind == 0 and mine:
        fitting = [g for g in GATES.values() if g.num_qubits <= len(mine)]
        gate = draw(st.sampled_from(fitting))
        qubits = draw(st.permutations(mine))[: gate.num_qubits]
        p.gate(gate.name, *(draw(angles) for _ in range(gate.num_params)), *qubits, when=_when(draw, bits))
    elif kind == 1 and mine:
        rotation = np.array([[0.6, 0.8j], [0.8j, 0.6]])
        p.unitary(rotation, draw(st.sampled_from(mine)), when=_when(draw, bits))
    elif kind == 2 and mine:
        p.prepare(draw(st.sampled_from(mine)), [[0.7, 0.1 - 0.2j], [0.1 + 0.2j, 0.3]])
    elif kind == 3 and mine:
        readout = draw(st.just(0.0) | probabilities | st.tuples(probabilities, probabilities))
        bits.append(
            p.measure(draw(st.sampled_from(mine)), draw(st.sampled_from("zxy")), readout=readout, name=name)
        )
    elif kind == 4 and mine:
        p.reset(draw(st.sampled_from(mine)))
    elif kind == 5 and mine and others:
        p.entangle(draw(st.sampled_from(mine)), draw(st.sampled_from(others)), draw(st.none() | names))
    elif kind == 6 and mine:
        to = draw(st.sampled_from([q for q in PARTIES if q != party]))
        bits.append(p.send(draw(st.sampled_from(mine)), to, draw(st.none() | names)))
    elif kind == 7:
        p.idle(draw(st.permutations(everyone))[:2], draw(st.floats(0, 1e3)))
    elif kind == 8:
        channels = [dephasing(0.25), amplitude_damping(0.5), Channel([np.eye(2)], "nothing")]
        p.noise(draw(st.sampled_from(channels)), draw(st.sampled_from(everyone)))
        p.noise(two_qubit_depolarizing(draw(probabilities)), *draw(st.permutations(everyone))[:2])
    elif kind == 9 and mine:
        bits.append(p.erase(draw(st.sampled_from(mine)), draw(probabilities), name=name))
    elif kind == 10:
        some = draw(st.permutations(p.parties))[: draw(st.integers(0, len(p.parties)))]
        bits.append(p.coin(draw(probabilities), *some, name=name))
    elif kind == 11 and bits:
        value = _when(draw, bits)
        p.require(bits[0] if value is None else value)
    elif kind == 12 and bits:
        p.detector(_parity(draw, bits), draw(st.lists(angles, max_size=3)))
    elif kind == 13 and bits:
        p.observable(draw(st.integers(0, 5)), _parity(draw, bits))


@settings(max_examples=150)
@given(programs())
def test_program_round_trip_is_identity(p):
    again = Program.from_json(p.to_json())
    assert again == p
    assert again.to_dict() == p.to_dict()
    assert again.content_hash == p.content_hash
    assert again.operations == p.operations
    assert again.outputs == p.outputs
    assert again.parties == p.parties
    assert again.bit_owners == p.bit_owners
    assert again.resources == p.resources
    assert list(map(hash, again.operations)) == list(map(hash, p.operations))


@settings(max_examples=100)
@given(programs())
def test_circuit_round_trip_is_identity(p):
    circuit = p.circuit()
    again = Circuit.from_json(circuit.to_json())
    assert again == circuit
    assert hash(again) == hash(circuit)
    assert again.content_hash == circuit.content_hash
    assert again.outputs == circuit.outputs


@settings(max_examples=60)
@given(programs())
def test_a_rebuilt_program_goes_on_like_the_original(p):
    again = Program.from_json(p.to_json())
    for each in (p, again):
        each.qubit("zoe", "new")
        each.measure("zoe.new")
        each.send("zoe.new", "alice")
        each.coin(0.5)
    assert again == p
    assert again.bit_owners == p.bit_owners


def every_operation():
    """One program with each operation once and every optional field set."""
    p = Program("all")
    a, b = p.qubits("alice", "a", "b")
    c = p.qubit("bob", "c")
    m = p.measure(a, "x", readout=(0.01, 0.02))
    flag = p.coin(0.25, "alice")
    p.u3(0.1, 0.2, 0.3, b, when=all_of(m, flag ^ 1))
    p.unitary([[0, 1], [1, 0]], a, when=any_of(m, flag))
    p.prepare((a, b), np.diag([0.1, 0.2, 0.3, 0.4])).reset(a).entangle(b, c, "fibre").idle((a, c), 1e-6)
    p.noise(amplitude_damping(0.1), a).noise(two_qubit_depolarizing(0.1), a, c)
    p.erase(a, 0.125)
    p.send(b, "bob", "fibre")
    p.cx(b, c, when=m ^ flag)
    p.require(m ^ 1).detector(m ^ flag, (0, 1.5)).observable(2, m)
    p.save("s", a, b).expect("e", {c: "Y"})
    p.output(m ^ flag, label="o")
    return p


def test_every_operation_is_in_the_reference_document():
    kinds = {item["op"] for item in every_operation().to_dict()["operations"]}
    assert kinds == set(codec.KINDS)


def places(data, path=()):
    """Every path to a value inside plain JSON data."""
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def changed(data, path, value=None, *, drop=False):
    """A deep copy of the data with the value at a path replaced or dropped."""
    result = json.loads(json.dumps(data))
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    if drop:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return result


def names_the_place(error, path):
    """Whether a message says which field is wrong, or which operation cannot do without it."""
    keys = [key.rstrip("s") for key in path if isinstance(key, str)]
    return any(key in str(error) for key in ("operations[", "outputs", *keys))


DOCUMENT = every_operation().to_dict()
CIRCUIT = every_operation().circuit().to_dict()
DEEP: list = []
for _ in range(300):
    DEEP = [DEEP]
WRONG = [
    None, True, 0, -1, 2, 0.5, -0.5, 1e308, math.nan, math.inf, -math.inf, 10**400, "", "x", "alice.a", "m0", "😀", "\ud800",
    [], [[]], [1], ["x"], ["m0", "m0"], {}, {"x": 1}, {"parity": []}, {"parity": ["m0"], "constant": 2},
    {"all_of": [{"all_of": []}]}, [[[1, 0], [0, 0]], [[0, 0], [1, 0]]], [[[1, 0]], [[0, 0], [1, 0]]], DEEP,
]  # fmt: skip


@pytest.mark.parametrize(("document", "read"), [(DOCUMENT, Program), (CIRCUIT, Circuit)])
def test_every_value_replaced_is_read_or_refused_by_name(document, read):
    refused = 0
    for path in places(document):
        if {"matrix", "state", "kraus"} & set(path) and any(key in (1, 2, 3) for key in path[3:]):
            continue  # all entries of a matrix are read alike
        for value in WRONG:
            try:
                result = read.from_dict(changed(document, path, value))
            except QnetframeError as error:
                refused += 1
                assert names_the_place(error, path), (path, value, error)
            else:
                assert read.from_dict(result.to_dict()) == result
    assert refused > 1000


@pytest.mark.parametrize(("document", "read"), [(DOCUMENT, Program), (CIRCUIT, Circuit)])
def test_every_value_dropped_is_read_or_refused_by_name(document, read):
    for path in places(document):
        try:
            read.from_dict(changed(document, path, drop=True))
        except QnetframeError as error:
            assert names_the_place(error, path), (path, error)


@pytest.mark.parametrize(("document", "read"), [(DOCUMENT, Program), (CIRCUIT, Circuit)])
def test_every_unknown_field_is_refused_by_name(document, read):
    for path in [(), *places(document)]:
        inner = document
        for key in path:
            inner = inner[key]
        if isinstance(inner, dict) and "pauli" not in path and set(inner) - {"kraus"}:
            with pytest.raises(InvalidInputError, match="surprise"):
                read.from_dict(changed(document, (*path, "surprise"), 1))


@settings(max_examples=250)
@given(st.data())
def test_random_mutations_raise_nothing_else(data):
    """Two random places get random JSON values: read, or a named error."""
    json_values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.sampled_from(WRONG),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=8,
    )
    document, read = data.draw(st.sampled_from([(DOCUMENT, Program), (CIRCUIT, Circuit)]))
    for _ in range(2):
        path = data.draw(st.sampled_from(list(places(document))))
        document = changed(document, path, data.draw(json_values))
    try:
        result = read.from_dict(document)
    except QnetframeError as error:
        assert str(error)
    else:
        assert read.from_dict(result.to_dict()) == result


@settings(max_examples=400)
@given(st.data())
def test_damaged_text_raises_nothing_else(data):
    document, read = data.draw(st.sampled_from([(DOCUMENT, Program), (CIRCUIT, Circuit)]))
    text = json.dumps(document)
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 40))
    text = text[:start] + data.draw(st.text(max_size=6)) + text[start + length :]
    try:
        read.from_json(text)
    except QnetframeError as error:
        assert str(error)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "1" * 5000, None, b"\xff", "{} {}", "[NaN", "'a'"])
@pytest.mark.parametrize("read", [Program, Circuit])
def test_text_that_is_no_json(read, text):
    with pytest.raises(InvalidInputError, match="is not valid JSON"):
        read.from_json(text)


@pytest.mark.parametrize("value", [[], 1, "x", None, {}, {"format": 1}, {"format": "qnetframe-program-2"}])
@pytest.mark.parametrize("read", [Program, Circuit])
def test_documents_of_another_kind(read, value):
    with pytest.raises(InvalidInputError, match=r"document|format"):
        read.from_dict(value)


def test_the_line_and_column_of_a_mistake_are_told():
    with pytest.raises(InvalidInputError, match=r"program is not valid JSON.*line 2 column 1"):
        Program.from_json('{"format":\n}')


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("operations", 2, "name"), "crxx", r"operations\[2\].*unknown gate 'crxx'; did you mean 'crx'"),
        (("operations", 0, "readout"), [0.1, 1.5], r"operations\[0\].*P\(0\|1\) is 1\.5.*in \[0, 1\]"),
        (("operations", 0, "basis"), "w", r"operations\[0\].*basis is 'w'; it must be 'z', 'x' or 'y'"),
        (("operations", 1, "probability"), math.nan, r"operations\[1\].*probability is nan"),
        (
            ("operations", 2, "when", "all_of", 0, "parity"),
            ["m9"],
            r"operations\[2\].*'m9', which is not measured",
        ),
        (("operations", 5, "qubit"), "bob.z", r"operations\[5\].*unknown qubit 'bob.z'"),
        (("qubits", 0, "id"), "carol.a", r"qubits\[0\]\.id is 'carol\.a'; it must be 'party\.name'"),
        (("qubits", 1, "id"), "alice.a", r"qubits\[1\]\.id is 'alice\.a', which is declared already"),
        (("outputs", 0, "label"), "", r"outputs\[0\].*label is ''"),
        (("operations", 11, "bit"), "loss:7", r"operations\[11\].*'loss:7'; it must be 'loss:0'"),
        (("operations", 0, "bit"), "a:b", r"operations\[0\].*bit name is 'a:b'"),
        (("operations", 17, "label"), "s", r"operations\[17\].*label 's' is used twice"),
    ],
)
def test_messages_name_the_place_and_what_is_allowed(path, value, message):
    with pytest.raises(InvalidInputError, match=message):
        Program.from_dict(changed(DOCUMENT, path, value))


def test_a_document_obeys_locality():
    kinds = [item["op"] for item in DOCUMENT["operations"]]
    place = ("operations", kinds.index("prepare"), "qubits")
    with pytest.raises(LocalityError, match=r"operations\[4\]: prepare on alice's 'a' and bob's 'c'"):
        Program.from_dict(changed(DOCUMENT, place, ["alice.a", "bob.c"]))


def test_hash_differs_when_anything_differs():
    def build(**change):
        options = {
            "name": "p", "party": "bob", "qubit": "b", "angle": 0.5, "basis": "z", "bit": "m",
            "readout": 0.0, "constant": 0, "label": "s", "noise": 0.1, "link": None, "output": "o", "extra": False,
        } | change  # fmt: skip
        p = Program(options["name"])
        a, b = p.qubit("alice", "a"), p.qubit(options["party"], options["qubit"])
        p.entangle(a, b, options["link"]).rx(options["angle"], a).noise(dephasing(options["noise"]), a)
        m = p.measure(a, options["basis"], readout=options["readout"], name=options["bit"])
        p.x(b, when=m ^ options["constant"])
        if options["extra"]:
            p.z(b)
        return p.save(options["label"], b).output(m, label=options["output"])

    changes = [
        {}, {"name": "q"}, {"party": "carol"}, {"qubit": "c"}, {"angle": 0.5 + 1e-15}, {"basis": "x"}, {"bit": "n"},
        {"readout": 0.01}, {"constant": 1}, {"label": "t"}, {"noise": 0.2}, {"link": "l"}, {"output": "p"},
        {"extra": True},
    ]  # fmt: skip
    built = [build(**change) for change in changes]
    assert len({p.content_hash for p in built}) == len(changes)
    assert all(built[0] != other for other in built[1:])
    assert build() == built[0]
    assert build().content_hash == built[0].content_hash
    circuits = {p.circuit().content_hash for p in built}
    assert len(circuits) == len(changes) - 2  # the name and the link are no part of an ideal circuit


def test_the_hash_is_stable_across_versions():
    p = Program("stable")
    a, b = p.qubit("alice", "a"), p.qubit("bob", "b")
    p.entangle(a, b).x(b, when=p.measure(a))
    canonical = (
        '{"format":"qnetframe-program-1","name":"stable","operations":[{"op":"entangle","qubits":["alice.a","bob.b"]},'
        '{"bit":"m0","op":"measure","qubit":"alice.a"},{"name":"x","op":"gate","qubits":["bob.b"],'
        '"when":{"constant":0,"parity":["m0"]}}],"outputs":null,'
        '"qubits":[{"id":"alice.a","party":"alice"},{"id":"bob.b","party":"bob"}]}'
    )
    assert json.dumps(p.to_dict(), sort_keys=True, separators=(",", ":")) == canonical
    assert p.content_hash == "2d3d8e6e6080df17e144ee09a4d3e4bca5aff4fc9186208013d15b2eb79a025b"
    assert Program.from_json(canonical) == p


def test_conditions_round_trip():
    for value in (
        Parity(),
        Parity(("a", "b"), 1),
        all_of(Parity(("a",))),
        any_of(Parity(("a",)), Parity(("b",), 1)),
    ):
        assert codec.decode_condition(codec.encode_condition(value), "here") == value
