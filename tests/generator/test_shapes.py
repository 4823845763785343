"""Types by their shapes: what comes along, is remembered or is made now says the same."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from brokerspec import cache, ir, shapes
from brokerspec.formats import Formats
from brokerspec.generate import Job, build
from brokerspec.models import shape_of
from generator.making import answering
from generator.remake_shapes import made

TEXT = shape_of(ir.Scalar("str"), Formats((), "UTC"))[0]
RARE = shape_of(ir.TupleOf((ir.Named("A"), ir.Scalar("int"))), Formats((), "UTC"))[0]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "brokerspec"


def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_known", dict)


def refused(_: object) -> str:
    raise AssertionError("made again")


def test_the_known_shapes_are_what_the_library_makes() -> None:
    assert shapes.KNOWN.read_text(encoding="utf-8") == made(), "run `make golden`"


def test_a_shape_has_no_names_in_it() -> None:
    types = [ir.TupleOf((ir.Named(name), ir.Named("B"), ir.Named(name))) for name in ("A", "C")]
    found = [shape_of(type_, Formats((), "UTC")) for type_ in types]
    assert found[0][0] == found[1][0]
    assert [names for _, names in found] == [["A", "B"], ["C", "B"]]


def test_common_shapes_need_neither_library_nor_memory(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(shapes, "_generate", refused)
    assert shapes.types_of([TEXT]) == {TEXT: "str"}
    assert not home.exists()


def test_a_new_shape_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shapes.types_of([TEXT, RARE]) == {TEXT: "str", RARE: "tuple[R0, int]"}
    monkeypatch.setattr(shapes, "_generate", refused)
    assert shapes.types_of([RARE]) == {RARE: "tuple[R0, int]"}


def test_known_shapes_of_another_version_are_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = tmp_path / "shapes.json"
    other.write_text(json.dumps({"version": "0", "types": {TEXT: "int"}}), encoding="utf-8")
    monkeypatch.setattr(shapes, "KNOWN", other)
    shapes._known.cache_clear()
    try:
        assert shapes.types_of([TEXT]) == {TEXT: "str"}
    finally:
        shapes._known.cache_clear()
    assert version(shapes.LIBRARY) != "0"


@pytest.mark.parametrize(
    "text", ["__import__('os')", "str = boom()", "str\n    boom: int", "R0()", "A", "", None, 1]
)
def test_what_is_no_type_is_never_taken_from_memory(
    monkeypatch: pytest.MonkeyPatch, text: Any
) -> None:
    nothing_known(monkeypatch)
    cache.remember(cache.key_of(b"shapes"), {TEXT: text})
    assert shapes.types_of([TEXT]) == {TEXT: "str"}


def test_a_type_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shapes, "_generate", lambda _: "class A:\n    f0: boom()\n")
    with pytest.raises(TypeError, match="every shape"):
        shapes.make([TEXT])


def test_packages_are_the_same_however_shapes_were_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "openapi.yaml"
    components = (
        "{A: {type: object, properties: {a: {$ref: '#/components/schemas/A'}, "
        "b: {type: array, items: {oneOf: [{type: string}, {type: integer}]}}}}}"
    )
    spec.write_text(answering("{$ref: '#/components/schemas/A'}", components), encoding="utf-8")
    job = Job(spec, "made", "spec")
    known = build([job], fresh=True)
    nothing_known(monkeypatch)
    generated = build([job], fresh=True)
    monkeypatch.setattr(shapes, "_generate", refused)
    assert known == generated == build([job], fresh=True)
