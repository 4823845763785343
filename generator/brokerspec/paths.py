"""Path templates: the names in their braces, and the text around them as a URL has it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote

_TEMPLATE: Final = re.compile(r"\{([^{}]*)\}")
# `{+path}`, `{path*}`, `{path=**}` and `{id:[0-9]+}` come from other kinds of templates.
_FOREIGN: Final = re.compile(r"[+#./;?&]?(?P<name>[^*=:]+)([*=:].*)?")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})?")
_SAFE: Final = "/:@!$&'()*+,;=-._~%?"


def placeholders(path: str, declared: Collection[str] = ()) -> list[str]:
    """Return the names in a template's braces, each once; `declared` ones are known."""
    return list(dict.fromkeys(_name(found, declared) for found in _TEMPLATE.findall(path)))


def wire_path(path: str, declared: Collection[str]) -> str:
    """Return a template whose text can be sent as it is; a fragment never reaches a server."""
    pieces = _TEMPLATE.split(path if path.startswith("/") else f"/{path}")
    written: list[str] = []
    for index, piece in enumerate(pieces):
        if index % 2:
            written.append("{" + _name(piece, declared) + "}")
            continue
        text, hash_, _ = piece.partition("#")
        written.append(_ESCAPE.sub(_escaped, quote(text, safe=_SAFE)))
        if hash_:
            break
    return "".join(written)


def _escaped(found: re.Match[str]) -> str:
    """Return a percent sign as HTTP libraries leave it alone."""
    return found[0].upper() if found[1] else "%25"


def is_tail(path: str, name: str) -> bool:
    """Say whether the template lets a value have several segments."""
    return any(
        found != name and _name(found, (name,)) == name and ("+" in found or "*" in found)
        for found in _TEMPLATE.findall(path)
    )


def _name(found: str, declared: Collection[str]) -> str:
    """Return the parameter that a placeholder means."""
    match = None if found in declared else _FOREIGN.fullmatch(found.strip())
    return match["name"].strip() if match and match["name"].strip() in declared else found
