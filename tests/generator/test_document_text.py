"""Text of a document cannot be printed: the plan and the templates have it as `Text`."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.digest import digest_of
from brokerspec.generate import Job, read
from brokerspec.marked import marked
from brokerspec.plan import plan
from brokerspec.plan_project import plan_project
from brokerspec.plan_shape import promise_of
from brokerspec.render import render
from brokerspec.shape import check
from brokerspec.source import SourceEnvironment
from brokerspec.text import (
    Source,
    Text,
    code,
    docstring,
    identifier,
    inline,
    literal,
    one_line,
    path_part,
    plain,
    table_cell,
    toml,
)
from generator.checking import check_project, render_project
from generator.remake_golden import HERE, PACKAGE

WORDS = Text("Ab c")
# Every encoder changes something of it, so it is nowhere as it is here.
CANARY = "\"'''\\\n\nboom()\n\u202e"

# What only looks at a text.
HARMLESS = {
    *("count", "encode", "endswith", "find", "index", "rfind", "rindex", "startswith"),
    *("isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower"),
    *("isnumeric", "isprintable", "isspace", "istitle", "isupper", "maketrans"),
}
# Names that `naming` made or that were held to the shape of names, and words of our own.
FINISHED = {
    *("Api.opening", "Api.package", "Argument.name", "Attachment.place", "Attachment.setting"),
    *("Condition.test", "Correlation.argument", "Correlation.read", "Enum.name", "Field.name"),
    *("FromSetting.setting", "Grant.setting", "Member.name", "Model.name", "Named.name"),
    *("OAuth.client_id", "OAuth.redirect_uri", "OAuth.token_operation", "OneOf.name"),
    *("Operation.name", "Operation.safety", "Operation.sign_in", "Paging.kind", "Paging.place"),
    *("RequestBody.kind", "Scalar.python", "Setting.name"),
}


@cache
def golden() -> ir.Api:
    return read(Job(HERE / "openapi.yaml", PACKAGE, "openapi.yaml"))[0]


@pytest.mark.parametrize(
    "use",
    [
        str,
        "{}".format,
        print,
        lambda text: f"{text}",
        lambda text: f"{text:>9}",
        lambda text: f"{text!s}",
        lambda text: "%s" % text,  # noqa: UP031
        lambda text: text % (),
        lambda text: "a" + text,
        lambda text: text + "a",
        lambda text: text + text,
        lambda text: text * 2,
        lambda text: 2 * text,
        lambda text: text[0],
        lambda text: text[1:],
        lambda text: Source(text),
    ],
)
def test_text_cannot_be_printed(use: Callable[[Text], object]) -> None:
    with pytest.raises(TypeError, match="needs an encoder"):
        use(WORDS)


@pytest.mark.parametrize(
    "name", sorted(name for name in dir(str) if name[0] != "_" and name not in HARMLESS)
)
def test_no_method_gives_words_away(name: str) -> None:
    with pytest.raises(TypeError, match="needs an encoder"):
        getattr(WORDS, name)("a")


def test_text_is_compared_and_looked_up_like_any_other() -> None:
    assert WORDS == "Ab c"
    assert hash(WORDS) == hash("Ab c")
    assert {"Ab c": 1}[WORDS] == 1
    assert "b" in WORDS
    assert WORDS.startswith("A")
    assert sorted([Text("b"), "a"]) == ["a", "b"]
    assert repr(WORDS) == "'Ab c'"
    assert type(plain(WORDS)) is type(plain("Ab c")) is str


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))]
)
def test_a_copy_is_text_too(again: Callable[[Text], Text]) -> None:
    assert type(again(WORDS)) is Text
    assert again(WORDS) == WORDS


@pytest.mark.parametrize(
    "encode", [code, docstring, inline, literal, one_line, table_cell, toml, identifier, path_part]
)
def test_every_encoder_takes_text(encode: Callable[[str], Source]) -> None:
    assert type(encode(Text("word"))) is Source
    assert encode(Text("word")) == encode("word")


def shown(template: str) -> str:
    view = plan(golden(), "openapi.yaml")
    return SourceEnvironment().from_string(template).render(package=view, text=WORDS)


@pytest.mark.parametrize(
    "template",
    [
        "{{ text }}",
        "{{ text ~ '' }}",
        "{{ 'a' ~ text }}",
        "{{ [text] | join }}",
        "{{ [text, 'a'] | join(', ') }}",
        "{{ ['a', 'b'] | join(text) }}",
        "{{ text | upper }}",
        "{{ text | string }}",
        "{{ '%s' | format(text) }}",
        "{{ text[1:] }}",
        "{{ text.strip() }}",
        "{% for letter in text %}{{ letter }}{% endfor %}",
        "{{ package.title }}",
        "{{ package.api.description }}",
        "{% for one in package.api.servers %}{{ one.url }}{% endfor %}",
    ],
)
def test_a_template_cannot_print_text(template: str) -> None:
    with pytest.raises(TypeError):
        shown(template)


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of an IR with the member that it stands in."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Struct):
        for name in value.__struct_fields__:
            inner = f"{type(value).__name__}.{name}"
            yield from texts_of(getattr(value, name), inner)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from texts_of(item, path)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts_of(key, path)
            yield from texts_of(item, path)


def test_an_ir_is_marked_where_its_members_say_so() -> None:
    before = golden()
    made = marked(before)
    assert made == before
    assert digest_of(made) == digest_of(before)
    assert {type(text) for _, text in texts_of(before)} == {str}
    kinds: dict[str, set[type]] = {}
    for where, text in texts_of(made):
        if text:
            kinds.setdefault(where, set()).add(type(text))
    assert {where for where, found in kinds.items() if len(found) > 1} == set()
    assert {where for where, found in kinds.items() if found == {str}} == FINISHED


def test_every_class_of_an_ir_is_one_that_is_looked_into() -> None:
    found = [kind for kind in vars(ir).values() if isinstance(kind, type)]
    own = [kind for kind in found if kind.__module__.startswith("brokerspec.ir")]
    assert len(own) > 30
    assert [kind for kind in own if not issubclass(kind, Struct)] == []


def sung(value: Any) -> Any:
    """Return a marked IR in which every text of the document ends with the canary."""
    if isinstance(value, Text):
        return Text(f"{plain(value)}{CANARY}")
    if isinstance(value, tuple):
        return tuple(sung(item) for item in value)
    if isinstance(value, dict):
        return {sung(key): sung(item) for key, item in value.items()}
    if not isinstance(value, Struct):
        return value
    names = value.__struct_fields__
    return replace(value, **{name: sung(getattr(value, name)) for name in names})


def test_every_text_of_a_document_goes_through_an_encoder() -> None:
    package = plan(sung(marked(golden())), "openapi.yaml")
    files = render(package)
    check(files, promise_of(package))
    project = plan_project(package)
    written = render_project(project)
    check_project(written, project)
    for name, source in (files | written).items():
        assert "\u202e" not in source, name
        if name.endswith(".py"):
            called = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
            assert "boom" not in {ast.unparse(node.func) for node in called}, name
