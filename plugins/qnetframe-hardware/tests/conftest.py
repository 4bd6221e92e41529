"""Derived devices are kept in a folder of the test session's own."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def _cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QNETFRAME_CACHE", str(tmp_path_factory.mktemp("hardware")))
        yield
