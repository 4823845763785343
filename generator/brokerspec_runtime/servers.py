"""The base URL of a client: what a document leaves open in it, and what it must not be."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from .errors import InvalidArgument, NotSent
from .urls import urlsplit

# What would end the part of the URL that a variable stands in, or make a user of a host.
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\@?#%]|\.\.")


def check_server(server: str, *, allow_plain_http: bool) -> None:
    """Refuse a base URL that would carry tokens in the open."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument("the base URL must begin with https:// and name a host")
    if "@" in parts.netloc:
        raise InvalidArgument("the base URL must hold no user and password")
    if parts.scheme == "http" and not (allow_plain_http or _is_this_machine(parts.hostname)):
        raise InvalidArgument(
            f"{server} would carry tokens and data unencrypted: use https, or allow it with"
            " allow_plain_http=True"
        )


def server(
    template: str,
    variables: Mapping[str, tuple[str, str, Sequence[str]]],
    *,
    allow_plain_http: bool,
) -> str:
    """Return a base URL with its variables filled in.

    Each variable has the name of its argument, the value given and the values allowed.
    """
    url = template
    for variable, (name, value, allowed) in variables.items():
        if allowed and value not in allowed:
            raise InvalidArgument(f"{value!r} is no {name}; allowed: {', '.join(allowed)}")
        if _UNSAFE.search(value):
            raise InvalidArgument(f"{name} cannot be part of the base URL: {value!r}")
        url = url.replace("{" + variable + "}", value)
    check_server(url, allow_plain_http=allow_plain_http)
    return url


def of_operation(own: str, server: str, values: Mapping[str, object]) -> str:
    """Return where an operation with a server of its own is sent."""
    if own.startswith("/"):
        parts = urlsplit(server)
        return f"{parts.scheme}://{parts.netloc}{own}"
    if values[own] is None:
        raise NotSent(f"{own} is not set: give it to the client")
    return str(values[own])


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    # Most addresses are names over https and never come here.
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
