"""The IR to a package: which files there are, and every finished string in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from brokerspec import ir
from brokerspec.changelog import Release
from brokerspec.expressions import annotation
from brokerspec.formats import Format, Formats
from brokerspec.lower_styles import is_file
from brokerspec.marked import marked
from brokerspec.models import formats_of, write_classes
from brokerspec.naming import CONSTANTS, first_free
from brokerspec.pieces import Keys, Pieces, Planning, keys_of
from brokerspec.plan_calls import EncoderView, Method, encoders
from brokerspec.plan_correlation import Reconciling, reconciling
from brokerspec.plan_details import Detail, details_of
from brokerspec.plan_docs import client_doc
from brokerspec.plan_groups import Split, Whole, is_large, split
from brokerspec.plan_operations import (
    ERRORS,
    Constant,
    item_names,
    operation_constants,
    rules,
)
from brokerspec.plan_paging import Pager, pagers
from brokerspec.plan_parts import Import
from brokerspec.plan_session import Opening, oauth2, oauth_flow, opening, sources, token_base
from brokerspec.plan_settings import (
    SettingView,
    account,
    checked_servers,
    proxy,
    server,
    server_parameter,
    settings,
    with_role,
)
from brokerspec.text import Source, Words, identifier, one_line

SHARED = (
    "Deviation",
    "InsecureConnection",
    "Proxy",
    "Rate",
    "Response",
    "Retry",
    "Secret",
    "Timeout",
    "outcome_of",
)
_STORES: Final = ("AccountStore", "FileStore", "MemoryStore", "TokenStore")
NOT_RELEASED: Final = Release()


class Head(Struct, frozen=True):
    """What the modules of a part of a package say about the whole."""

    banner: str
    title: Words


class Brief(Struct, frozen=True):
    """What a section of the reference may say about the whole API."""

    api: ir.Api


class Package(Struct, frozen=True):
    """What the templates render. Every text in it is finished, but for what is called `Words`."""

    name: str
    banner: str
    title: Words
    source: Words
    docstring: str
    settings: tuple[SettingView, ...]
    account: str
    server: str
    server_parameter: str
    checked_servers: tuple[str, ...]
    proxy: str
    proxy_parameter: str
    sources: str
    methods: tuple[Method, ...]
    pagers: tuple[Pager, ...]
    operations: tuple[Constant, ...]
    failures: str
    encoders: tuple[EncoderView, ...]
    reconciling: Reconciling | None
    opening: Opening | None
    has_session: bool
    classes: str
    formats: tuple[Format, ...]
    model_names: tuple[str, ...]
    type_names: tuple[str, ...]
    error_names: tuple[str, ...]
    shared_names: tuple[str, ...]
    offered: tuple[Import, ...]
    exports: tuple[str, ...]
    oauth: str
    token: str
    details: tuple[Detail, ...]
    streams: tuple[str, ...]
    token_base: str
    oauth2: str
    release: Release
    api: ir.Api
    pieces: Planning
    split: Split | None = None
    is_bundled: bool = False

    @property
    def detail_names(self) -> tuple[Source, ...]:
        """What errors.py defines beside the errors."""
        return tuple(name for detail in self.details for name in detail.names)

    @property
    def detail_models(self) -> tuple[Source, ...]:
        """The models that errors.py names."""
        names = {name for detail in self.details for name in detail.models}
        return tuple(identifier(name) for name in sorted(names))

    @property
    def own_methods(self) -> tuple[Method, ...]:
        """The methods of the clients themselves, in the order of the document."""
        grouped = {operation.name for operation in self.api.operations if operation.group}
        return tuple(method for method in self.methods if method.name not in grouped)

    @property
    def own_pagers(self) -> tuple[Pager, ...]:
        """The methods of the clients themselves that go through pages."""
        grouped = {operation.name for operation in self.api.operations if operation.group}
        return tuple(pager for pager in self.pagers if pager.method.name not in grouped)


def plan(
    api: ir.Api,
    spec: str,
    release: Release = NOT_RELEASED,
    *,
    may_split: bool = False,
    earlier: Pieces | None = None,
    keys: Keys | None = None,
) -> Package:
    """Return the package of an API; `spec` is what the banner says it was made from.

    With `may_split` a large one has modules that are loaded when they are needed. `earlier`
    has what an earlier run planned, `keys` those of the API where they are known.
    """
    keys = keys or keys_of(api)
    api = marked(api)
    formats = formats_of(api)
    api = _told_apart(api, formats)
    pieces = Planning(api, formats, earlier or Pieces(), keys)
    classes, words = _classes(api, formats, pieces)
    made = _whole(api, pieces, formats, classes)
    banner = f"Generated by brokerspec from {one_line(spec)}. Edits are lost."
    made = replace(made, banner=banner, release=release)
    is_whole = not may_split or made.opening or made.reconciling or not is_large(api)
    return made if is_whole else _split(made, classes, words)


def _whole(api: ir.Api, pieces: Planning, formats: Formats, classes: Mapping[str, str]) -> Package:
    """Return the package of an API in one piece, without its banner."""
    items = item_names(api)
    methods = tuple(pieces.method(one, items.get(one.name, "")) for one in _plain(api))
    details = details_of(api)
    names = tuple(sorted([model.name for model in api.models] + [enum.name for enum in api.enums]))
    shared = tuple(sorted({*SHARED, *_files(api, names)}))
    offered = tuple(_offered(api, {*names, *shared, *ERRORS}))
    return Package(
        name=api.package,
        banner="",
        title=api.title,
        source=api.source,
        docstring=client_doc(api),
        settings=tuple(settings(api)),
        account=account(api),
        server=server(api),
        server_parameter=server_parameter(api),
        checked_servers=checked_servers(api),
        proxy=proxy(api),
        proxy_parameter="" if with_role(api, "proxy-url") else "proxy: Proxy | str | None = None",
        sources=sources(api),
        methods=methods,
        pagers=tuple(pagers(methods, api)),
        operations=tuple(_constants(api, formats, items)),
        failures=rules(api.failures),
        encoders=tuple(encoders(api, pieces.around)),
        reconciling=reconciling(api),
        opening=opening(api, {method.name: method for method in methods}),
        has_session=with_role(api, "session") is not None,
        classes="\n\n".join(classes.values()),
        formats=formats.all,
        model_names=names,
        type_names=(*names, *(made.alias for made in formats.all)),
        error_names=ERRORS,
        shared_names=shared,
        offered=offered,
        exports=_exports(names, (*shared, *(n for one in offered for n in one.names)), details),
        oauth=oauth_flow(api),
        token=_token(api),
        details=details,
        streams=tuple(operation.name for operation in _plain(api) if operation.streams),
        token_base=token_base(api),
        oauth2=oauth2(api),
        release=NOT_RELEASED,
        api=api,
        pieces=pieces,
    )


def _split(
    made: Package, classes: Mapping[str, str], words: Mapping[str, tuple[str, ...]]
) -> Package:
    """Return a package with its modules in parts; `words` are those of its classes."""
    listed = (made.formats, made.encoders, made.methods, made.pagers, made.operations)
    return replace(made, split=split(Whole(made.api, classes, words, *listed)))


def _told_apart(api: ir.Api, formats: Formats) -> ir.Api:
    """Return the API with constants of operations that nothing else is called like."""
    classes = {model.name for model in api.models} | {enum.name for enum in api.enums}
    classes |= {made.alias for made in formats.all} | CONSTANTS
    if classes.isdisjoint(operation.constant for operation in api.operations):
        return api
    taken = classes | {operation.constant for operation in api.operations}
    found: list[ir.Operation] = []
    for made in api.operations:
        if made.constant in classes:
            made = replace(made, other_constant=first_free(made.constant, taken))
            taken.add(made.constant)
        found.append(made)
    return replace(api, operations=tuple(found))


def _classes(
    api: ir.Api, formats: Formats, pieces: Planning
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return the source of every class and the words in it."""
    unnamed: tuple[ir.Model | ir.Enum, ...] = (*api.models, *api.enums)
    every = {made.name: made for made in unnamed}
    found = ((name, pieces.known_class(made)) for name, made in every.items())
    known = {name: source for name, source in found if source is not None}
    classes = write_classes(api, formats, known)
    return classes, {name: pieces.words(every[name], text) for name, text in classes.items()}


