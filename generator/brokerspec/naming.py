"""Wire names to Python names: the only place that knows keywords and collisions."""

from __future__ import annotations

import keyword
import re
import sys
import unicodedata
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import Final, TypeVar

# A document says the same names again and again. What is `Text` is never what a plain text is.
_remembered: Final = lru_cache(maxsize=10_000, typed=True)

_K = TypeVar("_K")
_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_OAUTH: Final = re.compile(r"(?<![A-Z])OAuth|^oAuth")
_SNAKE: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Names that annotations of generated code use: a member of that name would hide them.
_RESERVED: Final = frozenset(
    {"bool", "bytes", "cls", "date", "datetime", "dict", "field", "int", "list", "self", "str"}
    | {"time", "tuple", "wire"}
)
# Names of devices: on Windows no file may have them, whatever its suffix.
_DEVICES: Final = frozenset(
    {"aux", "con", "nul", "prn"} | {f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)}
)
# What a package of that name would hide from itself and from its user.
_RUNTIME: Final = frozenset(
    {"authlib", "brokerspec", "brokerspec_runtime", "httpx2", "msgspec", "requests", "urllib3"}
)

# Names that the modules of a package give to other things.
RESERVED_CLASSES: Final = frozenset(
    {
        "Absent",
        "Any",
        "AsyncBase",
        "AsyncGroupBase",
        "AsyncIterator",
        "AsyncPersonBase",
        "AsyncTokenBase",
        "AsyncClient",
        "AsyncPrepare",
        "AsyncSignInBase",
        "AsyncTransportChoice",
        "AsyncWithResponse",
        "AsyncWithStreaming",
        "Awaitable",
        "Attach",
        "BrokerError",
        "Callable",
        "Client",
        "Contains",
        "Correlate",
        "Decimal",
        "Deviation",
        "Documented",
        "Equals",
        "Failure",
        "Final",
        "Found",
        "Lookup",
        "StillUnknown",
        "Grant",
        "GroupBase",
        "HeadersOf",
        "InsecureConnection",
        "InvalidArgument",
        "InvalidRequest",
        "ItemsOf",
        "Iterator",
        "LimitReached",
        "Literal",
        "OnLimit",
        "Policy",
        "Rate",
        "RateLimits",
        "Retry",
        "Mapping",
        "NotEquals",
        "NotFound",
        "NotSent",
        "OAuth2",
        "OAuthFlow",
        "OnDeviation",
        "OpenEnum",
        "OpenIntEnum",
        "Operation",
        "Optional",
        "OrderRejected",
        "OutcomeUnknown",
        "Paging",
        "PermissionDenied",
        "PersonBase",
        "Prepare",
        "Proxy",
        "RateLimited",
        "Rejected",
        "Response",
        "SPEC_DIGEST",
        "Safety",
        "Secret",
        "Sequence",
        "SessionExpired",
        "SignInBase",
        "Struct",
        "SyncBase",
        "Timeout",
        "TokenBase",
        "TokenStore",
        "TransportChoice",
        "TypeAlias",
        "UnexpectedResponse",
        "Union",
        "WithResponse",
        "WithStreaming",
    }
)

# Names that the clients give to their own members, or mean something else by beside them, and
# that their modules give to other constants.
_RESERVED_METHODS: Final = frozenset(
    {"aclose", "close", "default_timeout", "failures", "prepare", "sign_in", "sign_in_by_paste"}
    | {"finish_sign_in", "float", "start_sign_in", "with_options", "with_response"}
    | {"with_streaming"}
)
# The same for the groups of a client, which are modules too: some names are no files everywhere.
RESERVED_GROUPS: Final = (
    _RESERVED_METHODS
    | _DEVICES
    | {"authorization_url", "fetch_token", "open_session", "reconcile", "with_options"}
    # What makes a member of a class of each group that comes after it.
    | {"property"}
)
# Constants that modules have or import beside those of operations.
CONSTANTS: Final = frozenset(
    {"DEFAULT_RATES", "DEFAULT_RETRY", "DEFAULT_TIMEOUT", "FAILURES", "TYPE_CHECKING"}
)
# Functions that methods call: an argument of such a name would hide them.
_CALLED: Final = frozenset({"isinstance", "iterate", "iterate_async"})
# Types whose names methods may have, because annotations can name their module instead.
BUILTIN_TYPES: Final = frozenset(
    {"bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple", "type"}
)
# Arguments that every constructor has.
_RESERVED_SETTINGS: Final = frozenset(
    {"allow_plain_http", "on_deviation", "on_limit", "proxy", "rate_limit", "reauthenticate"}
    | {"proxy_of", "retry", "server", "shared_limits", "super", "timeout", "token_store"}
    | {"transport"}
)


# What a listed value of nothing but signs is called, such as that of a comparison.
_SIGNS: Final = {
    "!": "NOT",
    "#": "HASH",
    "$": "DOLLAR",
    "%": "PERCENT",
    "&": "AND",
    "*": "STAR",
    "+": "PLUS",
    "-": "MINUS",
    ".": "DOT",
    "/": "SLASH",
    "<": "LESS",
    "=": "EQUAL",
    ">": "GREATER",
    "?": "QUESTION",
    "@": "AT",
    "^": "CARET",
    "_": "UNDERSCORE",
    "|": "OR",
    "~": "TILDE",
}


