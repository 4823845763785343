"""Settings that every test shares."""

import gc
from collections.abc import Iterator

import pytest

from runtime.loopback import certificate


def pytest_collection_finish() -> None:
    """Leave the tests themselves, which stay to the end, out of every search for garbage."""
    gc.collect()
    gc.freeze()


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
