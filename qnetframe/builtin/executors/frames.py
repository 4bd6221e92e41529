"""Messages between processes: a length, then a pickle, over pipes that may break at any byte."""

from __future__ import annotations

import os
import pickle
from typing import Any, BinaryIO

_LENGTH = 8


def packed(message: Any) -> bytes:
    """Return a message as bytes with their length in front."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(_LENGTH, "big") + body


def read(stream: BinaryIO) -> Any:
    """Return the next message of a blocking stream; EOFError where it ends."""
    return pickle.loads(_exactly(stream, int.from_bytes(_exactly(stream, _LENGTH), "big")))


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of the data to a file descriptor."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def take(buffer: bytearray) -> list[Any]:
    """Remove the complete messages at the front of a buffer and return them."""
    found = []
    while len(buffer) >= _LENGTH:
        end = _LENGTH + int.from_bytes(buffer[:_LENGTH], "big")
        if len(buffer) < end:
            break
        found.append(pickle.loads(bytes(buffer[_LENGTH:end])))
        del buffer[:end]
    return found


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
