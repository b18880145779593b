"""One embedded Prefect server for all tests that need one; flows of the tests run on it in this process."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.prefect_server import ServerHandle, apply_flow_environment, ensure_server, leave_server, stop_server

# Prefect leaves the sockets of its client to the garbage collector.
_PREFECT_LEAVES_OPEN = "ignore:unclosed:ResourceWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Forgive what Prefect leaves open, in the tests of this directory only."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(_PREFECT_LEAVES_OPEN))


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Collect what Prefect left open before the next test, which may be one that forgives nothing."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerHandle]:
    """Give a running embedded server, with the environment of this process set for it."""
    data_directory = tmp_path_factory.mktemp("engine")
    before = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    handle = ensure_server(data_directory, linger=timedelta(seconds=10))
    apply_flow_environment(handle)
    yield handle
    leave_server(data_directory)
    stop_server(data_directory)
    os.environ.clear()
    os.environ.update(before)
