"""Reports: the HTML page of a comparison, and its figures."""

from qnetframe.report.budget import plot_budget, save_budget
from qnetframe.report.page import comparison_page, write_comparison
from qnetframe.report.plots import plot_comparison, save_figure

__all__ = [
    "comparison_page",
    "plot_budget",
    "plot_comparison",
    "save_budget",
    "save_figure",
    "write_comparison",
]
