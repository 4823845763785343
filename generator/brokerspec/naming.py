"""Wire names to Python names: the only place that knows keywords and collisions."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
# Names that annotations of generated code use: a member of that name would hide them.
_RESERVED: Final = frozenset(
    {"bool", "bytes", "cls", "date", "datetime", "dict", "field", "int", "list", "self", "str"}
    | {"time", "tuple", "wire"}
)

# Names that the modules of a package give to other things.
RESERVED_CLASSES: Final = frozenset(
    {
        "Absent",
        "Any",
        "AsyncBase",
        "AsyncClient",
        "AsyncPrepare",
        "AsyncSignInBase",
        "AsyncTransportChoice",
        "AsyncWithResponse",
        "Awaitable",
        "Attach",
        "BrokerError",
        "Callable",
        "Client",
        "Contains",
        "Correlate",
        "Decimal",
        "Deviation",
        "Equals",
        "Failure",
        "Final",
        "Found",
        "Lookup",
        "StillUnknown",
        "Grant",
        "InvalidArgument",
        "InvalidRequest",
        "LimitReached",
        "OnLimit",
        "Policy",
        "Rate",
        "RateLimits",
        "Retry",
        "Mapping",
        "NotEquals",
        "NotFound",
        "NotSent",
        "OAuthFlow",
        "OnDeviation",
        "OpenEnum",
        "Operation",
        "OrderRejected",
        "OutcomeUnknown",
        "PermissionDenied",
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
        "TokenStore",
        "TransportChoice",
        "TypeAlias",
        "UnexpectedResponse",
        "WithResponse",
    }
)

# Names that the clients give to their own members, and their modules to other constants.
_RESERVED_METHODS: Final = frozenset(
    {"aclose", "close", "default_timeout", "failures", "prepare", "sign_in", "sign_in_by_paste"}
    | {"with_response"}
)
# Arguments that every constructor has.
_RESERVED_SETTINGS: Final = frozenset(
    {"allow_plain_http", "on_deviation", "on_limit", "proxy", "rate_limit", "reauthenticate"}
    | {"retry", "server", "timeout", "token_store", "transport"}
)


def words(wire: str) -> list[str]:
    """Return the words of a wire name, in lower case."""
    return [word.lower() for word in _WORD.findall(wire)]


def snake(wire: str) -> str:
    """Return a wire name as a Python variable name."""
    bare = wire.strip("_")
    if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", bare):
        return safe(bare)
    return safe("_".join(words(wire)) or "value")


def pascal(wire: str) -> str:
    """Return a wire name as a Python class name."""
    return safe("".join(part.capitalize() for part in words(wire)) or "Value")


def constant(wire: str) -> str:
    """Return a wire value as the name of a constant or enum member."""
    name = "_".join(words(wire)).upper()
    if wire.isupper() or not name:
        name = re.sub(r"[^A-Za-z0-9]+", "_", wire).strip("_").upper() or "EMPTY"
    return safe(name)


def safe(name: str) -> str:
    """Return a name that is a Python identifier and no keyword."""
    if name[:1].isdigit():
        return f"VALUE_{name}" if name.isupper() or name.isdigit() else f"value_{name}"
    if keyword.iskeyword(name) or name in _RESERVED:
        return f"{name}_"
    return name


def given(name: object) -> str:
    """Return a name that a document gives, made safe; empty when it gives none."""
    is_name = isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
    return safe(str(name)) if is_name else ""


def method(wire: str) -> str:
    """Return an operation's id as the name of a method."""
    name = snake(wire)
    return f"{name}_" if name in _RESERVED_METHODS else name


def setting(wire: str) -> str:
    """Return the name of a security scheme as an argument of the constructor."""
    name = snake(wire)
    return f"{name}_" if name in _RESERVED_SETTINGS else name


def unique(wanted: Mapping[str, str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return distinct names for wire names; later ones of a collision get a number."""
    used = set(taken)
    made: dict[str, str] = {}
    # Where the search for each name ended, so that many equal names do not begin it anew.
    numbers: dict[str, int] = {}
    for wire, name in wanted.items():
        number, free = numbers.get(name, 2), name
        while free in used:
            free, number = f"{name}_{number}", number + 1
        numbers[name] = number
        made[wire] = free
        used.add(free)
    return made


def first_free(name: str, taken: Iterable[str]) -> str:
    """Return `name`, or the first of name_2, name_3 … that is not taken."""
    used = taken if isinstance(taken, AbstractSet) else set(taken)
    number, free = 2, name
    while free in used:
        free, number = f"{name}_{number}", number + 1
    return free
