"""A store as one flat table, a row for each task: CSV, Parquet, pandas."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from qnetframe.errors import InvalidInputError, QnetframeError
from qnetframe.experiment.store.rows import Row

Type: TypeAlias = Literal["number", "whole", "text", "truth"]
FORMATS = (".csv", ".parquet")
_CHUNK = 5000
_FRONT: Mapping[str, Type] = {"id": "text", "kind": "text", "seed": "whole", "status": "text"}
_BACK: Mapping[str, Type] = {
    "seconds": "number", "peak_memory_bytes": "whole", "attempts": "whole", "finished": "text",
    "host": "text", "versions": "text", "error_kind": "text", "error": "text", "info": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """The columns of an export with their types: what every row has, settings, and three for each figure."""

    settings: Mapping[str, Type]
    figures: tuple[str, ...]

    @property
    def types(self) -> dict[str, Type]:
        """All columns in order."""
        found = dict(_FRONT)
        found.update((self.setting(key), type_) for key, type_ in self.settings.items())
        for figure in self.figures:
            found[figure] = found[f"{figure} (standard error)"] = "number"
            found[f"{figure} (shots)"] = "whole"
        return {**found, **_BACK}

    def setting(self, key: str) -> str:
        """Return the column of a setting: its name, unless something else is called so."""
        return f"setting {key}" if key in _FRONT or key in _BACK or key in self.figures else key

    def values(self, row: Row) -> dict[str, Any]:
        """Return the values of a row, None where it has none."""
        outcome = row.outcome
        found: dict[str, Any] = {
            "id": outcome.task.id, "kind": outcome.task.kind, "seed": outcome.task.seed,
            "status": outcome.status, "seconds": outcome.seconds,
            "peak_memory_bytes": outcome.peak_memory_bytes, "attempts": outcome.attempts,
            "finished": datetime.fromtimestamp(row.finished, UTC).isoformat(timespec="milliseconds"),
            "host": outcome.host, "versions": json.dumps(dict(outcome.versions)),
            "error_kind": outcome.error_kind or None, "error": outcome.error or None,
            "info": json.dumps(dict(outcome.info)),
        }  # fmt: skip
        for key, type_ in self.settings.items():
            value = outcome.task.settings.get(key)
            plain = value is None or isinstance(value, str) or type_ != "text"
            found[self.setting(key)] = value if plain else json.dumps(value)
        for figure, estimate in outcome.estimates.items():
            found[figure] = estimate.value
            found[f"{figure} (standard error)"] = estimate.standard_error
            found[f"{figure} (shots)"] = estimate.shots
        return {name: found.get(name) for name in self.types}


def columns_of(types: Iterable[tuple[str, str]], figures: Iterable[str]) -> Columns:
    """Return the columns for settings of the given JSON types, (name, type) for each pair that occurs."""
    met: dict[str, set[str]] = {}
    for key, type_ in types:
        met.setdefault(key, set()).add(type_)
    return Columns({key: _type(names - {"null"}) for key, names in met.items()}, tuple(figures))


def _type(names: set[str]) -> Type:
    if names and names <= {"true", "false"}:
        return "truth"
    if names == {"integer"}:
        return "whole"
    return "number" if names and names <= {"integer", "real"} else "text"


def write_table(path: Path, columns: Columns, rows: Iterable[Row]) -> int:
    """Write rows into a .csv or .parquet file and return how many; it appears when it is complete."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise InvalidInputError(f"path '{path}' ends in {path.suffix!r}; allowed are {' and '.join(FORMATS)}")
    part = path.with_name(f".{path.name}.part")
    write: Callable[[Path, Columns, Iterator[list[dict[str, Any]]]], int]
    write = _write_csv if suffix == ".csv" else _write_parquet
    try:
        count = write(part, columns, _chunks(columns, rows))
        part.replace(path)
    except OSError as error:
        raise InvalidInputError(f"path '{path}' cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def to_frame(columns: Columns, rows: Iterable[Row]) -> Any:
    """Return rows as a pandas DataFrame."""
    import pandas as pd

    frames = [_frame(columns, chunk) for chunk in _chunks(columns, rows)]
    return pd.concat(frames, ignore_index=True) if frames else _frame(columns, [])


def _frame(columns: Columns, chunk: list[dict[str, Any]]) -> Any:
    import pandas as pd

    kinds = {"number": "float64", "whole": "Int64", "text": "object", "truth": "boolean"}
    return pd.DataFrame(
        {
            name: pd.array([values[name] for values in chunk], dtype=kinds[type_])
            for name, type_ in columns.types.items()
        }
    )


def _chunks(columns: Columns, rows: Iterable[Row]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(columns.values(row))
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _write_csv(path: Path, columns: Columns, chunks: Iterator[list[dict[str, Any]]]) -> int:
    count = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(columns.types))
        writer.writeheader()
        for chunk in chunks:
            writer.writerows(chunk)
            count += len(chunk)
    return count


def _write_parquet(path: Path, columns: Columns, chunks: Iterator[list[dict[str, Any]]]) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise QnetframeError("Parquet needs pyarrow: pip install 'qnetframe[data]'") from error
    kinds = {"number": pa.float64(), "whole": pa.int64(), "text": pa.string(), "truth": pa.bool_()}
    schema = pa.schema([(name, kinds[type_]) for name, type_ in columns.types.items()])
    count = 0
    with pq.ParquetWriter(path, schema) as writer:
        for chunk in chunks:
            writer.write_table(pa.Table.from_pylist(chunk, schema=schema))
            count += len(chunk)
    return count
