"""What is committed is what the specs give: packages and the table in the README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brokerspec.coverage import coverage, markdown
from brokerspec.generate import build
from brokerspec.project import brokers_of, jobs_of
from brokerspec.write import compare

ROOT = Path(__file__).parents[2]
BROKERS = brokers_of(ROOT)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return build(jobs_of(ROOT, []), fresh=True).packages


@pytest.mark.parametrize("broker", BROKERS)
def test_a_package_is_what_its_spec_gives(packages: dict[str, dict[str, str]], broker: str) -> None:
    found = compare(ROOT / "generated" / broker, packages[broker])
    differences = [f"{item.kind}: {item.path.name}\n{item.diff}" for item in found]
    assert differences == [], "run `make generate`"


@pytest.mark.parametrize("broker", BROKERS)
def test_a_package_holds_nothing_else(packages: dict[str, dict[str, str]], broker: str) -> None:
    folder = ROOT / "generated" / broker
    present = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
    assert present == set(packages[broker])


def test_there_are_no_other_packages() -> None:
    folders = {path.name for path in (ROOT / "generated").iterdir() if path.name != "__pycache__"}
    assert folders == set(BROKERS)


def test_the_coverage_table_of_the_readme_is_fresh() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- coverage -->\n(.*?)<!-- /coverage -->", readme, re.DOTALL)
    assert found, "the README has no coverage table"
    assert found[1].strip() == markdown(coverage(jobs_of(ROOT, [])))
