"""Go through the pages of a list: which call is next, and when there is none.

`_Walk` does no I/O: it is given the answer of a page and says what the next call is. The
two ways of waiting send it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    Literal,
    ParamSpec,
    TypeAlias,
    TypeGuard,
    TypeVar,
    cast,
)

from msgspec import Struct
from msgspec.structs import replace

from . import wire
from .client import AsyncBase, SyncBase
from .errors import InvalidArgument, UnexpectedResponse
from .flow import Response, attribute
from .operation import Call, Context
from .request import RawResponse
from .secret import Secret
from .urls import parse_qs, urljoin, urlsplit
from .views import viewed

if TYPE_CHECKING:
    from urllib.parse import SplitResult

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
_ODD_URL: Final = re.compile(r"[^\x21-\x7e]|\\")
_DIGITS: Final = 18
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}
# RFC 8288: links with parameters; of those only the relation counts.
_REL: Final = re.compile(r';\s*rel\s*=\s*"?([^";,]*)', re.IGNORECASE)


class EndlessPages(UnexpectedResponse):
    """The server gave a page for the second time: going on would never end."""


class Paging(Struct, Generic[T], frozen=True, kw_only=True):
    """How the next page of a list is asked for.

    `items` is the way of attributes to the list in the result. `argument` is the wire name
    of what changes from page to page, in the part `place` of the request. `next`, `more`
    and `total` are JSON Pointers into the body; `last` is a way of attributes into the last
    item. `first` is the number of the first page, or item.
    """

    kind: Literal["cursor", "offset", "page", "next-url", "link"]
    items: str = ""
    place: Literal["query", "headers", "json", "form"] = "query"
    argument: str = ""
    next: tuple[str, ...] = ()
    last: str = ""
    more: str = ""
    total: str = ""
    first: int = 0


Page: TypeAlias = Response[Any]


def iterate(
    client: SyncBase, call: Call[Any], paging: Paging[T], max_items: int | None
) -> Iterator[T]:
    """Yield the items of all pages; a page is read when its first item is asked for.

    A client that answers with full responses yields those of the pages themselves.
    """
    pages = _pages(client, call, paging, _bound(max_items))
    if client._is_full:  # pyright: ignore[reportPrivateUsage]
        return cast("Iterator[T]", (page for page, _ in pages))
    return (item for _, listed in pages for item in listed)


def _pages(
    client: SyncBase, call: Call[Any], paging: Paging[T], left: int | None
) -> Iterator[tuple[Page, Sequence[T]]]:
    view = viewed(client, full=True)
    call = call if client._is_full else _bare(call)  # pyright: ignore[reportPrivateUsage]
    walk = _Walk(paging, call, view._context, left)  # pyright: ignore[reportPrivateUsage]
    while walk.call is not None:
        vars(view)["_context"] = walk.context
        page = cast("Page", view._send(walk.call))  # pyright: ignore[reportPrivateUsage]
        yield page, walk.take(walk.call, page)


def iterate_async(
    client: AsyncBase, call: Call[Any], paging: Paging[T], max_items: int | None
) -> AsyncIterator[T]:
    """Yield the items of all pages; a page is read when its first item is asked for.

    A client that answers with full responses yields those of the pages themselves.
    """
    pages = _pages_async(client, call, paging, _bound(max_items))
    if client._is_full:  # pyright: ignore[reportPrivateUsage]
        return cast("AsyncIterator[T]", (page async for page, _ in pages))
    return (item async for _, listed in pages for item in listed)


def paged(method: Callable[P, Iterator[Any]], page: Callable[..., R]) -> Callable[P, Iterator[R]]:
    """Type a method that goes through pages by the one that reads a page."""
    return cast("Callable[P, Iterator[R]]", method)


def paged_async(
    method: Callable[P, AsyncIterator[Any]], page: Callable[..., Coroutine[Any, Any, R]]
) -> Callable[P, AsyncIterator[R]]:
    """Type a method of an asynchronous client in the same way."""
    return cast("Callable[P, AsyncIterator[R]]", method)


async def _pages_async(
    client: AsyncBase, call: Call[Any], paging: Paging[T], left: int | None
) -> AsyncIterator[tuple[Page, Sequence[T]]]:
    view = viewed(client, full=True)
    call = call if client._is_full else _bare(call)  # pyright: ignore[reportPrivateUsage]
    walk = _Walk(paging, call, view._context, left)  # pyright: ignore[reportPrivateUsage]
    while walk.call is not None:
        vars(view)["_context"] = walk.context
        page = cast("Page", await view._send(walk.call))  # pyright: ignore[reportPrivateUsage]
        yield page, walk.take(walk.call, page)


def _bare(call: Call[Any]) -> Call[Any]:
    """Return a call whose answer's headers nobody looks at."""
    return replace(call, operation=replace(call.operation, headers=None))


def _bound(max_items: int | None) -> int | None:
    if max_items is not None and (isinstance(max_items, bool) or max_items < 0):
        raise InvalidArgument("the number of items to stop after cannot be negative")
    return max_items


