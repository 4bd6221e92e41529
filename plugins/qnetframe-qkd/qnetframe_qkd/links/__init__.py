"""Links and networks of links: what key they give."""

from qnetframe_qkd.links.rating import LinkRate, best_intensity, link_rate, max_distance, rate
from qnetframe_qkd.links.relays import (
    RelayPath,
    alternatives,
    draw_rate_map,
    maximum_flow,
    rate_map,
    widest_path,
)

__all__ = [
    "LinkRate",
    "RelayPath",
    "alternatives",
    "best_intensity",
    "draw_rate_map",
    "link_rate",
    "max_distance",
    "maximum_flow",
    "rate",
    "rate_map",
    "widest_path",
]
