"""The values that a stream carries: the data of its events, or its lines of JSON."""

from __future__ import annotations

from typing import Final

from brokerspec import ir
from brokerspec.document import MediaType, Operation, Schema
from brokerspec.lower_responses import success_of, together
from brokerspec.media_types import essence, is_lines
from brokerspec.naming import pascal
from brokerspec.schema_types import ANY, Types

_EVENTS: Final = "text/event-stream"
# What an event has beside its data (HTML, section 9.2).
_MEMBERS: Final = frozenset({"data", "event", "id", "retry"})


def item_of(node: Operation, types: Types) -> ir.TypeRef | None:
    """Return the type of what a stream carries, None where the document does not say it.

    OpenAPI 3.1 has no place for it. What stands there may be one value, a list of all of
    them, or an event with its data.
    """
    hint = f"{pascal(node.operation_id)}Item"
    found: list[ir.TypeRef] = []
    for response in success_of(node):
        for media in response.content:
            if is_lines(media.name):
                found += [types.of(schema, hint) for schema in _schemas(media, types)]
    kind = together(found)
    is_said = kind is not None and kind not in (ANY, ir.Scalar("str"))
    return kind if is_said else None


def _schemas(media: MediaType, types: Types) -> list[Schema]:
    schema = media.item or media.schema
    if schema is None:
        return []
    whole = types.target(schema)
    if media.item is None and whole.items is not None:
        schema, whole = whole.items, types.target(whole.items)
    if essence(media.name) != _EVENTS:
        return [schema]
    options = whole.one_of or whole.any_of
    datas = [_data(types.target(option)) for option in options or (schema,)]
    if all(data is not None for data in datas):
        return _once([data for data in datas if data is not None], types)
    return [schema]


def _data(event: Schema) -> Schema | None:
    """Return what an event has as data, None where a schema describes no event."""
    is_event = "data" in event.properties and event.properties.keys() <= _MEMBERS
    return event.properties["data"] if is_event else None


def _once(datas: list[Schema], types: Types) -> list[Schema]:
    """Return the data of events without texts, beside which there are values."""
    values = [data for data in datas if types.target(data).types != ("string",)]
    return values or datas[:1]
