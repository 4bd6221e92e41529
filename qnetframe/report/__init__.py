"""Reports: the HTML pages of a comparison and of a store, and figures."""

from qnetframe.report.budget import plot_budget, save_budget
from qnetframe.report.capacity_plot import plot_capacities, plot_purification, plot_superadditivity
from qnetframe.report.page import comparison_page, write_comparison
from qnetframe.report.plots import plot_comparison, save_figure
from qnetframe.report.sweep_page import sweep_page, write_sweep
from qnetframe.report.sweep_plots import plot, save_plot
from qnetframe.report.timeline_plot import plot_timeline, save_timeline

__all__ = [
    "comparison_page",
    "plot",
    "plot_budget",
    "plot_capacities",
    "plot_comparison",
    "plot_purification",
    "plot_superadditivity",
    "plot_timeline",
    "save_budget",
    "save_figure",
    "save_plot",
    "save_timeline",
    "sweep_page",
    "write_comparison",
    "write_sweep",
]
