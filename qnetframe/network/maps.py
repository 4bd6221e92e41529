"""Real maps by name, from the package topohub: the Internet Topology Zoo, SNDlib, CAIDA and others."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from qnetframe.errors import InvalidInputError, UnknownNameError
from qnetframe.network.links import Link, LinkModel
from qnetframe.network.network import Network, Node
from qnetframe.network.shapes import Place

# Mean radius of the Earth: IUGG, H. Moritz, J. Geodesy 74, 128 (2000).
EARTH_KM = 6371.0088


def available_maps() -> tuple[str, ...]:
    """Return the names of the maps, such as "topozoo/Surfnet"; InvalidInputError without topohub."""
    folder = _folder()
    return tuple(sorted(p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.json")))


def read_map(name: str) -> Network:
    """Return the network of a map, with the lengths of its links and without any physics.

    Nodes have their ``longitude_deg`` and ``latitude_deg`` and, for geometry, the place in km to which these
    project; a link's length is the ``dist`` of the map. A node without a name of its own has its number
    after it. The "gabriel" maps are made up, on a plane in km. Raises UnknownNameError for a map that topohub
    does not have; InvalidInputError without topohub, and for a map whose coordinates are none on the Earth.
    """
    known = available_maps()
    if name not in known:
        raise UnknownNameError("map", str(name), known)
    # Not topohub.get, which leaves the file open.
    data = json.loads((_folder() / f"{name}.json").read_text(encoding="utf-8"))
    names = distinct_names([(str(n["id"]), n.get("name")) for n in data["nodes"]])
    by_id = dict(zip((n["id"] for n in data["nodes"]), names, strict=True))
    places = [(float(n["pos"][0]), float(n["pos"][1])) for n in data["nodes"]]
    nodes = [
        Node(each, position=place, attributes={**more, **_plain(node, "type")})
        for each, (place, more), node in zip(names, _located(name, places), data["nodes"], strict=True)
    ]
    links = [
        Link(
            by_id[e["source"]], by_id[e["target"]], LinkModel(),
            length_km=float(e["dist"]), attributes=_plain(e, "type"),
        )
        for e in data["edges"]
    ]  # fmt: skip
    return Network(tuple(nodes), tuple(links))


def distinct_names(given: Sequence[tuple[str, Any]]) -> list[str]:
    """Return a name for each (id, label): the label, with the id after it where others have it too."""
    count = Counter(str(label) for _, label in given if label not in (None, ""))
    names = []
    for key, label in given:
        if label in (None, ""):
            names.append(key)
        else:
            names.append(str(label) if count[str(label)] == 1 else f"{label} {key}")
    return names


def projected(degrees: Iterable[Place]) -> list[Place]:
    """Return places in km (east, north) of (longitude, latitude) in degrees, on a plane at their middle.

    The equirectangular projection, true to scale along the middle parallel: J. P. Snyder, Map Projections (US
    Geological Survey, 1987), chapter 12.
    """
    known = list(degrees)
    west, east = min(x for x, _ in known), max(x for x, _ in known)
    south, north = min(y for _, y in known), max(y for _, y in known)
    x0, y0 = (west + east) / 2, (south + north) / 2
    scale = math.radians(1.0) * EARTH_KM
    return [(scale * math.cos(math.radians(y0)) * (x - x0), scale * (y - y0)) for x, y in known]


def great_circle_km(first: Place, second: Place) -> float:
    """Return the distance in km along the surface of two (longitude, latitude) in degrees.

    The haversine formula: R. W. Sinnott, Sky and Telescope 68, 159 (1984).
    """
    (x1, y1), (x2, y2) = ((math.radians(x), math.radians(y)) for x, y in (first, second))
    h = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


def _located(name: str, places: list[Place]) -> list[tuple[Place, dict[str, float]]]:
    """Return the place in km and the attributes of every node of a map."""
    if name.startswith("gabriel/"):
        return [(place, {}) for place in places]
    for longitude, latitude in places:
        if abs(longitude) > 180 or abs(latitude) > 90:
            raise InvalidInputError(
                f"map {name!r} has a node at longitude {longitude:g} and latitude {latitude:g}: its places "
                "are those of a drawing, from which no length follows; choose another map"
            )
    degrees = [{"longitude_deg": longitude, "latitude_deg": latitude} for longitude, latitude in places]
    return list(zip(projected(places), degrees, strict=True))


def _plain(entry: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: entry[key] for key in keys if isinstance(entry.get(key), str)}


def _folder() -> Path:
    try:
        import topohub
    except ImportError:
        raise InvalidInputError(
            "topology 'map' needs the package topohub: pip install 'qnetframe[maps]'"
        ) from None
    return Path(str(topohub.__file__)).parent / "data"
