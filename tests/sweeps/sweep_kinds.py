"""A plugin of kinds of tasks for the tests of executors: each does what its name says."""

import os
import signal
import time
from pathlib import Path

import numpy as np

from qnetframe.api import TaskSpec
from qnetframe.errors import InvalidInputError, UnsupportedError
from qnetframe.hookspecs import hookimpl
from qnetframe.tasks import Outcome, Task
from qnetframe.values import Estimate


class Coin:
    """The mean of some coins, after a while; it may kill its process, write to a log, print, fail."""

    def check(self, settings):
        if settings.get("coins", 100) < 1:
            raise InvalidInputError(f"coins is {settings['coins']}; it must be at least 1")

    def perform(self, settings, seed):
        if "log" in settings:
            with Path(settings["log"]).open("a") as log:
                log.write(f"{settings.get('x')}\n")
        time.sleep(settings.get("seconds", 0.0))
        if "size" in settings:
            print("this must not get between the messages of a worker")
        if "die_once" in settings:
            mark = Path(settings["die_once"])
            if not mark.exists():
                mark.write_text("")
                os.kill(os.getpid(), signal.SIGKILL)
        if settings.get("signal"):
            os.kill(os.getpid(), settings["signal"])
        if settings.get("wrong"):
            return {"heads": settings["wrong"]}
        if settings.get("words"):
            return {"heads": Estimate("many")}
        if settings.get("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if settings.get("fail"):
            raise ValueError("no such coin")
        if settings.get("refuse"):
            raise UnsupportedError("coins are not accepted here")
        coins = settings.get("coins", 100)
        heads = np.random.default_rng(seed).binomial(coins, 0.5)
        p = heads / coins
        estimates = {
            "heads": Estimate(np.float64(p), np.sqrt(0.25 / coins), coins),
            "x": Estimate(settings.get("x", 0)),
        }
        return Outcome(Task("ignored", {}), "done", estimates, {"text": "a" * settings.get("size", 0)})


@hookimpl
def qnetframe_tasks():
    yield TaskSpec("coin", Coin, "flips coins")
