"""What groups and their methods are called, and that the names stay."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from brokerspec import ir
from brokerspec.generate import Job, read
from brokerspec.lower_groups import member_names
from brokerspec.naming import RESERVED_GROUPS
from brokerspec_runtime.client import AsyncBase, SyncBase
from brokerspec_runtime.sign_in import AsyncSignInBase, SignInBase
from generator.making import HEAD, Broker, make


def api_of(folder: Path, operations: list[tuple[str, str]], root: str = "") -> ir.Api:
    """Return the API of a document with operations, each an id and its tags as YAML."""
    paths = "".join(
        f"  /p{index}:\n    get: {{operationId: '{name}', tags: {tags},"
        " responses: {'204': {description: Done.}}}\n"
        for index, (name, tags) in enumerate(operations)
    )
    text = f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\n{dedent(root)}paths:\n{paths}"
    spec = folder / "openapi.yaml"
    spec.write_text(text, encoding="utf-8")
    return read(Job(spec, "made", "openapi.yaml", is_ours=False))[0]


def test_tags_that_are_too_many_make_no_groups(tmp_path: Path) -> None:
    pairs = [(f"get_{n}", f"[t{n // 2}]") for n in range(420)]
    assert len(api_of(tmp_path, pairs).groups) == 210
    # One more, and a group has less than two operations on the average.
    alone = [*pairs, ("get_more", "[other]")]
    assert api_of(tmp_path, alone).groups == ()
    job = Job(tmp_path / "openapi.yaml", "made", "openapi.yaml", is_ours=False)
    (warning,) = read(job)[1]
    assert warning.code == "unsupported-node"
    assert "211 tags are too many for groups" in warning.message


def test_a_long_name_costs_no_square_of_it() -> None:
    name = "get_" + "_".join("ab" * 50_000) + "_orders"
    assert member_names("orders", [name]) == {name: name.removesuffix("_orders")}


@pytest.mark.parametrize(
    ("group", "names"),
    [
        ("orders", {"orders_list": "list", "orders_get": "get", "order_cancel": "cancel"}),
        ("orders", {"get_an_order": "get", "list_orders": "list", "place_order": "place"}),
        ("orders", {"orders": "orders", "order": "order"}),
        ("orders", {"orders_by_id": "orders_by_id", "add_to_order": "add_to_order"}),
        ("orders", {"get_order_history": "get_order_history"}),
        ("orders", {"list_all_orders": "list_all", "list_orders": "list"}),
        ("categories", {"get_category": "get", "get_categories": "get_categories"}),
        ("add_ons", {"addons_list": "list"}),
        ("order_books", {"order_book_get": "get"}),
        ("boxes", {"get_box": "get"}),
        ("class", {"import_class": "import_", "class_2": "class_2"}),
        ("time", {"get_time": "get", "time_date": "date_"}),
    ],
)
def test_methods_drop_the_words_of_their_group(group: str, names: dict[str, str]) -> None:
    assert member_names(group, list(names)) == names


def test_a_name_that_the_document_gives_is_never_taken_by_a_shorter_one() -> None:
    assert member_names("orders", ["orders_list", "list"]) == {
        "list": "list",
        "orders_list": "orders_list",
    }


def test_of_two_methods_that_drop_to_one_name_the_one_without_a_plural_gets_it() -> None:
    wanted = {"list_orders": "list_orders", "orders_list": "list"}
    assert member_names("orders", ["orders_list", "list_orders"]) == wanted
    assert member_names("orders", ["list_orders", "orders_list"]) == wanted


def test_the_order_of_a_document_changes_no_name(tmp_path: Path) -> None:
    operations = [("orders_list", "[Orders]"), ("get_pet", "[Pets]"), ("list_orders", "[Orders]")]
    called = [
        {o.name: o.called for o in api_of(tmp_path, listed).operations}
        for listed in (operations, operations[::-1])
    ]
    assert called[0] == called[1]


def test_a_new_operation_renames_no_other(tmp_path: Path) -> None:
    operations = [("orders_list", "[Orders]"), ("get_pet", "[Pets]"), ("status", "[]")]
    before = {o.name: o.called for o in api_of(tmp_path, operations).operations}
    more = [("zip_orders", "[Orders]"), *operations, ("trade", "[Trades]")]
    after = {o.name: o.called for o in api_of(tmp_path, more).operations}
    assert before.items() <= after.items()


@pytest.mark.parametrize("tags", ["[]", "[One]", "['']", "['  ']"])
def test_without_two_tags_a_client_is_flat(tmp_path: Path, tags: str) -> None:
    api = api_of(tmp_path, [("a", tags), ("b", tags), ("c", "[]")])
    assert api.groups == ()
    assert {o.called for o in api.operations} == {"a", "b", "c"}


def test_only_the_first_tag_counts(tmp_path: Path) -> None:
    assert api_of(tmp_path, [("a", "[One, Two]"), ("b", "[One, Three]")]).groups == ()


@pytest.mark.parametrize(
    ("tags", "names"),
    [
        (["Order Books", "VPCs"], ["order_books", "vpcs"]),
        (["OrderBooks", "IPv6 ranges"], ["order_books", "ipv6_ranges"]),
        (["OAuthApps", "oAuth", "HTTPAuth"], ["oauth_apps", "oauth", "http_auth"]),
        (["Pets", "pets", "Other"], ["pets", "other"]),
        (["close", "Prepare"], ["close_", "prepare_"]),
        (["class", "import"], ["class_", "import_"]),
        (["1-Click", "Aux"], ["group_1_click", "aux_"]),
        (["com1", "LPT9"], ["com1_", "lpt9_"]),
        (["Ордера", "Сделки"], ["group", "group_2"]),
        (["Müller & Söhne", "Æ"], ["muller_sohne", "group"]),
        (["a/b", "a.b", "c"], ["a_b", "c"]),
        (["🚀", "x"], ["group", "x"]),
        (["x" * 300, "x" * 300 + "y"], ["x" * 60, "x" * 60 + "_2"]),
        (["self", "__init__"], ["self_", "init"]),
    ],
)
def test_tags_become_names(tmp_path: Path, tags: list[str], names: list[str]) -> None:
    api = api_of(tmp_path, [(f"op{i}", f"['{tag}']") for i, tag in enumerate(tags)])
    assert [group.name for group in api.groups] == names
    assert all(group.name.isidentifier() for group in api.groups)


def test_a_group_yields_its_name_to_a_method_of_the_client(tmp_path: Path) -> None:
    api = api_of(tmp_path, [("orders", "[]"), ("a", "[Orders]"), ("b", "[Pets]")])
    assert [group.name for group in api.groups] == ["orders_", "pets"]


def test_declared_tags_give_order_and_description(tmp_path: Path) -> None:
    root = "tags: [{name: Pets, description: All pets.}, {name: Unused}, 7, {name: Orders}]\n"
    api = api_of(tmp_path, [("a", "[Orders]"), ("b", "[Pets]")], root)
    assert [(g.name, g.description) for g in api.groups] == [("pets", "All pets."), ("orders", "")]


CHAIN = """\
openapi: 3.1.0
info: {title: T, version: '1'}
x-session: {open: [sign_in_first], tokens: {t: {operation: sign_in_first, pointer: /token}}}
paths:
  /a:
    post:
      operationId: sign_in_first
      tags: [One]
      responses:
        '200':
          description: A.
          content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}
  /b:
    get: {operationId: b, tags: [Two], responses: {'204': {description: B.}}}
