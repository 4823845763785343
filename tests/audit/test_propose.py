"""What a program changes in a spec: little, exactly there, and all or nothing."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from audit.small import PRINTED, REQUEST, SPEC, found_in, read_spec, write_spec
from brokerspec.audit import propose as module
from brokerspec.audit.edit_yaml import YamlText
from brokerspec.audit.known import sort_out
from brokerspec.audit.propose import Change, as_diff, propose, write_changes
from brokerspec.diagnostics import SpecError
from brokerspec.validate import validate


def proposed(place: Path, text: str) -> list[Change]:
    found = sort_out(found_in(place, text), [], date(2030, 6, 1))
    return propose(read_spec(place), found)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return write_spec(tmp_path)


MECHANICAL = {
    "field of a payload": ('  "stat": "Ok",', '  "stat": "Ok",\n  "time": 4,'),
    "field of a payload with a fraction": ('  "stat": "Ok",', '  "stat": "Ok",\n  "paid": 4.50,'),
    "secret": ('  "stat": "Ok",', '  "stat": "Ok",\n  "token": "x",'),
    "list of texts": ('  "stat": "Ok",', '  "stat": "Ok",\n  "legs": ["a", "b"],'),
    "row": (
        "price | double | No | Limit",
        "price | double | No | Limit\nmark | string | No | Remark: short",
    ),
    "row of a flow mapping": (
        "cash | double | What is free",
        "cash | double | What is free\npledged | double | Lent",
    ),
    "value": ("// BUY, SELL", "// BUY, SELL, LEND"),
    "sample": ('"id": "77"', '"id": "78"'),
    "digits": ('"price": 10.50', '"price": 10.5'),
}


@pytest.mark.parametrize("name", MECHANICAL)
def test_after_the_change_the_document_agrees(place: Path, name: str) -> None:
    old, new = MECHANICAL[name]
    changed = PRINTED.replace(old, new, 1)
    changes = proposed(place, changed)
    write_changes(place, changes)
    assert found_in(place, changed) == []
    assert validate(place / "openapi.yaml") == []


def test_the_patch_touches_nothing_else(place: Path) -> None:
    changed = PRINTED.replace("// BUY, SELL", "// BUY, SELL, LEND")
    (change,) = proposed(place, changed)
    expected = SPEC.replace("enum: [BUY, SELL] ", "enum: [BUY, SELL, LEND] ")
    expected = expected.replace("varnames: [BUY, SELL]", "varnames: [BUY, SELL, LEND]")
    expected = expected.replace(
        "        - To sell.\n", "        - To sell.\n        - Not described yet.\n"
    )
    assert change.after == expected


def test_the_patch_can_be_applied(place: Path) -> None:
    changed = PRINTED.replace('  "stat": "Ok",', '  "stat": "Ok",\n  "time": 4,')
    changes = proposed(place, changed)
    project = place.parents[1]
    patch = as_diff(place.relative_to(project), changes)
    subprocess.run(
        ["git", "apply", "-"],
        input=patch,
        text=True,
        cwd=project,
        check=True,
    )
    assert found_in(place, changed) == []


def test_a_payload_that_no_sample_holds_becomes_one(place: Path) -> None:
    document = read_spec(place)
    more = PRINTED.replace(
        "cash | double | What is free", 'cash | double | What is free\n\n{\n  "cash": 4.20\n}'
    )
    changes = proposed(place, more)
    assert [change.file for change in changes] == [
        "openapi.yaml",
        "samples/get_funds.response.json",
    ]
    write_changes(place, changes)
    assert found_in(place, more) == []
    assert document.source.path.read_text().count("samples/get_funds.response.json") == 1


def test_what_needs_a_decision_is_left_alone(place: Path) -> None:
    # A renamed required field changes the client; a program must not decide that.
    assert proposed(place, PRINTED.replace('"id": "77"', '"number": "77"')) == []


def test_all_or_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = PRINTED.replace('  "stat": "Ok",', '  "stat": "Ok",\n  "time": 4,')
    changes = proposed(place, changed)
    assert len(changes) == 2
    real, calls = module.os.replace, []

    def failing(source: str, target: str) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("disk full")
        real(source, target)

    monkeypatch.setattr(module.os, "replace", failing)
    with pytest.raises(OSError, match="disk full"):
        write_changes(place, changes)
    assert (place / "openapi.yaml").read_text() == SPEC
    assert {path.name for path in place.rglob("*") if path.is_file()} == {
        "openapi.yaml",
        "place_order.request.json",
        "place_order.response.json",
    }


def test_a_file_that_changed_meanwhile_is_kept(place: Path) -> None:
    changes = proposed(place, PRINTED.replace('"id": "77"', '"id": "78"'))
    sample = place / "samples/place_order.response.json"
    sample.write_text("{}\n")
    with pytest.raises(SpecError, match="changed in the meantime"):
        write_changes(place, changes)
    assert sample.read_text() == "{}\n"
    assert (place / "samples/place_order.request.json").read_text() == REQUEST


YAML = """\
# head
a:
  b: &x {c: 1}  # flow

  d:
    - one
    - two   # last

  e: >-
    folded
    text

  f: *x
g: [1, 2]
"""


def test_yaml_is_edited_in_place() -> None:
    text = YamlText(YAML)
    assert text.add_member(("a", "b"), "new", True)
    assert text.add_entry(("a", "d"), "three: 3")
    assert text.add_entry(("g",), "0")
    assert text.add_member(("a",), "h", {"type": "string", "description": "x"})
    assert not text.add_entry(("a", "nothing"), 1)
    expected = YAML.replace("{c: 1}", "{c: 1, new: true}")
    expected = expected.replace("two   # last\n", "two   # last\n    - 'three: 3'\n")
    expected = expected.replace("[1, 2]", "[1, 2, '0']")
    expected = expected.replace("f: *x\n", "f: *x\n  h:\n    type: string\n    description: x\n")
    assert text.result() == expected
