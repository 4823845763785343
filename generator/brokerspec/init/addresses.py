"""Take printed addresses apart: host, path, and the parameters in both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from brokerspec.audit.facts import Endpoint, Text

_ABSOLUTE: Final = re.compile(r"(?P<host>(?:https?|wss?)://[^/?#\s]*)(?P<rest>.*)")
_BASE: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~-]+)*/?")
_SLOT: Final = re.compile(r"<([^<>]+)>|\{([^{}]+)\}|:([A-Za-z_]\w*)|\[([^\[\]]+)\]")
_HOST: Final = re.compile(r"https?://(?:[A-Za-z0-9-]+\.)+[a-z]{2,}(?::\d+)?")


@dataclass(frozen=True, slots=True)
class Query:
    """Hold one parameter of a query string; `constant` is a value that is always sent."""

    name: str
    constant: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Hold one printed address, taken apart; the path is empty where it is lost.

    A signature such as `login(password)` has arguments instead of a path.
    """

    method: str
    host: str
    path: str
    query: tuple[Query, ...]
    line: int
    arguments: tuple[str, ...] | None = None

    @property
    def slots(self) -> tuple[str, ...]:
        """The names of the parameters in the path."""
        return tuple(re.findall(r"\{([^{}]+)\}", self.path))

    def is_like(self, other: Address) -> bool:
        """Say whether both can be the same path, one of them with values filled in."""
        own, others = self.path.split("/"), other.path.split("/")
        pairs = zip(own, others, strict=False)
        return len(own) == len(others) and all(
            a == b or a.startswith("{") or b.startswith("{") for a, b in pairs
        )


def address_of(endpoint: Endpoint) -> Address | None:
    """Return an endpoint taken apart, or None for what no request can be sent to."""
    printed = endpoint.path.strip().rstrip(".,;")
    if not printed:
        return Address(endpoint.method.upper(), "", "", (), endpoint.line)
    absolute = _ABSOLUTE.fullmatch(printed)
    host = absolute["host"] if absolute else ""
    if host.startswith("ws"):
        return None
    rest = absolute["rest"] if absolute else printed
    call = re.fullmatch(r"/?(?P<name>\w[\w.]*)\s*\((?P<arguments>[^()]*)\)", rest)
    if call is not None:
        names = tuple(name.strip() for name in call["arguments"].split(",") if name.strip())
        name = call["name"].rpartition(".")[2]
        if name[:1].isupper():
            # What begins with a capital makes a client; nothing is sent.
            return None
        path = "/" + name
        return Address(endpoint.method.upper(), host, path, (), endpoint.line, names)
    path, _, query = rest.partition("?")
    path = _slotted(re.sub(r"^<base[^<>]*>|^\{base[^{}]*\}", "", path))
    path = "/" + path.strip("/") if path.strip("/") else "/"
    if re.search(r"\s|[\"'`\\]", path):
        return None
    return Address(endpoint.method.upper(), host, path, tuple(_query(query)), endpoint.line)


def base_of(addresses: Iterable[Address], text: Text) -> str:
    """Return the address that the document gives to all of its paths, or an empty text."""
    full = [address.host + address.path for address in addresses if _HOST.match(address.host)]
    if not full:
        return _printed_base(text)
    bases = {found.rstrip("/") for line in text.lines for found in _BASE.findall(line)}
    fitting = [
        base for base in bases if _HOST.match(base) and all(f.startswith(base + "/") for f in full)
    ]
    fitting = [base for base in fitting if base not in full]
    return max(fitting, key=lambda base: (len(base), base), default=_host(full[0]))


def _host(address: str) -> str:
    found = _HOST.match(address)
    return found[0] if found else ""


def _printed_base(text: Text) -> str:
    """Return an address that the document calls its root."""
    for line in text.lines:
        if re.search(r"\b(relative to|root|base|host)\b", line, re.IGNORECASE):
            for found in _BASE.finditer(line):
                if _HOST.match(found[0]):
                    return found[0].rstrip("/")
    return ""


def _slotted(path: str) -> str:
    used: list[str] = []

    def slot(found: re.Match[str]) -> str:
        name = re.sub(r"\W+", "_", next(group for group in found.groups() if group)).strip("_")
        name = name or "value"
        used.append(name)
        count = used.count(name)
        return "{" + (name if count == 1 else f"{name}_{count}") + "}"

    return _SLOT.sub(slot, path)


def _query(query: str) -> Iterable[Query]:
    seen: set[str] = set()
    for part in query.split("&"):
        name, _, value = part.strip().partition("=")
        name = re.sub(r"[^\w.-]", "", name)
        if not name or name in seen:
            continue
        seen.add(name)
        is_constant = re.fullmatch(r"[a-z]+", value) is not None
        yield Query(name, value if is_constant else "")
