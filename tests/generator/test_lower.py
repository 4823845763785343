"""From documents to the IR: what is decided, and what is refused."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from brokerspec import ir
from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from generator.making import HEAD, answering, asking, sending


def lowered(folder: Path, text: str, *, ours: bool = True) -> ir.Api:
    path = folder / "openapi.yaml"
    path.write_text(dedent(text), encoding="utf-8")
    return read(Job(path, "made", "spec", is_ours=ours))[0]


def codes(folder: Path, text: str) -> list[str]:
    with pytest.raises(SpecError) as caught:
        lowered(folder, text)
    return [found.code for found in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("method", "stated", "safety"),
    [
        ("get", "", "safe"),
        ("head", "", "safe"),
        ("put", "", "idempotent"),
        ("delete", "", "idempotent"),
        ("post", "", "unsafe"),
        ("patch", "", "unsafe"),
        ("get", "x-safety: unsafe,", "unsafe"),
        ("post", "x-safety: safe,", "safe"),
    ],
)
def test_safety(tmp_path: Path, method: str, stated: str, safety: str) -> None:
    api = lowered(
        tmp_path,
        f"{HEAD}\npaths: {{/it: {{{method}: {{operationId: it, {stated} responses: "
        "{'204': {description: Done.}}}}}\n",
    )
    assert api.operations[0].safety == safety


def test_operations_keep_the_order_of_the_document(tmp_path: Path) -> None:
    done = "responses: {'204': {description: Done.}}"
    api = lowered(
        tmp_path,
        f"""{HEAD}
paths:
  /z:
    post: {{operationId: b, {done}, x-variants: [{{operationId: c, {done}}}]}}
    get: {{operationId: d, {done}}}
  /a:
    get: {{operationId: a, {done}}}
