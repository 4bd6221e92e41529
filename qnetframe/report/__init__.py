"""Reports: the HTML page of a comparison, its figures, and those of budgets and timelines."""

from qnetframe.report.budget import plot_budget, save_budget
from qnetframe.report.capacity_plot import plot_capacities, plot_purification, plot_superadditivity
from qnetframe.report.page import comparison_page, write_comparison
from qnetframe.report.plots import plot_comparison, save_figure
from qnetframe.report.timeline_plot import plot_timeline, save_timeline

__all__ = [
    "comparison_page",
    "plot_budget",
    "plot_capacities",
    "plot_comparison",
    "plot_purification",
    "plot_superadditivity",
    "plot_timeline",
    "save_budget",
    "save_figure",
    "save_timeline",
    "write_comparison",
]
