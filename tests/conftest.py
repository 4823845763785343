"""Settings that every test shares."""

import gc
import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from hypothesis.internal.conjecture import providers

from runtime.loopback import certificate

OURS = str(Path(__file__).parents[1] / "generator")
# A folder in memory, on machines that have one, and the bytes that must be free in it.
MEMORY = Path("/dev/shm")
ROOM = 2 << 30
# The files whose single tests take longest.
LONGEST = frozenset(
    {"test_corpus.py", "test_megabytes.py", "test_own.py", "test_pieces.py", "test_story.py"}
    | {"test_limits.py", "test_surface.py"}
)


def pytest_configure(config: pytest.Config) -> None:
    """Let tests write into memory: to delete a file from a disk takes as long as some tests.

    A folder that is named in TMPDIR is kept to, and workers are told by the first process.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    found = os.statvfs(MEMORY)
    # Some tests run programs that they wrote.
    if found.f_bavail * found.f_frsize >= ROOM and not found.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest, so that none of them is left for the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection() -> None:
    """Search for garbage less often: tests make much that is dropped at once."""
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_finish() -> None:
    """Leave the tests themselves, which stay to the end, out of the searches for garbage."""
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


@pytest.fixture(scope="session", autouse=True)
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give every test the same surroundings; to ask for each by itself takes a test longer."""
    with pytest.MonkeyPatch.context() as patch:
        no_search(patch)
        no_strangers(patch)
        few_authorities(patch, tmp_path_factory.mktemp("trusted"))
        yield


def no_search(patch: pytest.MonkeyPatch) -> None:
    """Know once that a library is missing that httpcore asks for several times in each call."""
    if find_spec("sniffio") is None:
        patch.setitem(sys.modules, "sniffio", None)


def no_strangers(patch: pytest.MonkeyPatch) -> None:
    """Let property tests take constants from our source only.

    They would read, and remember for good, each package that a test before them made, so their
    examples would depend on those tests.
    """
    known = providers.is_local_module_file
    patch.setattr(
        providers,
        "is_local_module_file",
        lambda path: path.startswith(OURS) and known(path),
    )


def few_authorities(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let clients trust one authority: to load all of them takes longer than most tests."""
    patch.setenv("SSL_CERT_FILE", str(certificate(folder)[0]))


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests on asyncio only."""
    return "asyncio"
