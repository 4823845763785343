"""Every document has an answer within 5 s of computing and 1 GiB, however large or tangled."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brokerspec.load import load
from generator.hostile.limited import answers_of

HEAD: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
YAML = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"
MANY = 100_000
TOO_MANY = 20_001


def schemas(**given: Any) -> str:
    return json.dumps({**HEAD, "components": {"schemas": given}})


def of(reference: Any) -> str:
    return schemas(A={"type": "object", "properties": {"a": {"$ref": reference}}})


def itself(name: str = "A") -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(**given: Any) -> dict[str, Any]:
    return {"get": {**given, "responses": {"200": {"description": "d"}}}}


def failing(number: int) -> dict[str, Any]:
    schema = {"type": "object", "properties": {f"p{number}": {"type": "string"}}}
    answer = {"description": "d", "content": {"application/json": {"schema": schema}}}
    return {"get": {"responses": {"200": {"description": "d"}, "400": answer}}}


def bodies(count: int) -> str:
    content = {f"a/b{n}+json": {"schema": {"title": f"t{n}"}} for n in range(count)}
    return json.dumps({**HEAD, "paths": {"/a": operation(requestBody={"content": content})}})


def bomb() -> str:
    levels = [f"x-{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)]
    return YAML + "x-0: &a0 [a, a]\n" + "".join(levels)


def chain(length: int) -> str:
    links = {f"S{n}": itself(f"S{n + 1}") for n in range(length)}
    return schemas(**links, **{f"S{length}": {"type": "string"}})


def doubling() -> str:
    steps = {f"S{n}": {"allOf": [itself(f"S{n + 1}"), itself(f"S{n + 1}")]} for n in range(40)}
    return schemas(**steps, S40={"type": "object", "properties": {"a": {"type": "string"}}})


# The name of a document, what stands in it, and which answers are fit for it. What is large is
# made when it is asked for.
CASES: dict[str, tuple[str | bytes | Callable[[], str], str]] = {
    "alias_bomb.yaml": (bomb(), "too-many-aliases"),
    "alias_cycle.yaml": (YAML + "x-a: &a [*a]\n", "alias-cycle"),
    "merge_key.yaml": (YAML + "x-a: &a {b: 1}\nx-b: {<<: *a}\n", "merge-key"),
    "deep.yaml": (YAML + "x-a: " + "[" * 5_000 + "]" * 5_000, "too-deep"),
    "deep_block.yaml": (
        YAML + "".join(f"{' ' * n}x-a:\n" for n in range(2_000)) + " " * 2_000 + "x", "too-deep",
    ),
    "deep_json.json": (json.dumps(HEAD)[:-1] + ', "x-a": ' + "[" * MANY, "too-deep"),
    "twice.yaml": (YAML + "x-a: 1\nx-a: 2\n", "duplicate-key"),
    "twice_json.json": ('{"openapi": "3.1.0", "openapi": "3.1.0"}', "duplicate-key"),
    "tag.yaml": (YAML + "x-a: !!python/object/apply:os.system [id]\n", "explicit-tag"),
    "tag_own.yaml": (YAML + "x-a: !boom 1\n", "explicit-tag"),
    "several.yaml": (YAML + "---\n" + YAML, "several-documents"),
    "digits.yaml": (YAML + "x-a: " + "9" * MANY, "number-too-long"),
    "exponent.json": (json.dumps(HEAD)[:-1] + ', "x-a": 1e999999999}', "number-too-long"),
    "maximum.json": (
        schemas(A={"type": "object", "properties": {"a": {"type": "integer", "maximum": 10**300}}}),
        "made",
    ),
    "byte_order.yaml": (b"\xef\xbb\xbf" + YAML.encode(), "made"),
    "utf_16.yaml": (YAML.encode("utf-16"), "not-text"),
    "utf_16_bare.yaml": (YAML.encode("utf-16-le"), "not-text"),
    "utf_32.yaml": (YAML.encode("utf-32"), "not-text"),
    "latin.yaml": (YAML.encode() + b"x-a: \xe9\n", "not-utf-8"),
    "plain.yaml": (YAML, "made"),
    "properties.json": (
        lambda: schemas(A={"type": "object", "properties": {f"p{n}": {} for n in range(MANY)}}),
        "made",
    ),
    "values.json": (
        lambda: schemas(A={"type": "string", "enum": [f"v{n}" for n in range(MANY)]}), "made",
    ),
    "required.json": (
        lambda: schemas(A={"type": "object", "required": [f"v{n}" for n in range(MANY)]}), "made",
    ),
    "parameters.json": (
        json.dumps({**HEAD, "paths": {"/a": operation(parameters=[
            {"name": f"p{n}", "in": "query", "schema": {}} for n in range(2_001)])}}),
        "too-large",
    ),
    "operations.json": (
        lambda: json.dumps({**HEAD, "paths": {f"/a{n}": operation() for n in range(5_001)}}),
        "too-large",
    ),
    "placeholders.json": (
        json.dumps({**HEAD, "paths": {"/a" + "/{b}" * 201: operation()}}), "too-large",
    ),
    "tags.json": (
        json.dumps({**HEAD, "paths": {f"/a{n}": operation(tags=[f"t{n}"]) for n in range(500)}}),
        "made",
    ),
    "tags_of_one.json": (
        lambda: json.dumps({**HEAD, "paths": {
            f"/a{n}": operation(tags=[f"t{n}"]) for n in range(1_001)}}),
        "made",
    ),
    "long_names.json": (
        lambda: json.dumps({**HEAD, "paths": {
            f"/{tag}": {"get": {**operation(tags=[tag])["get"], "operationId": "aB" * 20_000 + tag}}
            for tag in ("one", "two")}}),
        "made",
    ),
    "failures.json": (
        lambda: json.dumps({**HEAD, "paths": {f"/a{n}": failing(n) for n in range(501)}}), "made",
    ),
    "requirements.json": (
        json.dumps({**HEAD, "paths": {f"/a{n}": operation() for n in range(500)},
                    "security": [{f"k{n}": []} for n in range(1_000)]}),
        "made",
    ),
    "alternatives.json": (
        json.dumps({**HEAD, "paths": {f"/a{n}": operation() for n in range(300)},
                    "security": [{"k": [], f"k{n}": []} for n in range(200)],
                    "components": {"securitySchemes": {
                        name: {"type": "http", "scheme": "bearer"}
                        for name in ("k", *(f"k{n}" for n in range(200)))}}}),
        "too-large",
    ),
    "media_types.json": (bodies(201), "too-large"),
    "bodies.json": (bodies(200), "made"),
    "paths.json": (
        lambda: json.dumps({**HEAD, "paths": {f"/a{n}": {} for n in range(TOO_MANY)}}),
        "too-large",
    ),
    "servers.json": (json.dumps({**HEAD, "servers": [{"url": "/"}] * TOO_MANY}), "too-large"),
    "schemas.json": (lambda: schemas(**{f"S{n}": {} for n in range(TOO_MANY)}), "too-large"),
    "schemes.json": (
        lambda: json.dumps({**HEAD, "components": {"securitySchemes": {
            f"k{n}": {"type": "http", "scheme": "bearer"} for n in range(TOO_MANY)}}}),
        "too-large",
    ),
    "inner_schemas.json": (
        lambda: schemas(**{f"S{n}": {"oneOf": [{}] * 2_000} for n in range(31)}), "too-large",
    ),
    "kinds.json": (
        lambda: schemas(**{f"S{n}": {"type": f"strin{n}"} for n in range(12_000)}), "made",
    ),
    "nowhere.json": (schemas(**{f"S{n}": itself(f"T{n}") for n in range(3_000)}), "made"),
    "items.json": (lambda: json.dumps({**HEAD, "x-a": [1] * 1_000_000}), "too-large"),
    "items_flow.yaml": (YAML + "x-a: [" + "1, " * 1_000_000 + "1]\n", "too-large"),
    "items_block.yaml": (YAML + "x-a:\n" + "- 1\n" * 1_000_000, "too-large"),
    "long_text.json": (lambda: json.dumps({**HEAD, "x-a": "a" * 20_000_000}), "made"),
    "file_reference.json": (of("file:///etc/passwd"), "reference-outside"),
    "http_reference.json": (of("http://127.0.0.1:9/a.yaml#/A"), "reference-outside"),
    "no_scheme.json": (of("//127.0.0.1/a.yaml"), "reference-outside"),
    "absolute.json": (of("/etc/passwd"), "reference-outside"),
    "upwards.json": (of("../../etc/passwd"), "reference-outside"),
    "hidden_upwards.json": (of("%2e%2e/%2e%2e/etc/passwd"), "reference-outside"),
    "number.json": (of(7), "made"),
    "escaped.json": (of("#/components/schemas/~0~1%2e~2"), "made"),
    "loop.json": (schemas(A=itself("B"), B=itself()), "made"),
    "chain.json": (chain(10_000), "made"),
    "doubling.json": (doubling(), "made"),
    "own_items.json": (schemas(A={"type": "array", "items": itself()}), "made"),
    "own_union.json": (schemas(A={"oneOf": [itself(), {"type": "string"}]}), "made"),
    "own_values.json": (schemas(A={"type": "object", "additionalProperties": itself()}), "made"),
    "own_parts.json": (schemas(A={"allOf": [itself()]}), "made"),
    "own_member.json": (schemas(A={"type": "object", "properties": {"a": itself()}}), "made"),
}  # fmt: skip


def test_every_answer_comes_in_time(tmp_path: Path) -> None:
    for name, (text, _) in CASES.items():
        text = text() if callable(text) else text
        (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "device.yaml").symlink_to("/dev/zero")
    answers = answers_of(tmp_path)
    wanted = {Path(name).stem: answer for name, (_, answer) in CASES.items()}
    assert answers == wanted | dict.fromkeys(("pipe", "folder", "device"), "not-a-file")


@pytest.mark.parametrize(
    "text",
    ["NO", "no", "off", "y", "010", "0x1F", "0b1", "0o17", "1_000", "1:30", "12:30:45", ".inf",
     ".nan", "2026-01-02", "2026-01-02T03:04:05Z", "1e", "+", "=", "True1", "1.2.3"],
)  # fmt: skip
def test_what_yaml_1_1_made_of_texts_is_left_alone(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.yaml").write_text(f"a: {text}\n", encoding="utf-8")
    assert load(tmp_path / "a.yaml").root == {"a": text}
