"""The README is right: its examples run and are typed, its table and its targets are current."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from brokerspec.coverage import coverage, refreshed
from brokerspec.project import jobs_of
from brokerspec.sandbox import Sandbox, read_specs
from brokerspec.tree import JSON
from typed import mypy

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
PRINTED = "http://127.0.0.1:8000"
SAID = [
    "10149382024C05010100000000000003 BUY 1 85\n",
    "200018000000003\n",
    "1 orders, 1 positions\n",
    "taken: 10",
    "200 ",
    "KOTAK ***\n",
    "[Order(",
]


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return Sandbox(read_specs(ROOT / "specs"))


@pytest.fixture(scope="module")
def address(sandbox: Sandbox) -> Iterator[str]:
    with sandbox.running() as address:
        yield address


def run(example: str, address: str) -> None:
    exec(compile(example.replace(PRINTED, address), "README.md", "exec"), {})


def answer(prompt: str) -> str:
    """Type the access code, or the address that a browser would be sent to."""
    found = re.search(r"state=([^&\s]+)", prompt)
    return f"http://127.0.0.1:8765/?code=demo-code&state={found[1]}" if found else "1234"


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_an_example_runs(
    number: int,
    address: str,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("builtins.input", answer)
    for name in re.findall(r'os\.environ\["(\w+)"\]', EXAMPLES[number]):
        monkeypatch.setenv(name, "demo-value")
    if "fetch_token" in EXAMPLES[number]:
        sandbox.answer_next("sas_online", "fetch_token", 200, {"access_token": "demo-token"})
    run(EXAMPLES[number], address)
    assert SAID[number] in capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (503, "", "not seen: look before you decide\n"),
        (200, "", "not seen: look before you decide\n"),
        (400, "e-session-0007", "log in again\n"),
        (400, "e-orders-0001", "refused: e-orders-0001 no\n"),
    ],
)
def test_the_example_of_an_order_tells_failures_apart(
    status: int,
    code: str,
    said: str,
    address: str,
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
) -> None:
    example = next(text for text in EXAMPLES if "OutcomeUnknown" in text)
    kind = "error" if code else "success"
    body: JSON = {"type": kind, "code": code, "description": "no"}
    sandbox.answer_next("interactive_gateway", "place_order", status, body)
    run(example, address)
    assert capsys.readouterr().out == said


def test_the_examples_are_typed(tmp_path: Path) -> None:
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    done = mypy([tmp_path])
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_table_is_current() -> None:
    new = refreshed(README, coverage(jobs_of(ROOT, [])))
    assert new == README, f"make generate would write:\n{new}"


def test_the_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ((?:[a-z]+ ?)+)", README, re.MULTILINE)
    assert {target for line in named for target in line.split()} <= targets


def test_the_files_exist() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []
