"""Curves out of a store: one figure against one setting, a curve for each of what else varies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.experiment.store import Mean, Point, Store
from qnetframe.experiment.store.summary import pooled
from qnetframe.report.labels import in_words

MOST_CURVES = 40


@dataclass(frozen=True)
class Curve:
    """One curve: its label, and for each x the mean of the figure over seeds. x are numbers, or names."""

    label: str
    x: tuple[Any, ...]
    means: tuple[Mean, ...]


@dataclass(frozen=True)
class Curves:
    """Curves of one figure against one setting."""

    x: str
    y: str
    by: tuple[str, ...]
    curves: tuple[Curve, ...]

    @property
    def numeric(self) -> bool:
        """Whether x is a number everywhere."""
        return all(is_number(x) for curve in self.curves for x in curve.x)


def curves_of(
    store: Store,
    x: str,
    y: str,
    by: str | Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
) -> Curves:
    """Return the curves of figure ``y`` against setting ``x``, one for each combination of ``by``.

    Names may be shortened to what comes after the last dot, or to words of a figure, where only one fits.
    Raises UnknownNameError for a name that the store does not have, and InvalidInputError where another
    setting varies, which would be averaged over silently: add it to ``by``, or fix it by ``where``.
    """
    points = store.points()
    known = keys_of(points)
    chosen = {name_of(key, known, "setting"): value for key, value in (where or {}).items()}
    points = store.points(where=chosen) if chosen else points
    figure = name_of(y, store.figures(), "figure")
    return join_curves(points, store.means(figure), name_of(x, known, "setting"), figure, _names(by, known))


def join_curves(
    points: Sequence[Point], means: Mapping[int, Mean], x: str, figure: str, by: Sequence[str]
) -> Curves:
    """Return the curves of means that are known by point; see ``curves_of``."""
    points = [point for point in points if point.number in means]
    if not points:
        raise InvalidInputError(f"no finished task with these settings has the figure {figure!r}")
    others = [key for key, values in axes_of(points).items() if key not in (x, *by) and len(values) > 1]
    others = [key for key in others if not _follows(points, key, (x, *by))]
    if others:
        raise InvalidInputError(
            f"{', '.join(others)} {'vary' if len(others) > 1 else 'varies'} as well, and would be "
            f"averaged over: add to by, or fix with where ({others[0]}={axes_of(points)[others[0]][0]!r})"
        )
    groups: dict[tuple[Any, ...], dict[Any, list[Mean]]] = {}
    for point in points:
        if x not in point.settings:
            continue
        label = tuple(hashable(point.settings.get(key)) for key in by)
        groups.setdefault(label, {}).setdefault(hashable(point.settings[x]), []).append(means[point.number])
    if not groups:
        raise InvalidInputError(f"no finished task with the figure {figure!r} has the setting {x!r}")
    if len(groups) > MOST_CURVES:
        raise InvalidInputError(
            f"by {', '.join(by)} gives {len(groups)} curves, at most {MOST_CURVES} are drawn"
        )
    found = []
    for label in sorted(groups, key=lambda parts: [order(part) for part in parts]):
        at = sorted(groups[label].items(), key=lambda item: order(item[0]))
        found.append(
            Curve(label_of(by, label), tuple(x for x, _ in at), tuple(pooled(parts) for _, parts in at))
        )
    return Curves(x, figure, tuple(by), tuple(found))


def axes_of(points: Iterable[Point]) -> dict[str, list[Any]]:
    """Return the values of every setting, sorted; a setting that some points lack has None among them."""
    found: dict[str, dict[Any, None]] = {}
    count: dict[str, int] = {}
    total = 0
    for point in points:
        total += 1
        for key, value in point.settings.items():
            found.setdefault(key, {})[hashable(value)] = None
            count[key] = count.get(key, 0) + 1
    for key, number in count.items():
        if number < total:
            found[key][None] = None
    return {key: sorted(values, key=order) for key, values in found.items()}


def keys_of(points: Iterable[Point]) -> list[str]:
    """Return the names of all settings, in order of appearance."""
    return list(dict.fromkeys(key for point in points for key in point.settings))


def name_of(given: str, known: Sequence[str], what: str) -> str:
    """Return the one known name that is meant: itself, what ends in ``.given``, what has the word."""
    if given in known:
        return given
    for fits in (
        [name for name in known if name.rpartition(".")[2] == given],
        [name for name in known if given in name.split()],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits and what == "setting":
            raise InvalidInputError(f"{what} {given!r} may be {' or '.join(fits)}; write it in full")
        if fits:
            return fits[0]
    raise UnknownNameError(what, given, known)


def _names(by: str | Sequence[str], known: Sequence[str]) -> list[str]:
    parts = [part for part in by.split(",") if part] if isinstance(by, str) else list(by)
    return [name_of(part.strip(), known, "setting") for part in parts]


def _follows(points: Sequence[Point], key: str, chosen: Sequence[str]) -> bool:
    """Whether a setting is the same wherever the chosen ones are: then nothing is averaged over."""
    seen: dict[tuple[Any, ...], Any] = {}
    for point in points:
        at = tuple(hashable(point.settings.get(name)) for name in chosen)
        value = hashable(point.settings.get(key))
        if seen.setdefault(at, value) != value:
            return False
    return True


def label_of(by: Sequence[str], values: Sequence[Any]) -> str:
    """Return what a curve is called: the value alone where it is a name, else with that of the setting."""
    parts = []
    for key, value in zip(by, values, strict=True):
        short = in_words(key.rpartition(".")[2])
        parts.append(
            str(value) if isinstance(value, str) else f"{short} = {'none' if value is None else value}"
        )
    return ", ".join(parts)


def hashable(value: Any) -> Any:
    """Return a plain value so that it can be a key: lists and tables as JSON."""
    if isinstance(value, (list, dict)):
        from qnetframe.tasks import canonical

        return canonical(value)
    return value


def order(value: Any) -> tuple[int, float, str]:
    """Return what sorts plain values: numbers, then names, then none."""
    if is_number(value):
        return 0, float(value), ""
    return (2, 0.0, "") if value is None else (1, 0.0, str(value))


def is_number(value: Any) -> bool:
    """Whether a plain value is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
