"""Call each method of a generated client and hold what it sent against the document."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, cast, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from msgspec import Struct

from brokerspec import ir
from brokerspec_runtime import Request, Secret, codec, wire
from brokerspec_runtime.enums import OpenEnum, OpenIntEnum
from brokerspec_runtime.errors import UnexpectedResponse
from brokerspec_runtime.extended import OTHERS
from foreign import parsing
from foreign.book import Target

JSON = Any


@cache
def _names(package: str) -> dict[str, object]:
    """Return what annotations of a package may name, also where it is imported for them only."""
    found: dict[str, object] = {}
    models = importlib.import_module(f"{package}.models")
    found |= vars(models)
    for part in pkgutil.iter_modules(getattr(models, "__path__", ())):
        found |= vars(importlib.import_module(f"{package}.models.{part.name}"))
    found |= {one.__name__: one for one in (Sequence, Mapping, Decimal, Secret)}
    return found | {"datetime": datetime, "date": date, "time": time, "Any": Any, "wire": wire}


def hints_of(method: Any) -> dict[str, Any]:
    """Return the types of the arguments of a method."""
    plain = method.__func__
    return get_type_hints(
        plain, {**_names(plain.__module__.partition(".")[0]), **plain.__globals__}
    )


def arguments_of(target: Target, method: Any, asked: Mapping[str, JSON]) -> dict[str, object]:
    """Return the arguments of a method for values by place and wire name."""
    hints = hints_of(method)
    made = target.made
    given: dict[str, object] = {}
    places = {
        "path": made.path_slots,
        "query": made.query_slots,
        "header": made.header_slots,
        "cookie": made.cookie_slots,
    }
    for place, slots in places.items():
        for slot in slots:
            key = f"{place}:{slot.wire}"
            if isinstance(slot.filling, ir.Argument) and key in asked:
                given[slot.filling.name] = typed(hints[slot.filling.name], asked[key])
    if made.body is not None and "body" in asked:
        if isinstance(made.body.body, ir.Argument):
            name = made.body.body.name
            given[name] = typed(hints[name], asked["body"])
        else:
            for slot in made.body.body.slots:
                if isinstance(slot.filling, ir.Argument) and slot.wire in asked["body"]:
                    name = slot.filling.name
                    given[name] = typed(hints[name], asked["body"][slot.wire])
                    if given[name] is not None:
                        given |= _headers_of(slot, asked, hints)
            if others := made.body.body.others:
                named = {slot.wire for slot in made.body.body.slots}
                members = {k: one for k, one in asked["body"].items() if k not in named}
                given[others.name] = typed(hints[others.name], members)
    return given


def _headers_of(
    slot: ir.Slot, asked: Mapping[str, JSON], hints: Mapping[str, Any]
) -> dict[str, object]:
    """Return the arguments that are headers of a part."""
    found = [
        (header.filling.name, asked[f"{slot.wire}:{header.wire}"])
        for header in (slot.style.headers if slot.style else ())
        if isinstance(header.filling, ir.Argument)
    ]
    return {name: typed(hints[name], value) for name, value in found}


def typed(hint: Any, value: JSON) -> object:
    """Return a JSON value as an argument of this annotation; ValueError when it is none."""
    origin = get_origin(hint)
    if hint == wire.FileContent or set(get_args(wire.FileContent)) < set(get_args(hint)):
        return value.encode()
    if origin is tuple and isinstance(value, list):
        return tuple(typed(one, item) for one, item in zip(get_args(hint), value, strict=True))
    if origin in (Union, UnionType):
        return _one_of(get_args(hint), value)
    if hint in (Any, object):
        return _exact(value)
    if origin in (list, Sequence) or (isinstance(origin, type) and issubclass(origin, Sequence)):
        if not isinstance(value, list):
            raise ValueError(value)
        return [typed(get_args(hint)[0], item) for item in value]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise ValueError(value)
        return {name: typed(get_args(hint)[1], item) for name, item in value.items()}
    if hint is NoneType and value is None:
        return None
    if hint is Secret:
        return Secret(str(value))
    if isinstance(hint, type) and issubclass(hint, OpenEnum | OpenIntEnum):
        member = cast("Any", hint)(value)
        if not member.is_known:
            raise ValueError(value)
        return member
    if isinstance(value, float) and hint is Decimal:
        return Decimal(repr(value))
    return _decoded(hint, value)


def _decoded(hint: Any, value: JSON) -> object:
    if isinstance(hint, type) and OTHERS in getattr(hint, "__struct_encode_fields__", ()):
        hint = wire.extended(hint)
    made, deviations = codec.decode(json.dumps(value).encode(), hint)
    if deviations or (isinstance(made, bool) is not isinstance(value, bool)):
        raise ValueError(value)
    return made


def _exact(value: JSON) -> object:
    return json.loads(json.dumps(value), parse_float=Decimal)


def _one_of(options: tuple[Any, ...], value: JSON) -> object:
    if value is None and NoneType in options:
        return None
    fitting: list[tuple[int, object]] = []
    for option in options:
        if option is NoneType:
            continue
        try:
            made = typed(option, value)
        except (ValueError, ArithmeticError, TypeError, UnexpectedResponse):
            continue
        fitting.append((_kept(made, value) if _is_listed(made) else -1, made))
    if not fitting:
        raise ValueError(value)
    return max(fitting, key=lambda pair: pair[0])[1]


def _is_listed(made: object) -> bool:
    """Say whether every value that a document lists is one of those, so that it may be sent."""
    if isinstance(made, OpenEnum):
        return made.is_known
    if isinstance(made, Struct):
        return all(_is_listed(getattr(made, name)) for name in made.__struct_fields__)
    return all(map(_is_listed, made)) if isinstance(made, list | tuple) else True


def _kept(made: object, value: JSON) -> int:
    """Return how much of a value a candidate holds."""
    if type(made) is type(value):
        return 1_000
    if isinstance(made, Struct):
        return sum(item is not None for item in (getattr(made, f) for f in made.__struct_fields__))
    return 0


def check(target: Target, asked: Mapping[str, JSON], request: Request) -> None:
    """Hold a request against the values that its arguments were given."""
    url = urlsplit(request.url)
    held = [target.made.attachments, *target.made.alternatives]
    credentials = {(one.place, one.name.lower()) for several in held for one in several}
    assert request.method == target.made.method
    segments = parsing.split_path(target.made.path, url.path)
    for (place, name), parameter in target.parameters.items():
        wanted = asked.get(f"{place}:{name}")
        found = _found(place, name, parameter, wanted, request, segments)
        if wanted is None and (place, name.lower()) in credentials:
            continue
        assert _same(found, wanted), f"{place} {name}: sent {found!r} for {wanted!r}"
    if target.kind:
        check_body(target, asked, request)


def _found(
    place: str,
    name: str,
    parameter: Mapping[str, JSON],
    wanted: JSON,
    request: Request,
    segments: Mapping[str, str] | None,
) -> JSON:
    kind = "array" if isinstance(wanted, list) else "object" if isinstance(wanted, dict) else ""
    is_json = "content" in parameter
    if place == "path":
        if segments is None or name not in segments:
            return wanted
        return parsing.path_value(parameter, segments[name], kind)
    if place == "query":
        members = {
            key: "array" if isinstance(item, list) else ""
            for key, item in (wanted.items() if kind == "object" else ())
        }
        query = urlsplit(request.url).query
        text = parsing.query_value(parameter, query, "" if is_json else kind, members)
        return parsing.json_body(text.encode()) if is_json and text is not None else text
    headers = {key.lower(): value for key, value in request.headers.items()}
    if place == "header":
        raw = headers.get(name.lower())
        if is_json and raw is not None:
            return parsing.json_body(raw.encode())
        return None if raw is None else parsing.header_value(parameter, raw, kind)
    crumbs = parsing.cookies(headers.get("cookie", ""))
    if kind != "object" or is_json:
        return crumbs.get(name)
    if parameter.get("explode", True):
        return {key: crumbs[key] for key in wanted if key in crumbs} or None
    parts = str(crumbs.get(name, "")).split(",")
    return dict(zip(parts[::2], parts[1::2], strict=False))


def _same(found: JSON, wanted: JSON) -> bool:
    if isinstance(wanted, dict | list):
        found, wanted = _without_nothing(found), _without_nothing(wanted)
    if wanted is None or wanted in ([], {}):
        # Nothing stands for none, and a list without items cannot be told from none.
        return found in (None, "", [], {}, "null")
    wanted = parsing.words(wanted)
    return bool(parsing.as_numbers(found, wanted) == wanted) or parsing.words(found) == wanted


def without_null(value: JSON) -> JSON:
    """Return a value without what is null: an argument that is None is not sent."""
    if isinstance(value, dict):
        return {name: without_null(one) for name, one in value.items() if one is not None}
    if isinstance(value, list):
        return [without_null(one) for one in value if one is not None]
    return value


def _without_nothing(value: JSON) -> JSON:
    """Return a value without null and what is empty, which a URL or form has no sign for."""
    if isinstance(value, dict):
        members = {name: _without_nothing(one) for name, one in value.items()}
        return {name: one for name, one in members.items() if one not in (None, [], {})}
    if isinstance(value, list):
        return [one for one in map(_without_nothing, value) if one not in (None, [], {})]
    return value


def check_body(target: Target, asked: Mapping[str, JSON], request: Request) -> None:
    """Hold a body against the values that it was made of."""
    wanted = asked["body"]
    body = request.body or b""
    stated = {key.lower(): value for key, value in request.headers.items()}.get("content-type", "")
    if not body and not target.is_body_required:
        is_form = target.kind in ("form", "multipart")
        shown = _without_nothing(wanted) if is_form else without_null(wanted)
        assert shown in ({}, None, [], ""), f"sent nothing for {wanted!r}"
        return
    if target.kind == "json":
        found = parsing.json_body(body)
        same = [parsing.words(without_null(one)) for one in (found, wanted)]
        assert same[0] == same[1], f"sent {found!r} for {wanted!r}"
    elif target.kind == "content":
        assert body == wanted.encode()
    elif target.kind == "form":
        encodings = target.content.get("encoding", {})
        for name, item in wanted.items():
            found = parsing.form_value(body, name, item, encodings.get(name, {}))
            assert _same(found, item), f"{name}: sent {found!r} for {item!r}"
    else:
        parts = parsing.multipart_body(body, stated)
        for name, item in wanted.items():
            found = parsing.part_value([part for part, _ in parts.get(name, [])], item)
            assert _same(found, item), f"{name}: sent {found!r} for {item!r}"
        for key, header in target.part_headers.items():
            part, _, name = key.partition(":")
            for _, headers in parts.get(part, []):
                _check_header(name, header, headers.get(name.lower()), asked[key])


def _check_header(name: str, header: JSON, raw: str | None, wanted: JSON) -> None:
    kind = "array" if isinstance(wanted, list) else "object" if isinstance(wanted, dict) else ""
    found = None if raw is None else parsing.header_value(header, raw, kind)
    assert _same(found, wanted), f"{name} of a part: sent {found!r} for {wanted!r}"


def reach(client: Any, operation: ir.Operation) -> Any:
    """Return the method of a client for an operation."""
    if not operation.group:
        return getattr(client, operation.name)
    return getattr(getattr(client, operation.group), operation.member)
