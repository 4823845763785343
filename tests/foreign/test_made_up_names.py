"""What is called without a name of its own, and by names that a framework made."""

from __future__ import annotations

from pathlib import Path

import pytest

from brokerspec import ir
from brokerspec.generate import Job, read
from brokerspec.lower_groups import member_names

DONE = "responses: {'204': {description: Done.}}"
Row = tuple[str, str, str, str]


def api_of(folder: Path, rows: list[Row]) -> ir.Api:
    """Return the API of operations: method, path, id and tag, of which the last may be empty."""
    paths: dict[str, str] = {}
    for method, path, name, tag in rows:
        called = f"operationId: '{name}', " if name else ""
        tagged = f"tags: ['{tag}'], " if tag else ""
        paths[path] = f"{paths.get(path, '')}    {method}: {{{called}{tagged}{DONE}}}\n"
    text = "".join(f"  {path}:\n{items}" for path, items in paths.items())
    spec = folder / "openapi.yaml"
    spec.write_text(f"openapi: 3.1.0\ninfo: {{title: T, version: '1'}}\npaths:\n{text}")
    return read(Job(spec, "made", "openapi.yaml", is_ours=False))[0]


def called(folder: Path, rows: list[Row]) -> list[str]:
    """Return what is written after `client.` for each operation, by path and method."""
    found = {(one.path, one.method.lower()): one.called for one in api_of(folder, rows).operations}
    return [found[path, method] for method, path, _, _ in rows]


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (("get", "/items/{item_id}", "read_item_items__item_id__get", ""), "read_item"),
        (("get", "/v1/a-b/", "List_all_v1_a_b__get", ""), "list_all"),
        (("post", "/items", "create_items_post", ""), "create"),
        (("get", "/items", "items_get", ""), "items_get"),
        (("get", "/items", "_items_get", ""), "items_get"),
        (("get", "/items", "read_others_get", ""), "read_others_get"),
        (("get", "/", "root__get", ""), "root_get"),
        (("get", "/api/Items/{id}", "", ""), "get_items_by_id"),
        (("get", "/rest/api/v2/items", "", ""), "get_v2_items"),
        (("get", "/api", "", ""), "get_api"),
        (("get", "/", "", ""), "get"),
    ],
)
def test_a_name_says_nothing_twice(tmp_path: Path, row: Row, name: str) -> None:
    assert called(tmp_path, [row]) == [name]


def test_the_names_that_frameworks_make_are_told_apart_by_their_tags(tmp_path: Path) -> None:
    rows = [
        ("get", "/pets", "list_all_pets_get", "Pets"),
        ("get", "/toys", "list_all_toys_get", "Toys"),
        ("get", "/toys/old", "list_some_toys_old_get", "Toys"),
    ]
    names = ["pets.list_all", "toys.list_all", "toys.list_some"]
    assert called(tmp_path, rows) == names
    assert called(tmp_path, rows[::-1]) == names[::-1]
    constants = {one.name for one in api_of(tmp_path, rows).operations}
    assert constants == {"pets_list_all", "toys_list_all", "list_some"}


def test_where_tags_do_not_tell_them_apart_methods_do_or_the_whole_id_stays(tmp_path: Path) -> None:
    rows = [
        ("get", "/pets", "list_all_pets_get", "Pets"),
        ("get", "/cats", "list_all_cats_get", "Pets"),
        ("put", "/pets/{id}", "change_pets__id__put", "Pets"),
        ("patch", "/pets/{id}", "change_pets__id__patch", "Pets"),
        ("get", "/toys", "a", "Toys"),
        ("get", "/toys/b", "list_b_toys_b_get", "Toys"),
        ("get", "/list_b", "list_b", "Other"),
    ]
    assert called(tmp_path, rows) == [
        "pets.list_all_pets_get",
        "pets.list_all_cats_get",
        "pets.change_put",
        "pets.change_patch",
        "toys.a",
        "toys.list_b",
        "other.list_b",
    ]


def test_an_id_that_several_tags_have_is_each_ones_own(tmp_path: Path) -> None:
    rows = [
        ("get", "/pets", "list", "Pets"),
        ("get", "/toys", "list", "Toys"),
        ("get", "/toys/old", "list", "Toys"),
        ("get", "/cats", "list", ""),
    ]
    assert called(tmp_path, rows) == ["pets.list", "toys.list", "toys.get_old", "get_cats"]


def test_without_ids_a_group_is_not_said_again(tmp_path: Path) -> None:
    rows = [
        ("get", "/api/Series", "", "Series"),
        ("post", "/api/Series", "", "Series"),
        ("get", "/api/Series/{id}", "", "Series"),
        ("post", "/api/Series/mark-read", "", "Series"),
        ("get", "/api/v1/ReadingList/all", "", "ReadingList"),
        ("get", "/api/v1/Other", "", "ReadingList"),
    ]
    assert called(tmp_path, rows) == [
        "series.get",
        "series.post",
        "series.get_by_id",
        "series.post_mark_read",
        "reading_list.get_all",
        "reading_list.get_v1_other",
    ]


def test_the_word_controller_is_not_part_of_a_name() -> None:
    names = ["users_controller_find_all", "users_controller", "users_get"]
    assert member_names("users", names) == {
        "users_controller_find_all": "find_all",
        "users_controller": "users_controller",
        "users_get": "get",
    }


def test_a_version_in_front_is_no_part_of_a_name() -> None:
    names = ["v1_orders_list", "v_1_orders_get", "v2_orders_list", "v_1", "orders_v1_get"]
    assert member_names("orders", names) == {
        "v1_orders_list": "list",
        "v_1_orders_get": "get",
        "v2_orders_list": "v2_orders_list",
        "v_1": "v_1",
        "orders_v1_get": "v1_get",
    }


def test_names_do_not_hang_on_the_order_of_a_document(tmp_path: Path) -> None:
    rows = [
        ("get", "/v1/pets", "", "Pets"),
        ("get", "/v2/pets", "", "Pets"),
        ("get", "/toys", "list_all_toys_get", "Toys"),
        ("get", "/cats", "list_all_cats_get", ""),
    ]
    assert called(tmp_path, rows) == [
        "pets.get",
        "pets.get_v2_pets",
        "toys.list_all",
        "list_all_cats_get",
    ]
    assert called(tmp_path, rows) == called(tmp_path, rows[::-1])[::-1]
