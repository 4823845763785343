"""Measure one small call through clients and by hand: `calls.py PORT ROUNDS [PEER PACKAGE]`.

By hand means the library's own request, with the same address and headers, and the bytes
of the answer; nothing is decoded. A client's call includes all that it does. With
pyreqwest there is a third call: by hand too, but with what nobody should leave out.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import msgspec
from rounds import Figures

from brokerspec_runtime import wire
from interactive_gateway import AsyncClient, Client
from interactive_gateway.models import Balance, BalanceAnswer

CALLS: Final = 200
OURS: Final = "our client"
HAND: Final = "by hand"
SAFE: Final = "by hand, bounded and typed"
SYNC: Final = ("requests", "httpx2", "httpx", "pyreqwest")
ASYNC: Final = ("httpx2", "httpx", "pyreqwest")


def base_of(name: str) -> str:
    """Return the name of the same call made by hand."""
    return name.replace(OURS, HAND).replace(SAFE, HAND)


def safe_of(name: str) -> str:
    """Return the name of the same call made by hand with care, where there is one."""
    return name.replace(OURS, SAFE)


def _repeat(call: Callable[[], object]) -> None:
    for _ in range(CALLS):
        call()


async def _repeat_async(call: Callable[[], Awaitable[object]]) -> None:
    for _ in range(CALLS):
        await call()


def _hand_sync(library: str, url: str, headers: dict[str, str]) -> Callable[[], object]:
    if library == "pyreqwest":
        from pyreqwest.client import SyncClientBuilder

        client = SyncClientBuilder().follow_redirects(False).build()
        return lambda: client.get(url).headers(headers).build().send().bytes()
    module: Any = importlib.import_module(library)
    if library == "requests":
        request = module.Session().request
        return lambda: request("GET", url, headers=headers, timeout=(5, 15)).content
    request = module.Client().request
    return lambda: request("GET", url, headers=headers).content


def _hand_async(library: str, url: str, headers: dict[str, str]) -> Callable[[], Awaitable[object]]:
    if library == "pyreqwest":
        from pyreqwest.client import ClientBuilder

        client = ClientBuilder().follow_redirects(False).build()

        async def pyreqwest() -> object:
            answer = await client.get(url).headers(headers).build().send()
            return await answer.bytes()

        return pyreqwest
    request = importlib.import_module(library).AsyncClient().request

    async def httpx() -> object:
        return (await request("GET", url, headers=headers)).content

    return httpx


class _Careful:
    """What a careful caller of pyreqwest adds: patience, a bound, the status and the types."""

    TOTAL: Final = timedelta(seconds=60)
    MOST: Final = 64 * 1024 * 1024

    def __init__(self, builder: Any) -> None:
        builder = builder.follow_redirects(False).connect_timeout(timedelta(seconds=5))
        self.client = builder.read_timeout(timedelta(seconds=15)).build()
        self._decoder = msgspec.json.Decoder(
            BalanceAnswer, strict=False, dec_hook=wire.decode_hook, float_hook=Decimal
        )

    def read(self, status: int, pieces: list[bytes]) -> Balance:
        """Return the balance in an answer."""
        if status != 200:
            raise ValueError(f"HTTP {status}")
        return self._decoder.decode(b"".join(pieces)).result.balance_list

    def keep(self, pieces: list[bytes], piece: bytes) -> None:
        """Take another piece of an answer."""
        pieces.append(piece)
        if sum(map(len, pieces)) > self.MOST:
            raise ValueError("too large")


def _careful_sync(url: str, headers: dict[str, str]) -> Callable[[], object]:
    from pyreqwest.client import SyncClientBuilder

    careful = _Careful(SyncClientBuilder())

    def call() -> Balance:
        request = careful.client.get(url).headers(headers).timeout(careful.TOTAL)
        pieces: list[bytes] = []
        with request.build_streamed() as answer:
            while (piece := answer.body_reader.read_chunk()) is not None:
                careful.keep(pieces, bytes(piece))
            return careful.read(answer.status, pieces)

    return call


def _careful_async(url: str, headers: dict[str, str]) -> Callable[[], Awaitable[object]]:
    from pyreqwest.client import ClientBuilder

    careful = _Careful(ClientBuilder())

    async def call() -> Balance:
        request = careful.client.get(url).headers(headers).timeout(careful.TOTAL)
        pieces: list[bytes] = []
        async with request.build_streamed() as answer:
            while (piece := await answer.body_reader.read_chunk()) is not None:
                careful.keep(pieces, bytes(piece))
            return careful.read(answer.status, pieces)

    return call


def _options(server: str) -> dict[str, Any]:
    return {"server": server, "secret_key": "s", "app_key": "a", "token": "t" * 40}


def _sync_subjects(server: str, figures: Figures) -> dict[str, Callable[[], object]]:
    request = Client(**_options(server)).prepare.get_balance()
    subjects: dict[str, Callable[[], object]] = {}
    for library in SYNC:
        try:
            importlib.import_module(library)
            client = Client(**_options(server), transport=library)
            calls = {
                f"{library}: {OURS}": client.get_balance,
                f"{library}: {HAND}": _hand_sync(library, request.url, dict(request.headers)),
            }
            if library == "pyreqwest":
                careful = _careful_sync(request.url, dict(request.headers))
                calls[f"{library}: {SAFE}"] = careful
        except (ImportError, ValueError) as problem:
            figures.left_out[library] = f"{library}: {problem}"
            continue
        subjects |= {name: partial(_repeat, call) for name, call in calls.items()}
    return subjects


def _async_subjects(
    loop: asyncio.AbstractEventLoop, server: str, figures: Figures
) -> dict[str, Callable[[], object]]:
    request = Client(**_options(server)).prepare.get_balance()

    def finish(call: Callable[[], Awaitable[object]]) -> None:
        loop.run_until_complete(_repeat_async(call))

    subjects: dict[str, Callable[[], object]] = {}
    for library in ASYNC:
        if library in figures.left_out:
            continue
        client = AsyncClient(**_options(server), transport=library)
        hand = _hand_async(library, request.url, dict(request.headers))
        subjects[f"{library}, asynchronous: {OURS}"] = partial(finish, client.get_balance)
        subjects[f"{library}, asynchronous: {HAND}"] = partial(finish, hand)
        if library == "pyreqwest":
            careful = _careful_async(request.url, dict(request.headers))
            subjects[f"{library}, asynchronous: {SAFE}"] = partial(finish, careful)
    return subjects


def _python_client(package: str, server: str) -> Callable[[], object]:
    """Return the call through openapi-python-client's client."""
    client = importlib.import_module(package).AuthenticatedClient(base_url=server, token="t" * 40)
    operation = importlib.import_module(f"{package}.api.default.get_balance")
    return lambda: operation.sync(client=client)


def _generator(package: str, server: str) -> Callable[[], object]:
    """Return the call through openapi-generator's client."""
    module = importlib.import_module(package)
    settings = module.Configuration(host=server, access_token="t" * 40)
    call: Callable[[], object] = module.DefaultApi(module.ApiClient(settings)).get_balance
    return call


def main() -> None:
    """Take the rounds and print the figures."""
    server, rounds = f"http://127.0.0.1:{sys.argv[1]}", int(sys.argv[2])
    figures = Figures()
    loop = asyncio.new_event_loop()
    subjects = _sync_subjects(server, figures)
    kinds = {"openapi-python-client": _python_client, "openapi-generator": _generator}
    for peer, package in zip(sys.argv[3::2], sys.argv[4::2], strict=True):
        subjects[peer] = partial(_repeat, kinds[peer](package, server))
    subjects |= _async_subjects(loop, server, figures)
    figures.measure(subjects, rounds)
    figures.took = {name: [each / CALLS for each in took] for name, took in figures.took.items()}
    figures.hand_over()


if __name__ == "__main__":
    main()
