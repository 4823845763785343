"""Settings that every test shares."""

import gc
from collections.abc import Iterator

import pytest
from _pytest.runner import runtestprotocol

from runtime.loopback import certificate


def pytest_collection_finish() -> None:
    """Leave the tests themselves, which stay to the end, out of every search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Let a worker tell of a test that passed once, with all the time that it took.

    To tell of its start, of each of its three steps and of its end took longer than most tests.
    """
    if not hasattr(item.config, "workerinput"):
        return None
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if all(report.passed for report in reports):
        called = reports[1]
        called.duration = sum(report.duration for report in reports)
        reports = [called]
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    return True


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio only."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def few_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let clients trust one authority: to load all of them takes longer than most tests."""
    authority, _ = certificate(tmp_path_factory.mktemp("trusted"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(authority))
        yield