class _Walk(Generic[T]):
    """Where a walk through pages has come to; `call` is that of the next page, if any."""

    def __init__(
        self, paging: Paging[T], call: Call[Any], context: Context, left: int | None
    ) -> None:
        self.call: Call[Any] | None = None if left == 0 else call
        self.context = context
        self._paging = paging
        self._left = left
        self._before: Sequence[T] = ()
        self._seen: set[object] = {_given(call, paging)}

    def take(self, call: Call[Any], page: Page) -> Sequence[T]:
        """Take a page, find the call of the next one, and return the items that are wanted."""
        path = self._paging.items
        items = cast("Sequence[T]", (attribute(page.data, path) if path else page.data) or ())
        wanted = items if self._left is None else items[: self._left]
        if self._left is not None:
            self._left -= len(wanted)
        self.call = None
        if self._left != 0 and not self._is_over(page):
            counts = self._paging.kind in ("offset", "page")
            self.call = (self._counted if counts else self._pointed)(call, page, items)
        return wanted

    def _is_over(self, page: Page) -> bool:
        """Say whether the answer says that it is the last one."""
        return bool(self._paging.more) and found(page, self._paging.more) in (None, "", False, 0)

    def _counted(self, call: Call[Any], page: Page, items: Sequence[T]) -> Call[Any] | None:
        """Return the next of pages that are numbered, or begin at the number of an item."""
        paging, before = self._paging, self._before
        self._before = items
        if not items:
            return None
        if items == before:
            raise _about(EndlessPages("a page came for the second time"), call, page, self.context)
        now = _number(_given(call, paging))
        step = 1 if paging.kind == "page" else len(items)
        following = (paging.first if now is None else now) + step
        total = _number(found(page, paging.total)) if paging.total else None
        is_last = total is not None and following >= paging.first + total
        return None if is_last else _with(call, paging, following)

    def _pointed(self, call: Call[Any], page: Page, items: Sequence[T]) -> Call[Any] | None:
        """Return the next of pages that an answer names."""
        following = self._named(page, items)
        if isinstance(following, Secret):
            following = following.reveal()
        if following in (None, "", False):
            return None
        problem: UnexpectedResponse
        if isinstance(following, bool) or not isinstance(following, str | int):
            problem = UnexpectedResponse("what names the next page is no text or number")
        elif following in self._seen:
            problem = EndlessPages("the answer names a page that has been read already")
        else:
            self._seen.add(following)
            if self._paging.kind == "cursor":
                return _with(call, self._paging, following)
            try:
                return self._moved(call, page, str(following))
            except UnexpectedResponse as error:
                problem = error
        raise _about(problem, call, page, self.context)

    def _named(self, page: Page, items: Sequence[T]) -> object:
        paging = self._paging
        if paging.kind == "link":
            return linked(page.headers.get("link", ""))
        if paging.last:
            return attribute(items[-1], paging.last) if items else None
        named = (found(page, pointer) for pointer in paging.next)
        return next((one for one in named if one not in (None, "")), None)

    def _moved(self, call: Call[Any], page: Page, following: str) -> Call[Any]:
        """Return the call of an address; nothing is sent to another host than the server."""
        here = urlsplit(self.context.server)
        parts = _parts(page.request.url, following)
        if parts is None or _origin(parts) != _origin(here) or _ODD_URL.search(following):
            raise UnexpectedResponse("the next page is not on the server; nothing is sent there")
        origin = f"{here.scheme}://{here.netloc}"
        self.context = replace(self.context, server=origin)
        held = {value.reveal() for value in self.context.values.values() if _is_secret(value)}
        query = {
            name: tuple(Secret(value) if value in held else value for value in values)
            for name, values in parse_qs(parts.query).items()
        }
        operation = replace(call.operation, path=parts.path)
        return replace(call, operation=operation, path={}, query=query)


def _parts(base: str, following: str) -> SplitResult | None:
    """Return an address in parts, None for one that cannot be read or holds a password."""
    try:
        parts = urlsplit(urljoin(base, following))
        _ = parts.port  # Read here, where a wrong one is refused.
    except ValueError:
        return None
    return None if "@" in parts.netloc else parts


def _is_secret(value: object) -> TypeGuard[Secret]:
    return isinstance(value, Secret)


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _given(call: Call[Any], paging: Paging[Any]) -> object:
    """Return the value of the argument that changes from page to page."""
    members = cast("Mapping[str, object]", getattr(call, paging.place) or {})
    value = members.get(paging.argument)
    return None if value is wire.ABSENT else value


def _with(call: Call[Any], paging: Paging[Any], value: object) -> Call[Any]:
    """Return a call with another value of that argument."""
    members = cast("Mapping[str, object]", getattr(call, paging.place) or {})
    return replace(call, **{paging.place: {**members, paging.argument: value}})


def _number(value: object) -> int | None:
    """Return a whole number, which may be written as a text; None for anything else."""
    text = str(value)
    is_number = isinstance(value, int | str) and text.isascii() and text.isdecimal()
    return int(text) if is_number and len(text) < _DIGITS else None


def found(page: Page, pointer: str) -> object:
    """Return what a JSON Pointer leads to in the body of a page, None where it breaks off."""
    value = wire.loads(page.body)
    for part in pointer.split("/")[1:]:
        token = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = cast("dict[str, object]", value).get(token)
        elif isinstance(value, list) and token.isascii() and token.isdecimal():
            entries = cast("list[object]", value)
            value = entries[int(token)] if int(token[:_DIGITS]) < len(entries) else None
        else:
            return None
    return value


def linked(header: str) -> str | None:
    """Return the address of the next page in a `Link` header (RFC 8288)."""
    at = 0
    while (begin := header.find("<", at)) >= 0 and (end := header.find(">", begin)) >= 0:
        at = header.find("<", end)
        said = _REL.search(header, end, at if at >= 0 else len(header))
        if said and "next" in said[1].lower().split():
            return header[begin + 1 : end].strip()
        if at < 0:
            break
    return None


def _about(
    error: UnexpectedResponse, call: Call[Any], page: Page, context: Context
) -> UnexpectedResponse:
    """Say on an error which page it is about; what was read can be read again."""
    error.retry_safe = True
    answer = RawResponse(page.status, page.headers, page.body, page.elapsed)
    name, broker = call.operation.name, context.broker
    error.about(operation=name, broker=broker, request=page.request, response=answer)
    return error
