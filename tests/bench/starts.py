"""What a fresh process is asked to import and construct."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from typing import Final

from answers import filled
from peers import OPENAPI_PYTHON_CLIENT

PYTHON: Final = "start of Python alone"
LIBRARIES: Final = ("requests", "httpx2", "httpx", "pyreqwest.client")
TELL: Final = f"""
import sys
print(*(name for name in {[name.split(".")[0] for name in LIBRARIES]} if name in sys.modules))
"""
_CONSTRUCTED: Final = {"Client": ("requests", "httpx2"), "AsyncClient": ("httpx2",)}


def subjects(brokers: Iterable[str], peers: Mapping[str, str], modules: str) -> dict[str, str]:
    """Return the code of each thing to start, by name."""
    found = {PYTHON: "pass"}
    for library in LIBRARIES:
        found[f"import {library}"] = f"import {library}"
    for broker in brokers:
        found[f"{broker}: import"] = f"import {broker}"
        for kind, libraries in _CONSTRUCTED.items():
            options = filled(getattr(importlib.import_module(broker), kind))
            for library in libraries:
                name = f"{broker}: {kind} on {library}"
                given = {**options, "transport": library}
                found[name] = f"from {broker} import {kind}\n{kind}(**{given})"
    for peer, package in peers.items():
        found[f"{peer}: import"] = f"import {package}"
        if peer == OPENAPI_PYTHON_CLIENT:
            made = f"{package}.AuthenticatedClient('http://127.0.0.1', 'x').get_httpx_client()"
            found[f"{peer}: client and operations"] = f"{modules}\n{made}"
        else:
            made = f"{package}.DefaultApi({package}.ApiClient())"
            found[f"{peer}: client and operations"] = f"import {package}\n{made}"
    return found


def library_of(name: str) -> str:
    """Return the subject that imports only the HTTP library a client is built on."""
    return f"import {name.rpartition(' on ')[2]}"