def _files(api: ir.Api, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the class of files where a method takes some and no model has its name."""
    found = any(is_file(one.type) for made in api.operations for one in made.arguments)
    return ("File",) if found and "File" not in names else ()


def _offered(api: ir.Api, taken: AbstractSet[str]) -> Iterator[Import]:
    """Yield what else of the runtime callers of a package need, where no model has its name."""
    operations = api.operations
    needed = {
        "headers": ("HeadedResponse",) if any(made.headers for made in operations) else (),
        "streaming": ("AsyncStream", "Stream") if any(made.streams for made in operations) else (),
        "events": ("Event",) if any(made.streams and made.item for made in operations) else (),
        "token_store": _STORES if token_base(api) else (),
        "token_store_keyring": ("KeyringStore",) if token_base(api) else (),
    }
    for module, names in needed.items():
        if free := tuple(name for name in names if name not in taken):
            yield Import(module, free)


def _exports(
    names: tuple[str, ...], shared: tuple[str, ...], details: tuple[Detail, ...]
) -> tuple[str, ...]:
    """Return everything that the package gives to its callers."""
    own = [name for detail in details for name in detail.names]
    return tuple(sorted({"AsyncClient", "Client", *ERRORS, *shared, *names, *own}))


def _plain(api: ir.Api) -> Iterator[ir.Operation]:
    return (operation for operation in api.operations if not operation.sign_in)


def _sent(api: ir.Api) -> Iterator[ir.Operation]:
    return (operation for operation in api.operations if operation.sign_in != "authorize")


def _constants(api: ir.Api, formats: Formats, items: Mapping[str, str]) -> Iterator[Constant]:
    for operation in _sent(api):
        yield from operation_constants(operation, api, formats, items.get(operation.name, ""))


def _token(api: ir.Api) -> str:
    """Return the annotation of what signing in gives."""
    found = (operation.returns for operation in api.operations if operation.sign_in == "token")
    return next((annotation(returns) for returns in found if returns is not None), "None")
