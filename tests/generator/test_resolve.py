"""Resolve documents: references, the supported subset, and what is reported."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.document import MISSING, Document
from brokerspec.load import load
from brokerspec.resolve import resolve

HEAD = "openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"  # two lines
OK = "responses: {'200': {description: Done.}}"


def run(folder: Path, body: str, head: str = HEAD) -> tuple[Document, list[Diagnostic]]:
    path = folder / "spec.yaml"
    path.write_text(head + dedent(body), encoding="utf-8")
    return resolve(load(path))


def found(diagnostics: list[Diagnostic]) -> list[tuple[str, str, int]]:
    return [(str(d.severity), d.code, d.where.line if d.where else 0) for d in diagnostics]


def operation(text: str) -> str:
    lines = indent(dedent(text).strip(), "      ")
    return f"paths:\n  /a:\n    get:\n      operationId: get_a\n      {OK}\n{lines}\n"


def schema(text: str) -> str:
    return "components:\n  schemas:\n    A:\n" + indent(dedent(text).strip(), "      ") + "\n"


def test_an_operation_with_everything(tmp_path: Path) -> None:
    document, diagnostics = run(
        tmp_path,
        """\
        security: [{key: []}]
        paths:
          /a/{id}:
            parameters:
              - {name: id, in: path, required: true, schema: {type: string}}
              - {name: q, in: query, schema: {type: string}}
            post:
              operationId: place
              parameters: [{$ref: '#/components/parameters/Q'}]
              requestBody: {$ref: '#/components/requestBodies/B'}
              responses: {200: {description: Done.}, default: {description: No.}}
              x-safety: unsafe
              x-variants:
                - operationId: place_other
                  security: []
                  responses: {'200': {description: Done.}}
        components:
          parameters:
            Q: {name: q, in: query, schema: {type: integer}, x-python-name: count}
          requestBodies:
            B:
              required: true
              content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
          schemas:
            A: {type: object, properties: {next: {$ref: '#/components/schemas/A'}}}
          securitySchemes:
            key: {type: apiKey, in: header, name: X-Key}
        """,
    )
    assert [d for d in found(diagnostics) if d[1] != "undeclared-path-parameter"] == []
    place, other = document.operations
    assert (place.method, place.path, place.security) == ("POST", "/a/{id}", (("key",),))
    assert [(p.name, p.schema.types) for p in place.parameters] == [
        ("id", ("string",)),
        ("q", ("integer",)),
    ]
    assert place.parameters[1].extensions == {"x-python-name": "count"}
    assert place.request_body is not None
    media = place.request_body.content[0]
    assert media.schema is not None
    assert (media.name, media.schema.ref) == ("application/json", "A")
    assert [response.status for response in place.responses] == ["200", "default"]
    assert (other.operation_id, other.method, other.security) == ("place_other", "POST", ())
    assert document.schemas["A"].properties["next"].ref == "A"
    assert "x-variants" not in place.extensions


def test_a_reference_keeps_what_stands_beside_it(tmp_path: Path) -> None:
    document, diagnostics = run(
        tmp_path,
        schema("""
            type: object
            properties:
              b: {$ref: '#/components/schemas/B', description: Mine., x-empty: ['']}
        """)
        + "    B: {type: string}\n",
    )
    member = document.schemas["A"].properties["b"]
    assert (member.ref, member.description) == ("B", "Mine.")
    assert member.extensions == {"x-empty": [""]}
    assert member.const is MISSING
    assert diagnostics == []


@pytest.mark.parametrize(
    "text",
    [
        "{type: string, nullable: true}",
        "{anyOf: [{type: string}], nullable: true}",
        "{oneOf: [{type: string}], nullable: true}",
        "{allOf: [{$ref: '#/components/schemas/B'}], nullable: true}",
        "{$ref: '#/components/schemas/B', nullable: true}",
    ],
)
def test_nullable_of_openapi_3_0(tmp_path: Path, text: str) -> None:
    head = HEAD.replace("3.1.0", "3.0.3")
    document, _ = run(tmp_path, schema(text) + "    B: {type: string}\n", head)
    assert document.schemas["A"].is_nullable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$ref: '#/components/schemas/Aa'", ("error", "dangling-reference", 6)),
        ("$ref: '#/components/schemas/A'", ("error", "reference-cycle", 5)),
        ("$ref: '#anchor'", ("error", "unsupported-reference", 6)),
        ("$ref: https://x.invalid/a.yaml", ("error", "reference-outside", 6)),
        ("$ref: //x.invalid/a.yaml", ("error", "reference-outside", 6)),
        ("$ref: /etc/passwd", ("error", "reference-outside", 6)),
        ("$ref: ../a.yaml", ("error", "reference-outside", 6)),
        ("$ref: sub/../../a.yaml", ("error", "reference-outside", 6)),
        ("$ref: '%2e%2e/a.yaml'", ("error", "reference-outside", 6)),
        ("$ref: 12", ("error", "wrong-shape", 6)),
        ("type: strng", ("error", "unknown-type", 6)),
        ("properties: []", ("error", "wrong-shape", 6)),
        ("requird: [a]", ("warning", "unknown-keyword", 6)),
        ("$dynamicRef: '#a'", ("warning", "unsupported-node", 6)),
        ("not: {type: string}", ("warning", "unsupported-node", 6)),
        ("if: {type: string}", ("warning", "unsupported-node", 6)),
        ("unevaluatedProperties: false", ("warning", "unsupported-node", 6)),
        ("{$ref: '#/components/schemas/A/x-b', type: string}", ("error", "dangling-reference", 6)),
    ],
)
def test_schemas_that_are_reported(
    tmp_path: Path, text: str, expected: tuple[str, str, int]
) -> None:
    _, diagnostics = run(tmp_path, schema(text))
    assert expected in found(diagnostics)


def test_a_dangling_reference_suggests_a_name(tmp_path: Path) -> None:
    _, diagnostics = run(tmp_path, schema("$ref: '#/components/schemas/Ordr'") + "    Order: {}\n")
    assert diagnostics[0].hint == "did you mean 'Order'?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("callbacks: {a: {}}", ("warning", "unsupported-node", 8)),
        ("parameters: [{$ref: '#/components/parameters/P'}]", ("error", "dangling-reference", 8)),
        ("parameters: [{name: a, in: body}]", ("error", "wrong-shape", 8)),
        ("parameters: [{name: a, in: path, schema: {}}]", ("error", "unused-path-parameter", 8)),
        ("security: [{key: []}]", ("warning", "undeclared-scheme", 8)),
        ("requestBody: {content: {png: {}}}", ("warning", "left-out", 8)),
        (
            "parameters: [{name: a, in: header, style: deepObject, schema: {}}]",
            ("warning", "unsupported-node", 8),
        ),
        ("parameters: [{name: a b, in: header, schema: {}}]", ("warning", "left-out", 8)),
        ("parameters: [{name: a, in: query, type: string}]", ("warning", "unsupported-node", 8)),
        ("parameters: [{name: a, in: query, content: {}}]", ("warning", "unsupported-node", 8)),
        ("tags: no", ("error", "wrong-shape", 8)),
    ],
)
def test_operations_that_are_reported(
    tmp_path: Path, text: str, expected: tuple[str, str, int]
) -> None:
    _, diagnostics = run(tmp_path, operation(text))
    assert expected in found(diagnostics)


def test_an_operation_that_cannot_be_sent_is_left_out(tmp_path: Path) -> None:
    document, diagnostics = run(
        tmp_path, operation("requestBody: {required: true, content: {png: {}}}")
    )
    assert document.operations == ()
    assert ("warning", "left-out", 5) in found(diagnostics)


def test_parameters_that_refer_to_each_other(tmp_path: Path) -> None:
    text = operation("parameters: [{$ref: '#/components/parameters/P'}]") + dedent("""\
        components:
          parameters:
            P: {$ref: '#/components/parameters/Q'}
            Q: {$ref: '#/components/parameters/P'}
        """)
    _, diagnostics = run(tmp_path, text)
    assert [d.code for d in diagnostics] == ["reference-cycle"]


def test_an_operation_without_a_name_gets_one(tmp_path: Path) -> None:
    body = f"paths:\n  /order-book/{{id}}:\n    get:\n      {OK}\n"
    document, diagnostics = run(tmp_path, body)
    assert document.operations[0].operation_id == "get_order_book_by_id"
    assert ("warning", "missing-operation-id", 5) in found(diagnostics)


def test_two_operations_of_one_name(tmp_path: Path) -> None:
    body = f"paths:\n  /a:\n    get: {{operationId: a, {OK}}}\n    put: {{operationId: a, {OK}}}\n"
    assert ("error", "duplicate-operation-id", 6) in found(run(tmp_path, body)[1])


def test_schemas_of_a_file_beside_the_spec(tmp_path: Path) -> None:
    (tmp_path / "models.yaml").write_text("B: {$ref: '#/C'}\nC: {type: strin}\n")
    document, diagnostics = run(tmp_path, schema("$ref: models.yaml#/B"))
    assert document.schemas["A"].ref == "B"
    assert document.schemas["B"].ref == "C"
    assert [(d.code, str(d.where)[-15:]) for d in diagnostics] == [
        ("unknown-type", "models.yaml:2:5")
    ]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.yaml").write_text("A: {type: string}\n")
    (inside / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    _, diagnostics = run(inside, schema("$ref: link.yaml#/A"))
    assert found(diagnostics) == [("error", "reference-outside", 6)]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("swagger: '2.0'\n", "swagger-2"),
        ("openapi: 4.0.0\n", "not-openapi"),
        ("openapi: 3.1\n", "not-openapi"),
        ("title: x\n", "not-openapi"),
        ("- a\n", "not-openapi"),
    ],
)
def test_files_that_are_no_openapi(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(SpecError) as caught:
        run(tmp_path, "", text)
    (diagnostic,) = caught.value.diagnostics
    assert (diagnostic.severity, diagnostic.code) == (Severity.ERROR, code)
    assert diagnostic.hint


@pytest.mark.parametrize("content", [None, "a: [", "swagger: *x"])
def test_a_client_is_made_without_a_file_that_cannot_be_used(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "other.yaml").write_text(content, encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(HEAD + schema("{$ref: 'other.yaml#/A'}"), encoding="utf-8")
    _, ours = resolve(load(path))
    assert {str(one.severity) for one in ours} == {"error"}
    _, others = resolve(load(path), is_ours=False)
    assert {str(one.severity) for one in others} == {"warning"}
    assert [one.code for one in others] == [one.code for one in ours]


def test_a_value_of_a_server_variable_is_a_choice_once(tmp_path: Path) -> None:
    variable = "{default: eu, enum: [eu, us, eu]}"
    servers = f"servers: [{{url: 'https://{{at}}.example', variables: {{at: {variable}}}}}]\n"
    document, _ = run(tmp_path, servers + "paths: {}\n")
    assert document.servers[0].choices == {"at": ("eu", "us")}


def test_warnings_beyond_a_bound_are_only_counted(tmp_path: Path) -> None:
    kinds = "".join(f"    S{n}: {{type: t{n}}}\n" for n in range(10_003))
    path = tmp_path / "spec.yaml"
    path.write_text(f"{HEAD}components:\n  schemas:\n{kinds}", encoding="utf-8")
    _, diagnostics = resolve(load(path), is_ours=False)
    assert len(diagnostics) == 10_001
    assert diagnostics[-1].message == "3 more warnings are left out of this list"


def test_what_operations_share_is_read_once(tmp_path: Path) -> None:
    document, diagnostics = run(
        tmp_path,
        """
        paths:
          /a/{id}:
            parameters: [{$ref: '#/components/parameters/id'}]
            get: {operationId: get_a, responses: {'200': {$ref: '#/components/responses/A'}}}
            put: {operationId: put_a, responses: {'200': {$ref: '#/components/responses/A'}}}
          /b/{+id}:
            parameters: [{$ref: '#/components/parameters/id'}]
            get: {operationId: get_b, responses: {'201': {$ref: '#/components/responses/A'}}}
        components:
          parameters: {id: {name: id, in: path, required: true, schema: {type: string}}}
          responses: {A: {description: Done.}}
        """,
    )
    assert diagnostics == []
    first, second, third = document.operations
    assert first.parameters[0] is second.parameters[0]
    assert first.responses[0] is second.responses[0]
    # Whether a value may have several segments is up to the path.
    assert [one.parameters[0].reserved for one in (first, third)] == [False, True]
    assert [one.responses[0].status for one in (first, third)] == ["200", "201"]
