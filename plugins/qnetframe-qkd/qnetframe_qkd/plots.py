"""Figures: rates against distance, attacks, finite keys, the ledger. Each returns a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from qnetframe_qkd import finite, rates
from qnetframe_qkd.attacks import InterceptResend
from qnetframe_qkd.detection.pairs import chsh, pair_sifting
from qnetframe_qkd.detection.sifting import exact_figures
from qnetframe_qkd.postprocessing.ledger import Ledger
from qnetframe_qkd.protocols.pairs import E91
from qnetframe_qkd.protocols.prepared import B92, BB84, SARG04, SixState

# Okabe & Ito, "Color Universal Design" (2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#6E4B9E", "#7F7F7F")
_INK, _GRID = "#1c2430", "#dde2e9"
Rate = Callable[[float], float]


def standard_rates() -> dict[str, Rate]:
    """Return the rate functions that ``rate_against_distance`` shows, all with the same detectors.

    Efficiency .2, dark counts 1e-7, misalignment 2 %, f = 1.16 (GG02 has a detector of its own); bits a
    signal, sifting included where bases are equally likely. Device-independent QKD needs detectors above
    92.4 %, and is left out.
    """
    base: dict[str, Any] = {
        "attenuation_db_per_km": 0.2, "detector_efficiency": 0.2, "misalignment": 0.02, "f_ec": 1.16,
    }  # fmt: skip
    dark: dict[str, Any] = {"dark_count_probability": 1e-7}
    both: dict[str, Any] = {"background_yield": 2e-7}
    protocols = {"BB84": BB84, "six-state": SixState, "SARG04": SARG04, "B92": B92}

    def single(make: Callable[..., Any]) -> Rate:
        return lambda x: sifted_rate(make(length_km=x, **base, **dark))

    return {
        "decoy BB84": lambda x: rates.decoy_bb84(x, **base, **both).rate,
        "weak pulses, no decoys": lambda x: rates.optimal_intensity(x, **base, **both, decoys="none")[1].rate,
        "BBM92, source half way": lambda x: rates.bbm92(x, **base, **both).rate,
        "MDI": lambda x: rates.mdi(x, **base, **dark).rate,
        "twin-field": lambda x: rates.twin_field(x, **base, **dark).rate,
        "GG02, homodyne": lambda x: rates.gg02(x).rate,
        **{f"{name}, single photons": single(make) for name, make in protocols.items()},
        "E91, single pairs": lambda x: sifted_rate(E91(length_km=x, **base, **dark)),
    }


def sifted_rate(protocol: Any) -> float:
    """Return the rate per signal of a detection form: the sifted share times the rate of its QBER."""
    experiment = protocol.experiment()
    if isinstance(protocol, E91):
        figures = exact_figures(experiment, pair_sifting(experiment, protocol.matched(experiment)))
        assert protocol.bell is not None
        value = chsh(experiment, *protocol.bell)
        return figures.sifted.value * protocol.rate(figures.qber.value, value).rate
    figures = exact_figures(experiment, protocol.sifting(experiment))
    return figures.sifted.value * float(protocol.rate(min(0.5, figures.qber.value)).rate)


def rate_against_distance(
    functions: Mapping[str, Rate] | None = None, lengths_km: Sequence[float] | None = None
) -> Any:
    """Draw rates against distance on a logarithmic scale, with the PLOB bound."""
    figure, axes = _axes()
    lengths = np.linspace(0.5, 500, 101) if lengths_km is None else np.asarray(lengths_km)
    plob = [rates.plob(x).rate for x in lengths]
    axes.plot(lengths, plob, color=_INK, linestyle="--", linewidth=1.3, label="PLOB, no repeater")
    for i, (name, function) in enumerate((functions or standard_rates()).items()):
        colour, style = COLOURS[i % len(COLOURS)], ("-", "-.")[i // len(COLOURS) % 2]
        values = np.array([function(float(x)) for x in lengths])
        axes.plot(lengths, np.where(values > 0, values, np.nan), style, color=colour, label=name)
    axes.set(xlabel="length of fibre (km)", ylabel="secret bits per signal", yscale="log", ylim=(1e-10, 3))
    axes.set_xlim(0, float(lengths[-1]))
    axes.set_title("Secret-key rate against distance", loc="left", fontweight="bold")
    axes.legend(frameon=False, fontsize=7.5, ncols=2)
    return figure


def attack_strength(points: int = 21) -> Any:
    """Draw QBER and Eve's information against the share of pulses that is intercepted."""
    figure, axes = _axes()
    shares = np.linspace(0, 1, points)
    for (name, basis, protocol), colour in zip(
        (("BB84, Z or X", "zx", "bb84"), ("BB84, Breidbart basis", "breidbart", "bb84"), ("six-state",
        "zxy", "six-state")),
        COLOURS, strict=False,
    ):  # fmt: skip
        reports = [InterceptResend(float(s), basis).report(protocol) for s in shares]  # type: ignore[arg-type]
        style = "--" if basis == "breidbart" else "-"
        axes.plot(shares, [r.qber for r in reports], style, color=colour, label=f"QBER, {name}")
        axes.plot(shares, [r.information for r in reports], style, color=colour, alpha=0.45, linewidth=1.2,
                  label=f"Eve's bits per sifted bit, {name}")  # fmt: skip
    axes.axhline(0.1100279, color=_INK, linestyle=":", linewidth=1.2)
    axes.annotate("no key from BB84 above 11.0 %", (1.0, 0.113), ha="right", va="bottom", fontsize=8.5)
    axes.set(
        xlabel="share of pulses intercepted and sent on", ylabel="QBER, bits", xlim=(0, 1), ylim=(0, None)
    )
    axes.set_title("What intercept-resend costs and gives", loc="left", fontweight="bold")
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    return figure


