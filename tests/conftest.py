"""Settings that every test shares."""

from collections.abc import Iterator

import pytest

from runtime.loopback import certificate


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