def words(wire: str) -> list[str]:
    """Return the words of a wire name, in lower case; letters lose their accents."""
    if not wire.isascii():
        wire = unicodedata.normalize("NFKD", wire.replace("ß", "ss"))
        wire = "".join(c for c in wire if not unicodedata.combining(c))
    return [word.lower() for word in _WORD.findall(wire)]


def as_one_word(wire: str) -> str:
    """Return a name in which OAuth, which has a capital inside, is written as one word."""
    return _OAUTH.sub("Oauth", wire) if "Auth" in wire else wire


@_remembered
def snake(wire: str) -> str:
    """Return a wire name as a Python variable name."""
    bare = wire.strip("_")
    if _SNAKE.fullmatch(bare):
        return safe(bare)
    return safe("_".join(words(as_one_word(wire))) or "value")


@_remembered
def pascal(wire: str) -> str:
    """Return a wire name as a Python class name."""
    return safe("".join(part.capitalize() for part in words(wire)) or "Value")


@_remembered
def constant(wire: str) -> str:
    """Return a wire value as the name of a constant or enum member."""
    name = "_".join(words(wire)).upper()
    if wire.isupper() or not name:
        name = re.sub(r"[^A-Za-z0-9]+", "_", wire).strip("_").upper()
    if name:
        return safe(f"MINUS_{name}" if wire.startswith("-") else name)
    return "_".join(_SIGNS[sign] for sign in wire if sign in _SIGNS)[:40].strip("_") or (
        "VALUE" if wire.strip() else "EMPTY"
    )


def safe(name: str) -> str:
    """Return a name that is a Python identifier and no keyword."""
    if name[:1].isdigit():
        return f"VALUE_{name}" if name.isupper() or name.isdigit() else f"value_{name}"
    if keyword.iskeyword(name) or name in _RESERVED:
        return f"{name}_"
    return name


def safe_member(name: str) -> str:
    """Return a name for a method of a group, where those of built-in types may stand."""
    bare = name.rstrip("_")
    # Annotations beside a method of that name say `builtins.list`.
    return bare if bare in BUILTIN_TYPES else "builtins_" if name == "builtins" else safe(name)


def given(name: object) -> str:
    """Return a name that a document gives, made safe; empty when it gives none."""
    is_name = isinstance(name, str) and _NAME.fullmatch(name)
    return safe(str(name)) if is_name else ""


def class_name(wire: str, chosen: object) -> str:
    """Return the class of a component; `chosen` is what the document calls it, if it does."""
    is_class = re.fullmatch(r"[A-Z][A-Za-z0-9]*", wire) is not None
    name = given(chosen) or (safe(wire) if is_class else pascal(wire))
    return pascal(name) if name in CONSTANTS else name


def member(name: object) -> str:
    """Return a name that a document gives to a value of an enum, which are texts with methods."""
    found = given(name)
    return found.upper() if found == "mro" or hasattr(str, found) else found


def method(wire: str) -> str:
    """Return an operation's id as the name of a method."""
    name = snake(wire)
    return f"{name}_" if name in _RESERVED_METHODS else name


def is_package_name(name: str) -> bool:
    """Say whether a package may have this name on every system, and hides no other."""
    is_plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,99}", name) is not None
    folded = name.lower()
    is_taken = folded in _DEVICES or folded in _RUNTIME or name in sys.stdlib_module_names
    return is_plain and not is_taken and not keyword.iskeyword(name)


def argument(name: str, encoded: Names) -> str:
    """Return a name for an argument that hides nothing which its method calls.

    `encoded` are the classes that are put on the wire by functions named after them.
    """
    of_class = name.removeprefix("encode_")
    is_taken = name in _CALLED or (of_class != name and encoded.has(of_class))
    return f"{name}_" if is_taken else name


def setting(wire: str) -> str:
    """Return the name of a security scheme as an argument of the constructor."""
    name = snake(wire)
    return f"{name}_" if name in _RESERVED_SETTINGS else name


def unique(wanted: Mapping[_K, str]) -> dict[_K, str]:
    """Return distinct names for wire names; later ones of a collision get a number."""
    if len(set(wanted.values())) == len(wanted):
        return dict(wanted)
    names = Names()
    return {wire: names.claim(name) for wire, name in wanted.items()}


class Names:
    """Names that are taken; it remembers how far the numbers of each have come.

    `key` says what must differ about them.
    """

    def __init__(self, taken: Iterable[str] = (), key: Callable[[str], str] = str) -> None:
        self._key = key
        self._taken = {key(name) for name in taken}
        self._next: dict[str, int] = {}

    def claim(self, name: str) -> str:
        """Take `name`, or the first of name_2, name_3 … that is free, and return it."""
        number, free = self._next.get(name, 2), name
        while self._key(free) in self._taken:
            free, number = f"{name}_{number}", number + 1
        self._next[name] = number
        self._taken.add(self._key(free))
        return free

    def has(self, name: str) -> bool:
        """Say whether a name is taken."""
        return self._key(name) in self._taken

    def release(self, name: str, wanted: str) -> None:
        """Give back the name that was claimed last for a wanted one."""
        self._taken.discard(self._key(name))
        self._next.pop(wanted, None)


def first_free(name: str, taken: Iterable[str]) -> str:
    """Return `name`, or the first of name_2, name_3 … that is not taken."""
    used = taken if isinstance(taken, Container) else set(taken)
    number, free = 2, name
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free