components:
  securitySchemes: {t: {type: http, scheme: bearer}}
  schemas: {A: {type: object, required: [token], properties: {token: {type: string}}}}
"""


def test_methods_that_call_each_other_stay_on_the_client(tmp_path: Path) -> None:
    spec = tmp_path / "openapi.yaml"
    spec.write_text(CHAIN, encoding="utf-8")
    api = read(Job(spec, "made", "openapi.yaml", is_ours=False))[0]
    assert (api.groups, api.opening) == ((), ("sign_in_first",))


def test_no_group_hides_a_member_of_a_client() -> None:
    members = {
        name
        for client in (SyncBase, AsyncBase, SignInBase, AsyncSignInBase)
        for name in dir(client)
        if not name.startswith("_")
    }
    assert members - RESERVED_GROUPS == set()


@pytest.mark.parametrize("name", ["Group", "AsyncGroup", "Optional", "Union", "GroupBase"])
def test_a_schema_may_be_called_like_what_its_module_imports(tmp_path: Path, name: str) -> None:
    answer = f"content: {{application/json: {{schema: {{$ref: '#/components/schemas/{name}'}}}}}}"
    paths = "".join(
        f"  /{tag}: {{get: {{operationId: get_{tag}, tags: [{tag}], responses:"
        f" {{'200': {{description: Done., {answer}}}}}}}}}\n"
        for tag in ("ships", "cargo")
    )
    schema = f"{{type: object, properties: {{next: {{$ref: '#/components/schemas/{name}'}}}}}}"
    made = make(
        tmp_path, f"{HEAD}paths:\n{paths}components: {{schemas: {{{name}: {schema}}}}}", ours=False
    )
    client = made.client(Broker({"next": {}}))
    assert client.ships.get().next.next is None
    assert client.with_response.cargo.get().data.next.next is None
