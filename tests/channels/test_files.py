"""Channels from files: every form back and forth, and hostile or damaged files refused by name."""

import io
import json
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qnetframe.channels import (
    Channel,
    amplitude_damping,
    from_file,
    from_pauli_transfer,
    thermal_relaxation,
    two_qubit_depolarizing,
)
from qnetframe.errors import InvalidInputError
from qnetframe.plugins import Plugins

CHANNELS = (
    amplitude_damping(0.3),
    thermal_relaxation(1e-4, 5e-5, 1e-5),
    two_qubit_depolarizing(0.1),
    amplitude_damping(0.2).tensor(Channel.from_unitary([[0, 1], [1, 0]])),
)


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_form_comes_back(channel, tmp_path):
    path = tmp_path / "channel.json"
    path.write_text(json.dumps(channel.to_dict()))
    assert from_file(str(path)) == channel
    forms = {
        "kraus": np.stack(channel.kraus),
        "choi": channel.choi,
        "superoperator": channel.superoperator,
        "pauli_transfer": channel.pauli_transfer,
    }
    for form, array in forms.items():
        packed = tmp_path / f"{form}.npz"
        np.savez_compressed(packed, **{form: array}, name="mine")
        assert from_file(str(packed)).is_close(channel, 1e-12)
        assert from_file(str(packed)).name == "mine"
        pairs = np.stack([array.real, array.imag], axis=-1).tolist()
        path.write_text(json.dumps({form: pairs}))
        assert from_file(str(path)).is_close(channel, 1e-12)
    assert from_pauli_transfer(channel.pauli_transfer).is_close(channel, 1e-12)


def test_real_numbers_need_no_pairs_and_a_unitary_is_enough(tmp_path):
    path = tmp_path / "u.json"
    path.write_text(json.dumps({"unitary": [[0, 1], [1, 0]], "name": "flip"}))
    assert from_file(str(path)) == Channel.from_unitary([[0, 1], [1, 0]], "flip")
    assert Plugins(entry_points=False).make("channel", "from_file", {"path": str(path)}).name == "flip"


X = [[0, 1], [1, 0]]
BAD_JSON = {
    "empty": "",
    "no json": "{",
    "not a table": "[1, 2]",
    "nothing in it": "{}",
    "two forms": json.dumps({"unitary": X, "kraus": [X]}),
    "unknown key": json.dumps({"unitary": X, "extra": 1}),
    "same key twice": '{"unitary": [[0,1],[1,0]], "unitary": [[1,0],[0,1]]}',
    "not a number": '{"unitary": [[NaN, 0], [0, 1]]}',
    "infinite": '{"unitary": [[Infinity, 0], [0, 1]]}',
    "beyond floats": '{"unitary": [[1e999, 0], [0, 1]]}',
    "huge integer": '{"unitary": [[' + "9" * 400 + ", 0], [0, 1]]}",
    "ragged": json.dumps({"kraus": [[[1, 0], [0]]]}),
    "text": json.dumps({"unitary": [["1", "0"], ["0", "1"]]}),
    "null": json.dumps({"kraus": None}),
    "booleans": json.dumps({"unitary": [[True, False], [False, True]]}),
    "wrong depth": json.dumps({"unitary": [1, 0, 0, 1]}),
    "not trace preserving": json.dumps({"kraus": [[[0.5, 0], [0, 0.5]]]}),
    "not unitary": json.dumps({"unitary": [[1, 1], [0, 1]]}),
    "not completely positive": json.dumps({"pauli_transfer": np.diag([1, 1, 1, -1]).tolist()}),
    "complex transfer": json.dumps({"pauli_transfer": [[[1, 1], [0, 0]], [[0, 0], [1, 0]]]}),
    "three levels": json.dumps({"unitary": np.eye(3).tolist()}),
    "weights above 1": json.dumps({"pauli": {"X": 0.8, "Z": 0.8}}),
    "negative weight": json.dumps({"pauli": {"X": -0.1}}),
    "no label": json.dumps({"pauli": {"Q": 0.1}}),
    "many qubits": json.dumps({"pauli": {"X" * 40: 0.1}}),
    "weights in a list": json.dumps({"pauli": [0.1, 0.2]}),
    "name is a number": json.dumps({"name": 3, "unitary": X}),
    "deep": "[" * 100_000,
    "deep value": '{"kraus": ' + "[" * 500 + "1" + "]" * 500 + "}",
    "no text": b"\xff\xfe\x00\xd8",
}


@pytest.mark.parametrize("case", sorted(BAD_JSON))
def test_bad_json_is_refused_by_name(case, tmp_path):
    path = tmp_path / "bad.json"
    content = BAD_JSON[case]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidInputError, match=r"channel file '.*bad\.json'") as caught:
        from_file(str(path))
    assert len(str(caught.value)) < 1000


def packed(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def bomb():
    """An npz whose one array unpacks to 100 MB of zeros."""
    file = io.BytesIO()
    header = b"\x93NUMPY\x01\x00" + (118).to_bytes(2, "little")
    shape = b"{'descr': '<f8', 'fortran_order': False, 'shape': (12500000,), }"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kraus.npy", header + shape.ljust(117) + b"\n" + bytes(100_000_000))
    return file.getvalue()


BAD_NPZ = {
    "no archive": b"not a zip",
    "empty": b"",
    "cut short": packed(unitary=np.eye(2))[:-30],
    "pickled": packed(unitary=np.array([{"a": 1}], dtype=object)),
    "text": packed(unitary=np.array([["a", "b"], ["c", "d"]])),
    "not finite": packed(unitary=np.array([[np.nan, 0], [0, 1]])),
    "no dimensions": packed(unitary=np.array(1.0)),
    "none of anything": packed(kraus=np.zeros((0, 2, 2))),
    "too many qubits": packed(unitary=np.zeros((64, 64), dtype=np.int8)),
    "too many arrays": packed(**{f"a{i}": np.eye(2) for i in range(9)}),
    "bomb": bomb(),
}


@pytest.mark.parametrize("case", sorted(BAD_NPZ))
def test_bad_npz_is_refused_by_name(case, tmp_path):
    path = tmp_path / "bad.npz"
    path.write_bytes(BAD_NPZ[case])
    with pytest.raises(InvalidInputError, match=r"channel file '.*bad\.npz'"):
        from_file(str(path))


def test_files_that_are_not_there(tmp_path):
    for name in ("missing.json", "missing.npz", "\0.json"):
        with pytest.raises(InvalidInputError, match="cannot be read"):
            from_file(str(tmp_path / name) if "\0" not in name else name)
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(InvalidInputError, match="is no file"):
        from_file(str(tmp_path / "folder.json"))
    (tmp_path / "c.yaml").write_text("")
    with pytest.raises(InvalidInputError, match=r"must end in \.json or \.npz"):
        from_file(str(tmp_path / "c.yaml"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 10_000), byte=st.integers(0, 255), as_json=st.booleans())
def test_one_byte_changed_is_the_channel_or_a_named_error(position, byte, as_json, tmp_path):
    if as_json:
        content = bytearray(json.dumps(amplitude_damping(0.3).to_dict()).encode())
    else:
        content = bytearray(packed(kraus=np.stack(amplitude_damping(0.3).kraus)))
    content[position % len(content)] = byte
    path = tmp_path / ("c.json" if as_json else "c.npz")
    path.write_bytes(content)
    try:
        assert isinstance(from_file(str(path)), Channel)
    except InvalidInputError as error:
        assert "channel file" in str(error)