def finite_key(length_km: float = 50.0, sizes: Sequence[float] | None = None) -> Any:
    """Draw finite-key rates against block size: BB84 at several QBERs, over what large blocks give."""
    figure, axes = _axes()
    blocks = np.logspace(3.3, 10, 40) if sizes is None else np.asarray(sizes)
    for q, colour in zip((0.01, 0.03, 0.05), COLOURS, strict=False):
        values = [finite.bb84(q, float(n)).rate for n in blocks]
        axes.plot(
            blocks,
            np.where(np.array(values) > 0, values, np.nan),
            color=colour,
            label=f"BB84, QBER {100 * q:g} %",
        )
        limit = 1 - 2.1 * rates.bb84(q).leakage
        axes.axhline(limit, color=colour, linestyle=":", linewidth=1.0)
    loss = [finite.decoy_bb84(length_km, float(n)) for n in blocks]
    share = np.array([r.quantities.get("length", 0) / n for r, n in zip(loss, blocks, strict=True)])
    axes.plot(blocks, np.where(share > 0, share, np.nan), color=_INK, label=f"decoy BB84, {length_km:g} km")
    axes.set(xlabel="sifted bits in a block", ylabel="secret bits per sifted bit", xscale="log", ylim=(0, 1))
    axes.set_title("Finite keys (ε = 1e-10); dotted: endless blocks", loc="left", fontweight="bold")
    axes.legend(frameon=False, fontsize=8.5)
    return figure


def ledger_waterfall(ledger: Ledger) -> Any:
    """Draw where the sifted bits of a run went, step by step, down to the key."""
    figure, axes = _axes()
    names = [*(e.what for e in ledger.entries), "key"]
    level = 0
    for i, entry in enumerate(ledger.entries):
        after = level + entry.bits
        axes.barh(
            i, abs(entry.bits), left=min(level, after), color=COLOURS[0 if entry.bits > 0 else 1], height=0.62
        )
        axes.text(max(level, after), i, f"  {entry.bits:,}", va="center", fontsize=8.5)
        axes.plot([after, after], [i, i + 1], color=_INK, linewidth=0.8)
        level = after
    axes.barh(len(names) - 1, ledger.key_bits, color=COLOURS[2], height=0.62)
    axes.text(ledger.key_bits, len(names) - 1, f"  {ledger.key_bits:,}", va="center", fontsize=8.5)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    most = max(max((e.bits for e in ledger.entries), default=1), 1)
    axes.set_xlim(0, 1.18 * most)
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    axes.set_xlabel("bits")
    axes.set_title("Where the bits went", loc="left", fontweight="bold")
    return figure


def coexistence(
    power_dbm: Sequence[float], rate_at: Callable[[float], float], label: str = "decoy BB84"
) -> Any:
    """Draw a rate against the launch power of classical light in the same fibre."""
    figure, axes = _axes()
    values = np.array([rate_at(float(p)) for p in power_dbm])
    axes.plot(power_dbm, np.where(values > 0, values, np.nan), color=COLOURS[0], label=label)
    axes.set(
        xlabel="launch power of all classical channels (dBm)", ylabel="secret bits per signal", yscale="log"
    )
    axes.set_title("Quantum and classical light in one fibre", loc="left", fontweight="bold")
    axes.legend(frameon=False)
    return figure


def _axes() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.2, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes
