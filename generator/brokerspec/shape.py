"""Read every module back and hold it against its plan, before anything is written.

Text of a document is encoded on its way into source. This is the second lock: whatever an
encoder, a template or another library did wrong, a module that says anything but what was
planned is refused as a whole. Three things are compared:

- the language: only the statements and expressions that generated modules need;
- the names: each is imported from the runtime or a few modules of Python, defined in the module,
  or one of a few builtins; what is called and reached into is named so;
- the promise: the classes, functions and values of a module, the members of its classes and
  the arguments of its methods are those of the plan.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, Final, NoReturn, TypeAlias, cast

from brokerspec.diagnostics import Diagnostic, Severity, SpecError
from brokerspec.text import is_clean

_LANGUAGE: Final[frozenset[type[ast.AST]]] = frozenset(
    {
        ast.AnnAssign,
        ast.Assign,
        ast.AsyncFunctionDef,
        ast.AsyncWith,
        ast.ClassDef,
        ast.Expr,
    }
    | {
        ast.FunctionDef,
        ast.If,
        ast.Import,
        ast.ImportFrom,
        ast.Return,
        ast.With,
        ast.alias,
        ast.arg,
    }
    | {ast.alias, ast.arg, ast.arguments, ast.keyword, ast.withitem, ast.comprehension}
    | {ast.Attribute, ast.Await, ast.BinOp, ast.BoolOp, ast.Call, ast.Compare, ast.Constant}
    | {ast.Dict, ast.DictComp, ast.GeneratorExp, ast.IfExp, ast.Lambda, ast.List, ast.ListComp}
    | {ast.Name, ast.Set, ast.SetComp, ast.Starred, ast.Subscript, ast.Tuple, ast.UnaryOp}
    | {ast.And, ast.BitOr, ast.Eq, ast.In, ast.Is, ast.IsNot, ast.Not, ast.NotEq, ast.NotIn}
    | {ast.Or, ast.USub}
)
_MODULES: Final = frozenset(
    {"__future__", "builtins", "collections.abc", "datetime", "decimal", "msgspec", "types"}
    | {"typing"}
)
_RUNTIME: Final = "brokerspec_runtime"
# What Python itself gives every module.
_OWN: Final = frozenset({"__all__", "__name__"})
_BUILTINS: Final = frozenset(
    {
        "bool",
        "bytes",
        "dict",
        "float",
        "frozenset",
        "hasattr",
        "int",
        "isinstance",
        "list",
        "object",
    }
    | {"property", "set", "str", "super", "tuple", "type"}
)
_COMPREHENSIONS: Final = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})
_LISTS: Final[frozenset[type]] = frozenset({list})
_FUNCTIONS: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda})
_FIELDS: Final = {
    kind: tuple(name for name in kind._fields if name not in {"ctx", "op", "ops"})
    for kind in _LANGUAGE
} | {ast.Compare: ("left", "ops", "comparators"), ast.BinOp: ("left", "op", "right")}
# Numbers and texts are only data, and what has no members of its own has nothing to check.
_DATA: Final[frozenset[type[Any]]] = frozenset(
    {ast.Constant, ast.alias, str, int, type(None), *(k for k in _LANGUAGE if not k._fields)}
)
_STARTS: Final = re.compile(r"^ *(?:class |def )?(\w+)", re.MULTILINE)
_FIELDS[ast.Assert] = ast.Assert._fields
_Names: TypeAlias = frozenset[str]
_Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Promise:
    """What the modules of a package define between them.

    `classes` gives the members of each class, `methods` the arguments of each method of an
    operation by its class.
    """

    classes: Mapping[str, _Names]
    methods: Mapping[tuple[str, str], _Names]
    functions: _Names = frozenset()
    values: _Names = frozenset()

    def within(self, text: str) -> Promise:
        """Return the part about names that a line of a module begins to define."""
        return self.about(frozenset(_STARTS.findall(text)))

    def about(self, names: _Names) -> Promise:
        """Return the part about some names."""
        classes = {name: self.classes[name] for name in names & self.classes.keys()}
        own = (key for name in classes for key in self._by_class.get(name, ()))
        return Promise(
            classes,
            {key: self.methods[key] for key in own},
            self.functions & names,
            self.values & names,
        )

    @cached_property
    def _by_class(self) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = {}
        for key in self.methods:
            found.setdefault(key[0], []).append(key)
        return found

    def facts(self) -> tuple[object, ...]:
        """Return all of it in an order that is always the same."""
        return (
            sorted((name, sorted(members)) for name, members in self.classes.items()),
            sorted((name, sorted(given)) for name, given in self.methods.items()),
            sorted(self.functions),
            sorted(self.values),
        )


def check(files: Mapping[str, str], promise: Promise, modules: Set[str] = frozenset()) -> None:
    """Raise SpecError for the first file that is not as planned.

    `modules` may be imported beside those of the runtime and of Python; what is theirs may
    be reached into further, what they give be called, and something be asserted.
    """
    for name, text in files.items():
        if not is_clean(text):
            _refuse(name, 0, "a character that does not show")
        if name.endswith(".py"):
            _Module(name, promise, modules).check(text)


def _refuse(name: str, line: int, what: str) -> NoReturn:
    place = f"{name}, line {line}" if line else name
    message = f"the generated module {place} is not as planned: {what}"
    hint = "please report it with the spec"
    raise SpecError([Diagnostic(Severity.ERROR, "not-as-planned", None, message, hint)])


class _Module:
    """Check one module, from the outside in."""

    def __init__(self, name: str, promise: Promise, modules: Set[str]) -> None:
        self._name = name
        self._promise = promise
        self._modules = modules
        self._deepest = 2 if modules else 1
        self._known: set[str] = {*_BUILTINS, *_OWN}
        self._checks: dict[type[Any], Callable[[Any, _Names], None]] = {
            ast.Attribute: self._reaches,
            ast.Call: self._calls,
            ast.Expr: self._states,
            ast.Import: self._imports,
            ast.ImportFrom: self._imports,
        }

    def check(self, text: str) -> None:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            message = f"the generated module {self._name} is not Python: {error}"
            raise SpecError([Diagnostic(Severity.ERROR, "not-python", None, message)]) from None
        body = list(_unfolded(tree.body))
        self._known.update(map(_defined, body), _imported(body))
        for node in body:
            self._top(node)
        for node in tree.body:
            self._inside(node)

    def _top(self, node: ast.stmt) -> None:
        """Hold a statement of the module itself against the promise."""
        promise = self._promise
        match node:
            case ast.ClassDef(name=name) if name in promise.classes:
                self._class(node, promise.classes[name])
            case ast.FunctionDef(name=name) if name in promise.functions:
                return
            case ast.Assign(targets=[ast.Name(id=name)]) if name in promise.values:
                return
            case ast.AnnAssign(target=ast.Name(id=name)) if name in promise.values:
                return
            case ast.Import() | ast.ImportFrom():
                return
            case ast.Expr(value=ast.Constant(value=str())):
                return
            case _:
                self._refuse(node, f"{_defined(node) or type(node).__name__} was not planned")

    def _class(self, node: ast.ClassDef, members: _Names) -> None:
        found: list[str] = []
        for inner in node.body:
            match inner:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._method(node.name, inner)
                case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign(target=ast.Name()):
                    pass
                case ast.Expr(value=ast.Constant(value=str())):
                    continue
                case _:
                    self._refuse(inner, f"{type(inner).__name__} in the class {node.name}")
            found.append(_defined(inner))
        own = frozenset(name for name in found if not name.startswith("__"))
        if own != members or len(set(found)) != len(found):
            odd = sorted(own ^ members) or "members twice"
            self._refuse(node, f"the class {node.name} differs by {odd}"[:200])

    def _method(self, owner: str, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        planned = self._promise.methods.get((owner, node.name))
        if planned is None:
            return
        given = frozenset(argument.arg for argument in node.args.kwonlyargs)
        others = [*node.args.posonlyargs, *node.args.args[1:], node.args.vararg, node.args.kwarg]
        if given != planned or any(others):
            self._refuse(node, f"the arguments of {node.name} differ by {sorted(given ^ planned)}")

    def _inside(self, top: ast.AST) -> None:
        """Check the language and the names of a statement and everything in it."""
        known, checks = self._known, self._checks
        waiting: list[tuple[Any, _Names]] = [(top, frozenset())]
        while waiting:
            node, around = waiting.pop()
            kind = cast("type[ast.AST]", type(node))
            if kind is ast.Name:
                self._reads(node, around)
                continue
            if kind not in _LANGUAGE and not (kind is ast.Assert and self._modules):
                self._refuse(node, f"{kind.__name__} is not part of generated modules")
            if kind in checks:
                checks[kind](node, around)
            elif kind in _FUNCTIONS:
                around |= self._locals(node)
            elif kind in _COMPREHENSIONS:
                around |= frozenset(_targets(node))
            for value in _READ[kind](node):
                parts: list[Any] = value if type(value) in _LISTS else [value]
                for item in parts:
                    inner = cast("type[object]", type(item))
                    # Most parts of a tree are data, or names that are known already.
                    if inner is ast.Name and (item.id in known or item.id in around):
                        continue
                    if inner not in _DATA:
                        waiting.append((item, around))

    def _locals(self, node: _Function) -> _Names:
        """Return the names that a function defines; what it imports is known everywhere."""
        given = node.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        listed = [argument.arg for argument in every if argument is not None]
        names = set(listed)
        if len(names) != len(listed):
            self._refuse(node, "an argument stands there twice")
        waiting: list[ast.stmt] = node.body if isinstance(node.body, list) else []
        while waiting:
            names |= {_defined(statement) for statement in waiting}
            self._known.update(_imported(waiting))
            blocks = [one for one in waiting if isinstance(one, ast.If | ast.With | ast.AsyncWith)]
            held = (item for block in blocks for item in getattr(block, "items", ()))
            names |= {_target(item.optional_vars) for item in held}
            waiting = [one for b in blocks for one in (*b.body, *getattr(b, "orelse", ()))]
        return frozenset(names)

    def _reads(self, node: ast.AST, around: _Names) -> None:
        name = node.id if isinstance(node, ast.Name) else ""
        if name in self._known or name in around:
            return
        if not isinstance(getattr(node, "ctx", None), ast.Store):
            self._refuse(node, f"the name {name} comes from nowhere")

    def _reaches(self, node: ast.Attribute, around: _Names) -> None:
        """Let attributes be read of arguments, and one deep of what is imported."""
        name = node.attr
        if type(node.value) is ast.Name and name[0] != "_":
            return
        depth, inner = 0, cast("ast.AST", node)
        while isinstance(inner, ast.Attribute):
            depth, inner = depth + 1, inner.value
        match inner:
            case ast.Call(func=ast.Name(id="super"), args=[]):
                is_fit = depth == 1 and name == "__init__"
            case ast.Name(id="self"):
                is_fit = not name.startswith("__")
            case ast.Name(id=root):
                is_public = not name.startswith("_") or name == "__all__"
                is_fit = is_public and (depth <= self._deepest or root in around)
            case _:
                is_fit = False
        if not is_fit:
            self._refuse(node, f"the attribute {name} is reached in an unplanned way")

    def _calls(self, node: ast.Call, around: _Names) -> None:
        given = [keyword.arg for keyword in node.keywords if keyword.arg]
        if len(set(given)) != len(given):
            self._refuse(node, "an argument is given twice")
        match node.func:
            case ast.Attribute():
                return
            case ast.Name(id=name) if name in self._known or (self._modules and name in around):
                return
            case _:
                self._refuse(node, f"{ast.unparse(node)[:60]} is called")

    def _imports(self, node: ast.AST, around: _Names) -> None:
        match node:
            case ast.Import(names=[ast.alias(name=name)]) if name in {"builtins", *self._modules}:
                return
            case ast.ImportFrom(module=module, level=0) if module is not None:
                root = module.split(".")[0]
                is_fit = module in _MODULES or root in {_RUNTIME, *self._modules}
            case ast.ImportFrom(module=module, level=level):
                is_fit = level <= 2
            case _:
                is_fit = False
        names = node.names if isinstance(node, ast.ImportFrom) else []
        if not is_fit or any(alias.name == "*" for alias in names):
            self._refuse(node, f"{ast.unparse(node)[:60]} was not planned")

    def _states(self, node: ast.AST, around: _Names) -> None:
        match node:
            case ast.Expr(value=ast.Constant(value=str()) | ast.Call() | ast.Await()):
                return
            case _:
                self._refuse(node, "an expression stands for itself")

    def _refuse(self, node: ast.AST, what: str) -> NoReturn:
        _refuse(self._name, getattr(node, "lineno", 0), what)


def _reading(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda node: (getattr(node, names[0]),)) if names else lambda _: ()


# What reads the members of a kind of node in which a name can be.
_READ: Final = {kind: _reading(names) for kind, names in _FIELDS.items()}


def _unfolded(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a module, with both halves of `if TYPE_CHECKING`."""
    for node in body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.UnaryOp(op=ast.Not())):
                yield from node.body
                yield from node.orelse
            case _:
                yield node


def _defined(node: ast.AST) -> str:
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
            return name
        case ast.AsyncFunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case _:
            return ""


def _target(node: ast.expr | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _imported(body: Iterable[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def _targets(node: ast.AST) -> Iterator[str]:
    for generator in getattr(node, "generators", ()):
        for inner in ast.walk(generator.target):
            if isinstance(inner, ast.Name):
                yield inner.id
