"""Names of settings as people write them, with their units."""

from __future__ import annotations

_UNITS = {"_km": "km", "_s": "s", "_hz": "Hz", "_db_per_km": "dB/km", "_db": "dB", "_rad": "rad"}


def in_words(name: str) -> str:
    """Return a setting as the label of an axis: "link.length_km" is "link length (km)".

    >>> in_words("link.length_km"), in_words("link.attenuation_db_per_km"), in_words("fidelity +i")
    ('link length (km)', 'link attenuation (dB/km)', 'fidelity +i')
    """
    for ending, unit in sorted(_UNITS.items(), key=lambda item: -len(item[0])):
        if name.endswith(ending) and " " not in name:
            return f"{name.removesuffix(ending)} ({unit})".replace(".", " ").replace("_", " ")
    return name if " " in name else name.replace(".", " ").replace("_", " ")
