"""A module that says anything but what was planned is refused, whatever let it in."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from brokerspec import text
from brokerspec.diagnostics import SpecError
from brokerspec.generate import Job, read
from brokerspec.plan import plan
from brokerspec.plan_project import Project, plan_project
from brokerspec.plan_shape import promise_of
from brokerspec.render import render
from brokerspec.shape import Promise, check
from brokerspec.source import SourceEnvironment
from generator.checking import check_project, render_project
from generator.commanding import SPEC
from generator.making import files_of

PROMISE = Promise(
    classes={"Order": frozenset({"price"}), "Client": frozenset({"place", "_flow"})},
    methods={("Client", "place"): frozenset({"price"})},
    functions=frozenset({"encode_order"}),
    values=frozenset({"PLACE", "__all__", "Flag"}),
)
GOOD = '''\
"""Orders."""
from __future__ import annotations
from typing import TYPE_CHECKING, Final
from msgspec import Struct, field
from brokerspec_runtime import wire
from brokerspec_runtime.operation import Operation
from .models import Other

__all__ = ["Order"]
PLACE: Final[Operation[Order]] = Operation("place", ("a", -1), answer=list[Order] | None)
if TYPE_CHECKING:
    Flag = bool
else:
    Flag = wire.flag("y", "n")

class Order(Struct, frozen=True):
    """An order."""
    price: int = field(name="p")
    """Its price."""

class Client:
    _flow = wire.flow("x")
    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)
        self.name = wire.secret(name)
    async def place(self, *, price: int | None = None) -> Order:
        """Place it."""
        price = wire.given(price)
        async with self._opening():
            return await self._send(PLACE.call(json={"p": [item.x for item in price]}))

def encode_order(value: Order) -> dict[str, object]:
    return {"price": encode_order(value.a) if isinstance(value, Order) else value.b.items()}
'''


def refusal(source: str, name: str = "made.py") -> str:
    with pytest.raises(SpecError) as caught:
        check({name: source}, PROMISE)
    (found,) = caught.value.diagnostics
    assert found.code in {"not-as-planned", "not-python"}
    return found.message


def test_a_module_as_planned() -> None:
    check({"made.py": GOOD, "made.md": "# पाठ\n"}, PROMISE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PLACE: Final", "PWNED: Final"),
        ('"""Orders."""', '"""Orders."""; boom()'),
        ('"""Orders."""', "wire.boom()"),
        ('"""Its price."""', "boom()"),
        ('"""Its price."""', "cost: int"),
        ('    price: int = field(name="p")\n', ""),
        ('"""Its price."""', "price: str"),
        ('"""Its price."""', "def price(self): ..."),
        ('"""Place it."""', '"""Place it."""; __import__("os")'),
        ('"""Place it."""', '"""Place it."""; wire.os.system("x")'),
        ('"""Place it."""', '"""Place it."""; wire.secret("x").boom()'),
        ('"""Place it."""', 'wire.secret(x="a", x="b")'),
        ('"""Place it."""', "lambda x, x: x"),
        ('"""Orders."""', "return 1"),
        ('"""Place it."""', "import os"),
        ('"""Place it."""', "from os import system"),
        ('"""Place it."""', "from brokerspec_runtime.wire import *"),
        ('"""Place it."""', "from ...up import x"),
        ('"""Place it."""', "global x"),
        ('"""Place it."""', "del price"),
        ('"""Place it."""', "price += 1"),
        ('"""Place it."""', "(price := 1)"),
        ('"""Place it."""', 'f"{price}"'),
        ('"""Place it."""', "yield"),
        ('"""Place it."""', "raise price"),
        ('"""Place it."""', "1 + 1"),
        ('"""Place it."""', "price.__class__"),
        ('"""Place it."""', "self.__dict__"),
        ('"""Place it."""', "self._send.__func__"),
        ('"""Place it."""', '"".join(price)'),
        ('"""Place it."""', "super().close()"),
        ('"""Place it."""', "(lambda: 1)()"),
        ('"""Place it."""', "price()"),
        ('"""Place it."""', 'getattr(self, "x")'),
        ('"""Place it."""', 'eval("x")'),
        ('"""Place it."""', "print(1)"),
        ('"""Place it."""', "while price: pass"),
        ('"""Place it."""', "try: pass\n        except Exception: pass"),
        ('"""Place it."""', "assert price"),
        ('"""Place it."""', "match price:\n            case _: pass"),
        ("price: int | None = None", "price: int | None = None, other: int = 1"),
        ("price: int | None = None", "price: int = boom()"),
        ("*, price: int | None = None", "price: int | None = None"),
        ("*, price: int | None = None", "*price: int"),
        ("*, price: int | None = None", "**price: int"),
        ("Struct, frozen=True", "Struct, metaclass=boom"),
        ("class Client:", "@boom\nclass Client:"),
        ("class Client:", "@wire.a.b\nclass Client:"),
        ("class Client:", "class Other(Client): ...\nclass Client:"),
        ("class Client:", "wire.x = 1\nclass Client:"),
        ("class Client:", "__all__[0] = 1\nclass Client:"),
        ("class Client:", "for x in PLACE: ...\nclass Client:"),
        ("class Client:", "if PLACE: Flag = 1\nclass Client:"),
        ("class Client:", "class Client:\n    if Order: ..."),
        ("def encode_order", "def encode_other(x): ...\ndef encode_order"),
        ("def encode_order", "async def encode_order"),
        ('"y", "n"', '"y", n'),
        ("Flag = bool", "Flag = eval"),
        ("Orders.", "Orders\u202e."),
        ("Orders.", "Orders\u200b."),
        ("Orders.", "Orders\x1b."),
        ("Orders.", "Orders\r."),
        ('"y", "n"', '"y" "n'),
        ("PLACE: Final", "\0PLACE: Final"),
        ("__all__ =", "\\N{BULLET} ="),
    ],
)
def test_anything_else_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    assert "made.py" in refusal(GOOD.replace(old, new, 1))


def test_what_does_not_show_is_refused_in_every_file() -> None:
    assert "does not show" in refusal("# a\u2066b\n", "reference.md")


def test_deep_nesting_is_refused() -> None:
    refusal("__all__ = " + "[" * 5000 + "]" * 5000)


def test_nothing_is_written_when_an_encoder_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brokerspec.plan_calls.literal", lambda value: f"__import__({value!r})")
    spec = SPEC.replace(
        "responses:",
        "parameters: [{name: q, in: query, schema: {type: string}}]\n      responses:",
        1,
    )
    with pytest.raises(SpecError, match=r"not-as-planned.*__import__"):
        files_of(tmp_path, spec, ours=False)


def test_a_package_is_what_it_promises(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SPEC, encoding="utf-8")
    api, _ = read(Job(tmp_path / "a.yaml", "made", "a.yaml"))
    package = plan(api, "a.yaml")
    check(render(package), promise_of(package))


# Templates.


def printed(template: str, **given: object) -> str:
    return SourceEnvironment().from_string(template).render(**given)


@pytest.mark.parametrize(
    "template",
    [
        "{{ raw }}",
        "{{ raw | upper }}",
        "{{ raw ~ 'x' }}",
        "{{ 'x' ~ raw }}",
        "{{ 'x' + raw }}",
        "{{ ['x', raw] | join(', ') }}",
        "{{ ['x', 'y'] | join(raw) }}",
        "{% set x = raw %}{{ x }}",
        "{% set x %}{{ raw }}{% endset %}{{ x }}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(raw) }}",
        "{% for x in [raw] %}{{ x }}{% endfor %}",
        "{{ 'x %s' % raw }}",
        "{{ 'x {}'.format(raw) }}",
        "{{ 'x'.replace('x', raw) }}",
        "{{ {'a': raw}.a }}",
        "{{ none }}",
        "{{ [raw] }}",
        "{{ raw if raw }}",
        "{{ source | trim }}",
    ],
)
def test_a_template_prints_no_text_of_a_document(template: str) -> None:
    with pytest.raises(TypeError, match="no encoder"):
        printed(template, raw="import os", source=text.literal("x"))


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("a {{ source }} b", "a 'x' b"),
        ("{{ 'x' }}{{ 'a' ~ source ~ 1 }}", "xa'x'1"),
        ("{{ [source, source] | join(', ') }}", "'x', 'x'"),
        ("{% set x %}{{ source }}{% endset %}{{ x ~ 'y' }}", "'x'y"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m('a' if source else 'b') }}", "<a>"),
        ("{% set c = {'a': 'b'} %}{{ c.a }}", "b"),
        ("{% for x in [source] %}{{ loop.index }}{{ x }}{% endfor %}", "1'x'"),
    ],
)
def test_a_template_prints_source(template: str, shown: str) -> None:
    assert printed(template, source=text.literal("x")) == shown


# Groups, pages, streams and projects.

LARGE = """\
openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: 'https://a.example'}]
paths:
  /a:
    get:
      operationId: list_rows
      tags: [rows]
      x-pagination: {kind: offset, argument: skip}
      parameters: [{name: skip, in: query, schema: {type: integer}}]
      responses:
        '200':
          description: d
          content:
            application/json: {schema: {type: array, items: {type: string}}}
  /b:
    get:
      operationId: read_file
      tags: [files]
      responses:
        '200':
          description: d
          content:
            application/octet-stream: {schema: {type: string, format: binary}}
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, dict[str, str]]:
    spec = tmp_path_factory.mktemp("large") / "a.yaml"
    spec.write_text(LARGE, encoding="utf-8")
    api, _ = read(Job(spec, "made", "a.yaml", is_ours=False))
    planned = plan_project(replace(plan(api, "a.yaml", may_split=True), is_bundled=True))
    files = render_project(planned)
    check_project(files, planned)
    return planned, files


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("made/groups/rows.py", "\nclass RowsGroup(", "\nboom()\nclass RowsGroup("),
        ("made/groups/rows.py", "\nclass RowsGroup(", "\nclass Other: ...\nclass RowsGroup("),
        ("made/groups/rows.py", "skip: int | None = None", "skip: int = 0, other: int = 0"),
        ("made/groups/rows.py", "def iter_", "def other_"),
        ("made/groups/rows.py", "Paging(", "__import__("),
        ("made/groups/rows.py", "\nclass RowsGroupPrepare", "\nX = 1\nclass RowsGroupPrepare"),
        ("made/groups/files.py", "WithStreaming", "WithOther"),
        ("made/groups/files.py", "def ", "async def boom(self): ...\n    def "),
        ("made/client.py", "\nclass Client(", "\nimport os\nclass Client("),
        ("made/client.py", "\nclass Client(", "\nassert Secret\nclass Client("),
        ("made/__init__.py", "__all__", "__other__"),
        ("tests/test_smoke.py", "\nCALLS", "\nimport os\nCALLS"),
        ("tests/test_smoke.py", "\nCALLS", "\nOTHER = 1\nCALLS"),
        ("tests/test_smoke.py", "def test_every", "def test_other(): ...\ndef test_every"),
        ("tests/test_smoke.py", "lambda prepare: ", "lambda prepare: __import__('os') or "),
        ("tests/test_smoke.py", "    assert missing == []", "    eval('1')"),
        ("README.md", "## Install", "## Install\u202e"),
        ("pyproject.toml", "[project]", "[project]\x1b"),
    ],
)
def test_every_part_of_a_project_is_locked(
    project: tuple[Project, dict[str, str]], name: str, old: str, new: str
) -> None:
    planned, files = project
    assert old in files[name]
    with pytest.raises(SpecError, match="not-as-planned"):
        check_project({**files, name: files[name].replace(old, new, 1)}, planned)
