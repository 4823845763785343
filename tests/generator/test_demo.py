"""The demo: its scripts, what it shows, and what it says when a step goes wrong."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from brokerspec.demo import run
from brokerspec.demo_arguments import typed_arguments
from brokerspec.demo_script import read_script
from brokerspec.demo_show import call_text, new_console, python, show_answer
from brokerspec.diagnostics import SpecError
from brokerspec.sandbox import Sandbox, read_specs
from brokerspec_runtime import Secret
from brokerspec_runtime.enums import OpenEnum
from brokerspec_runtime.limits import ProcessStore

SPECS = Path(__file__).parents[2] / "specs"

SPEC = """
openapi: 3.1.0
info: {title: Small, version: '1', x-source: {document: Small}, x-time-zone: Asia/Kolkata}
servers: [{url: https://broker.example}]
x-client:
  api_key: {description: Key., x-secret: true}
x-failure:
  - where: {pointer: /error, equals: [expired]}
    error: SessionExpired
    code: /error
security: [{key: []}]
paths:
  /orders:
    post:
      operationId: place_order
      summary: Place an order.
      x-source: {document: Small, section: Orders}
      x-safety: unsafe
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [price, pin]
              properties:
                price: {type: number, x-type: decimal, description: Price.}
                pin: {type: string, maxLength: 4, x-secret: true, description: Pin.}
      responses:
        '200':
          description: Placed.
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Placed'}
              examples:
                documented: {value: {order_id: 'A1', token: hidden}}
                expired: {value: {error: expired}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, x-credential: api_key}
  schemas:
    Placed:
      type: object
      description: A placed order.
      required: [order_id]
      properties:
        order_id: {type: string, description: Number.}
        token: {type: string, x-secret: true, description: Token.}
"""
STEP = "{title: Place, call: place_order, arguments: {price: 89.70, pin: '1234'}"
GOOD = f"client: {{api_key: top-secret}}\nsteps:\n  - {STEP}}}\n"


def small(folder: Path, script: str) -> Path:
    (folder / "small_demo").mkdir()
    (folder / "small_demo" / "openapi.yaml").write_text(SPEC)
    (folder / "small_demo" / "demo.yaml").write_text(script)
    return folder


@pytest.fixture(scope="module")
def whole() -> tuple[int, str]:
    """Run the whole demo once, its output going to a pipe; no call waits for its turn."""
    with pytest.MonkeyPatch.context() as patch, StringIO() as shown:
        patch.setattr(ProcessStore, "reserve", lambda _store, _key, _rates, now: now)
        patch.setattr(sys, "stdout", shown)
        return run([], SPECS), shown.getvalue()


def test_every_broker_does_what_its_script_expects(whole: tuple[int, str]) -> None:
    code, text = whole
    brokers = [path.parent.name for path in SPECS.glob("*/demo.yaml")]
    assert code == 0, text
    assert re.search(rf"{len(brokers)} brokers, \d+ calls over HTTP, .* All as expected\.\n$", text)
    assert len(brokers) == len(list(SPECS.glob("*/openapi.yaml")))
    assert "asynchronous" in text


def test_the_output_fits_100_columns_and_has_no_loose_ends(whole: tuple[int, str]) -> None:
    lines = whole[1].splitlines()
    assert max(map(len, lines)) <= 100
    assert "\x1b" not in whole[1]
    assert [line for line in lines if line.startswith("   ") and line != line.rstrip()] == []


def test_no_secret_of_a_script_is_shown(whole: tuple[int, str]) -> None:
    shown = whole[1]
    for secret in ("demo-secret", "demo-key", "demo-password", "demo-cookie", "demo-token"):
        assert secret not in shown
    assert "***" in shown


def test_the_demo_says_what_it_is(whole: tuple[int, str]) -> None:
    assert "It is not an exchange emulator." in whole[1]


def test_installed_packages_come_back(tmp_path: Path) -> None:
    before = {name: sys.modules.get(name) for name in ("small_demo",)}
    path = list(sys.path)
    assert run([], small(tmp_path, GOOD)) == 0
    assert {name: sys.modules.get(name) for name in before} == before
    assert sys.path == path


def test_a_call_and_its_answer_are_shown_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([], small(tmp_path, GOOD)) == 0
    shown = capsys.readouterr().out
    assert 'client.place_order(price=Decimal("89.70"), pin=***)' in shown
    assert '{"price":89.70,"pin":"***"}' in shown
    assert re.search(r"order_id +A1 +str", shown)
    assert re.search(r"token +\*\*\* +Secret", shown)
    assert "1 broker, 1 call over HTTP, 0 failures" in shown


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (f"{STEP}, expect_error: NotSent}}", "expected NotSent, got an answer"),
        (
            f"{STEP}, answers: {{example: expired}}}}",
            "expected an answer, got small_demo.place_order: expired (HTTP 200)",
        ),
        (
            f"{STEP}, fails: {{example: expired}}, expect_error: NotFound}}",
            "expected NotFound, got small_demo.place_order: expired",
        ),
        (f"{STEP}, show: [order_id, lost.number]}}", "the answer has no lost.number"),
        ("{title: T, call: place_order, arguments: {prise: 1}}", "did you mean 'price'?"),
        (
            "{title: T, call: place_order, arguments: {price: dear, pin: '1'}}",
            "the argument 'price' does not take this value",
        ),
    ],
)
def test_a_step_that_goes_wrong_fails_the_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str, said: str
) -> None:
    script = f"client: {{api_key: k}}\nsteps:\n  - {step}\n"
    assert run([], small(tmp_path, script)) == 1
    shown = " ".join(capsys.readouterr().out.split())
    assert said in shown
    # The path of a folder may be so long that the line is broken inside the place.
    assert "demo.yaml:3:5" in shown.replace(" ", "")
    assert "1 step went wrong" in shown


def test_a_client_that_cannot_be_made_fails_the_demo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([], small(tmp_path, f"client: {{api_kye: k}}\nsteps:\n  - {STEP}}}\n")) == 1
    assert "did you mean 'api_key'?" in capsys.readouterr().out


def test_a_refusal_of_the_sandbox_is_shown_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    step = "{title: T, call: place_order, arguments: {price: 1, pin: '12345'}, expect_error: %s}"
    script = f"client: {{api_key: k}}\nsteps:\n  - {step % 'InvalidRequest'}\n"
    assert run([], small(tmp_path, script)) == 0
    shown = capsys.readouterr().out
    assert "the sandbox objects: /pin: breaks the rule maxLength" in shown
    assert "12345" not in shown


def test_an_answer_of_the_script_names_its_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = "fails: {status: 401, body: {error: expired}, source: hearsay}"
    script = (
        f"client: {{api_key: k}}\nsteps:\n  - {STEP}, {reply}, expect_error: SessionExpired}}\n"
    )
    assert run([], small(tmp_path, script)) == 0
    assert "not from the document but from hearsay" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("[]", "1:1: error[bad-demo] this must be a mapping with client, asynchronous, steps"),
        ("client: {}", "'steps' is missing"),
        ("steps: []", "'steps' is empty"),
        ("steps: {}", "'steps' must be a list"),
        ("stepz: [a]", "'stepz' is not expected here (did you mean 'steps'?)"),
        ("asynchronous: 1", "'asynchronous' must be true or false"),
        ("steps: [text]", "this must be a mapping with title, call"),
        ("steps: [{call: place_order}]", "'title' is missing"),
        ("steps: [{title: T, call: place_ordr}]", "did you mean 'place_order'?"),
        ("steps: [{title: T, call: place_order, show: [1]}]", "must be a text"),
        ("steps: [{title: T, call: place_order, expect_error: Nope}]", "there is no error 'Nope'"),
        ("steps: [{title: T, call: place_order, fails: {example: expired}}]", "'expect_error'"),
        (
            "steps: [{title: T, call: place_order, answers: {example: lost}}]",
            "has no example 'lost'; there are: documented, expired",
        ),
        ("steps: [{title: T, call: place_order, answers: {body: 1}}]", "'status' is missing"),
        (
            "steps: [{title: T, call: place_order, answers: {status: 99, body: 1, source: s}}]",
            "200 to 599",
        ),
        (
            "steps: [{title: T, call: place_order, answers: {status: true, body: 1, source: s}}]",
            "'status' must be a whole number",
        ),
        (
            "steps: [{title: T, call: place_order, answers: {example: expired, status: 200}}]",
            "an example brings its own status",
        ),
        (
            "steps: [{title: T, call: place_order, answers: {example: expired}, fails: {}}]",
            "not both",
        ),
        (
            "steps: [{title: T, call: place_order, show: [a], expect_error: NotSent}]",
            "has nothing to show",
        ),
    ],
)
def test_a_bad_script_is_refused_with_its_place(tmp_path: Path, script: str, said: str) -> None:
    folder = small(tmp_path, script)
    with pytest.raises(SpecError) as caught:
        read_script(folder / "small_demo" / "demo.yaml", "small_demo", Sandbox(read_specs(folder)))
    problems = [str(problem) for problem in caught.value.diagnostics]
    assert any(said in problem for problem in problems), problems
    assert all(re.search(r"demo\.yaml:\d+:\d+: ", problem) for problem in problems)


def test_the_problems_of_all_scripts_are_reported_together(tmp_path: Path) -> None:
    folder = small(tmp_path, "steps: {}")
    (folder / "other").mkdir()
    (folder / "other" / "openapi.yaml").write_text(SPEC)
    with pytest.raises(SpecError) as caught:
        run([], folder)
    codes = {problem.code for problem in caught.value.diagnostics}
    assert codes == {"bad-demo", "no-such-file"}


class Side(OpenEnum):
    """A side."""

    BUY = "B"


def test_arguments_become_what_the_method_is_annotated_with() -> None:
    def method(
        *,
        side: Side,
        price: Decimal,
        count: int | None = None,
        pin: str | Secret | None = None,
        sides: Sequence[Side] = (),
    ) -> None: ...

    given = {"side": "B", "price": Decimal("1.10"), "count": None, "pin": "1", "sides": ["B"]}
    made = typed_arguments(method, given)
    assert made == {
        "side": Side.BUY,
        "price": Decimal("1.10"),
        "count": None,
        "pin": Secret("1"),
        "sides": [Side.BUY],
    }
    assert str(made["price"]) == "1.10"
    for wrong in ({"side": "S"}, {"price": True}, {"count": "1"}, {"pin": 1}, {"sides": "B"}):
        with pytest.raises(ValueError, match="does not take this value"):
            typed_arguments(method, wrong)


def test_values_are_written_as_python() -> None:
    assert python(Decimal("94.50")) == 'Decimal("94.50")'
    assert python(Side.BUY) == "Side.BUY"
    assert python(Side("S")) == "S (not listed)"
    assert python('say "so"') == r'"say \"so\""'
    assert python(Secret("x")) == "***"


def test_a_long_call_is_broken_between_its_arguments() -> None:
    text = call_text("client.place", {"first": "a b", "second": Decimal(1)}, 24)
    assert text == 'client.place(\n    first="a b",\n    second=Decimal("1"),\n)'


def test_a_long_list_is_cut_and_markup_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    class Row:
        def __init__(self, number: int) -> None:
            self.name = "[bold]x[/]"
            self.at = datetime(2024, 3, 5, number)  # noqa: DTZ001
            self.price = Decimal(number)

    show_answer(Console(width=80), [Row(number) for number in range(5)], ["name", "at", "price"])
    shown = capsys.readouterr().out
    assert "list[Row], 5 rows" in shown
    assert "and 2 more" in shown
    assert shown.count("[bold]x[/]") == 3
    assert re.search(r"str +datetime +Decimal", shown)


def test_a_pipe_gets_100_columns() -> None:
    assert new_console().width == 100