""",
    )
    assert [operation.name for operation in api.operations] == ["b", "c", "d", "a"]


def test_two_arguments_of_one_name_are_refused_in_specs_of_ours(tmp_path: Path) -> None:
    text = asking(
        "[{name: orderId, in: query, schema: {type: string}}, "
        "{name: order_id, in: query, schema: {type: string}}]"
    )
    assert codes(tmp_path, text) == ["argument-collision"]
    (operation,) = lowered(tmp_path, text, ours=False).operations
    assert [argument.name for argument in operation.arguments] == ["order_id", "order_id_2"]


@pytest.mark.parametrize("pointer", ["/nowhere", "/a/b", "/rows/0/c"])
def test_a_payload_that_leads_nowhere_is_refused(tmp_path: Path, pointer: str) -> None:
    schema = "{type: object, properties: {a: {type: string}, rows: {type: array, items: {}}}}"
    text = answering(schema, extra=f"x-payload: {pointer}")
    assert codes(tmp_path, text) == ["dangling-pointer"]


def test_a_token_that_is_nowhere_is_refused(tmp_path: Path) -> None:
    root = (
        "x-client: {token: {description: T., role: session, x-secret: true}}\n"
        "x-session: {open: [get_it], tokens: {token: {operation: get_it, pointer: /jwt}}}"
    )
    text = answering("{type: object, properties: {a: {type: string}}}", root=root)
    assert codes(tmp_path, text) == ["dangling-pointer"]


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ("x-correlate: {argument: nothing, read: get_it, field: /a}", "correlate"),
        ("x-sign-in: token", "bad-extension"),
        ("x-sign-in: authorize", "bad-extension"),
    ],
)
def test_keys_that_do_not_fit_the_rest_are_told(tmp_path: Path, keys: str, code: str) -> None:
    text = answering("{type: string}", extra=keys)
    assert codes(tmp_path, text) == [code]
    (operation,) = lowered(tmp_path, text, ours=False).operations
    assert (operation.correlation, operation.sign_in, operation.attachments) == (None, "", ())


def test_only_the_first_server_keeps_its_variables(
    tmp_path: Path,
) -> None:
    text = asking("[]").replace(
        "servers: [{url: 'https://api.example.com'}]",
        "servers: [{url: 'https://{h}.x/{v}', variables: {h: {default: a}, v: {default: b}}}]",
    )
    api = lowered(
        tmp_path, text.replace("}}}]", "}}}, {url: 'https://{z}.y', variables: {z: {default: c}}}]")
    )
    assert [server.url for server in api.servers] == ["https://{h}.x/{v}", "https://c.y"]
    assert [(one.variable, one.default) for one in api.settings] == [("h", "a"), ("v", "b")]


def test_references_bring_their_meaning_and_may_add_to_it(tmp_path: Path) -> None:
    api = lowered(
        tmp_path,
        answering(
            "{$ref: '#/components/schemas/Row'}",
            """{Row: {type: object, required: [a], properties: {
                a: {$ref: '#/components/schemas/Price'},
                b: {$ref: '#/components/schemas/Price', description: Other., x-empty: ['-']}}},
                Price: {type: string, x-type: decimal, description: A price.}}""",
        ),
    )
    (row,) = api.models
    first, second = row.fields
    assert first.type == ir.Scalar("Decimal", "decimal", is_text=True)
    assert second.type == ir.Scalar("Decimal", "decimal", is_text=True, empty=("-",))
    assert (first.description, second.description) == ("A price.", "Other.")
    assert (first.is_required, second.is_required) == (True, False)


def test_unused_schemas_make_no_classes(tmp_path: Path) -> None:
    text = answering("{type: string}", "{Row: {type: object, properties: {a: {}}}}")
    assert lowered(tmp_path, text).models == ()


def test_where_a_fact_comes_from_is_kept(tmp_path: Path) -> None:
    extra = "x-source: {document: D, section: S}\n      x-provenance: inferred\n      x-evidence: E"
    (operation,) = lowered(tmp_path, answering("{type: string}", extra=extra)).operations
    assert operation.origin == ir.Origin("D", "S", "inferred", "E")


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ("{type: string}", ir.Scalar("str")),
        ("{type: [string, 'null']}", ir.Nullable(ir.Scalar("str"))),
        ("{anyOf: [{type: string}, {type: 'null'}]}", ir.Nullable(ir.Scalar("str"))),
        ("{type: array, items: {type: number}}", ir.ListOf(ir.Scalar("Decimal"))),
        ("{type: array}", ir.ListOf(ir.Scalar("Any"))),
        ("{type: object}", ir.MapOf(ir.Scalar("Any"))),
        ("{}", ir.Scalar("Any")),
        ("true", ir.Scalar("Any")),
        ("{type: integer, enum: [1, 2]}", ir.Named("GetItAnswer", is_number=True)),
        ("{oneOf: [{type: string}, {type: boolean}]}",
         ir.OneOf((ir.Scalar("str"), ir.Scalar("bool")))),
        ("{oneOf: [{type: string}, {type: string}]}", ir.Scalar("str")),
    ],
)  # fmt: skip
def test_types(tmp_path: Path, schema: str, type_: ir.TypeRef) -> None:
    (operation,) = lowered(tmp_path, answering(schema)).operations
    assert operation.returns == type_


def test_a_list_of_itself_is_any_inside_and_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    itself = "{$ref: '#/components/schemas/Legs'}"
    path.write_text(answering(itself, f"{{Legs: {{type: array, items: {itself}}}}}"))
    api, warnings = read(Job(path, "made", "spec"))
    assert api.operations[0].returns == ir.ListOf(ir.Scalar("Any"))
    assert [found.code for found in warnings] == ["untyped-recursion"]


def test_a_body_of_members_and_of_one_value(tmp_path: Path) -> None:
    members = lowered(tmp_path, sending("{type: object, properties: {a: {type: string}}}"))
    (argument,) = members.operations[0].arguments
    assert (argument.wire, argument.name) == ("a", "a")
    (whole,) = lowered(tmp_path, sending("{type: string}")).operations[0].arguments
    assert (whole.wire, whole.name) == ("", "body")
