"""The store: one SQLite file with one row for each finished task, of whatever kind."""

from qnetframe.experiment.store.rows import Row
from qnetframe.experiment.store.store import Store
from qnetframe.experiment.store.summary import Mean, Point

__all__ = ["Mean", "Point", "Row", "Store"]
