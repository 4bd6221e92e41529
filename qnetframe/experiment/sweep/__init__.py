"""Sweeps: what to compute, from Python or an experiment file, and running it into a store."""

from qnetframe.experiment.sweep.design import Axis, Design
from qnetframe.experiment.sweep.entry import SweepResult, run_into, sweep
from qnetframe.experiment.sweep.files import Experiment, read_experiment
from qnetframe.experiment.sweep.forecast import Forecast, forecast
from qnetframe.experiment.sweep.running import Stopped

__all__ = [
    "Axis",
    "Design",
    "Experiment",
    "Forecast",
    "Stopped",
    "SweepResult",
    "forecast",
    "read_experiment",
    "run_into",
    "sweep",
]
