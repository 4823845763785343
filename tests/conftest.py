"""Settings that every test shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio only."""
    return "asyncio"
