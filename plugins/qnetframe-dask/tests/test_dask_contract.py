"""What every executor must do, on a local cluster of one worker."""

import pytest

from qnetframe.testing import executor_tests

test_contract = pytest.mark.slow(executor_tests("dask", params={"workers": 1}))
