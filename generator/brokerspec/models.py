"""Models and enums to source, by datamodel-code-generator.

It is given a normalised document made from the IR, in which every name is already a
Python name and no text of a vendor occurs. What it writes carries marks for defaults,
wire names and docstrings, which are filled in here from the IR.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from brokerspec import ir
from brokerspec.formats import Formats
from brokerspec.text import docstring, literal

TEMPLATES: Final = Path(__file__).parent / "templates" / "models"
_DEFAULT: Final = re.compile(r' = "@@DEFAULT (\w+)\.(\w+)@@"')
_DOC: Final = re.compile(r'^    """@@DOC (\w+)(?:\.(\w+))?@@"""\n', re.MULTILINE)
_VALUE: Final = re.compile(r"[\"']@@VALUE (\w+) (\d+)@@[\"']")
_EMPTY: Final[Mapping[str, Any]] = {"type": "null"}


def write_models(api: ir.Api, formats: Formats) -> str:
    """Return the classes of models.py, without its header."""
    schemas = {model.name: _object(model, formats) for model in api.models}
    schemas |= {enum.name: _listing(enum) for enum in api.enums}
    if not schemas:
        return ""
    body = _classes(_generate(schemas))
    return _fill(body, api)


def formats_of(api: ir.Api) -> Formats:
    """Return the formats that the models and answers of an API use."""
    fields = [field.type for model in api.models for field in model.fields]
    answers = [operation.answer for operation in api.operations if operation.answer is not None]
    return Formats((part for type_ in fields + answers for part in parts(type_)), api.zone)


def parts(type_: ir.TypeRef) -> Iterable[ir.TypeRef]:
    """Return a type and every type inside it."""
    yield type_
    match type_:
        case ir.ListOf(item=inner) | ir.MapOf(value=inner) | ir.Nullable(of=inner):
            yield from parts(inner)
        case ir.TupleOf(items=several) | ir.OneOf(options=several):
            for inner in several:
                yield from parts(inner)
        case _:
            return


def _generate(schemas: Mapping[str, Any]) -> str:
    from datamodel_code_generator import InputFileType, generate
    from datamodel_code_generator.config import GenerateConfig
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import PythonVersion

    config = GenerateConfig(
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.MsgspecStruct,
        target_python_version=PythonVersion.PY_311,
        formatters=[],
        custom_template_dir=TEMPLATES,
        custom_file_header="#",
        disable_timestamp=True,
        disable_future_imports=True,
        keep_model_order=True,
        keyword_only=True,
        use_annotated=False,
        use_specialized_enum=True,
        use_standard_collections=True,
        use_tuple_for_fixed_items=True,
        use_union_operator=True,
    )
    document = {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": schemas},
    }
    made = generate(json.dumps(document), config=config)
    if not isinstance(made, str):
        raise TypeError("datamodel-code-generator returned no single module")
    return made


def _classes(module: str) -> str:
    """Return a module without its imports: those are the template's."""
    start = re.search(r"^class ", module, re.MULTILINE)
    return module[start.start() :].rstrip() + "\n" if start else ""


def _object(model: ir.Model, formats: Formats) -> dict[str, Any]:
    return {
        "type": "object",
        "required": [field.name for field in model.fields if field.is_required],
        "properties": {field.name: _schema(field.type, formats) for field in model.fields},
    }


def _listing(enum: ir.Enum) -> dict[str, Any]:
    return {
        "type": "string",
        "enum": [f"@@VALUE {enum.name} {index}@@" for index in range(len(enum.members))],
        "x-enum-varnames": [member.name for member in enum.members],
    }


def _schema(type_: ir.TypeRef, formats: Formats) -> dict[str, Any]:
    made = formats.of(type_)
    if made is not None:
        return {"customTypePath": f"formats.{made.alias}"}
    match type_:
        case ir.Scalar():
            return dict(_SCALARS[type_.python])
        case ir.Named(name=name):
            return {"$ref": f"#/components/schemas/{name}"}
        case ir.ListOf(item=item):
            return {"type": "array", "items": _schema(item, formats)}
        case ir.TupleOf(items=items):
            count = len(items)
            prefix = [_schema(item, formats) for item in items]
            bounds = {"minItems": count, "maxItems": count}
            return {"type": "array", "prefixItems": prefix, "items": False, **bounds}
        case ir.MapOf(value=value):
            return {"type": "object", "additionalProperties": _schema(value, formats)}
        case ir.OneOf(options=options):
            return {"anyOf": [_schema(option, formats) for option in options]}
        case ir.Nullable(of=inner):
            return {"anyOf": [_schema(inner, formats), _EMPTY]}


_SCALARS: Final[Mapping[str, Mapping[str, Any]]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "bool": {"type": "boolean"},
    "Any": {},
    "bytes": {"customTypePath": "builtins.bytes"},
    "Decimal": {"customTypePath": "decimal.Decimal"},
    "datetime": {"customTypePath": "datetime.datetime"},
    "date": {"customTypePath": "datetime.date"},
    "time": {"customTypePath": "datetime.time"},
    "Secret": {"customTypePath": "brokerspec_runtime.Secret"},
}


def _fill(body: str, api: ir.Api) -> str:
    """Put defaults, wire names, listed values and docstrings where the marks are."""
    models = {model.name: model for model in api.models}
    enums = {enum.name: enum for enum in api.enums}
    fields = {(m.name, f.name): f for m in api.models for f in m.fields}

    def default(match: re.Match[str]) -> str:
        field = fields[match[1], match[2]]
        if field.wire == field.name:
            return "" if field.is_required else " = None"
        rest = "" if field.is_required else ", default=None"
        return f" = field(name={literal(field.wire)}{rest})"

    def doc(match: re.Match[str]) -> str:
        if match[2] is None:
            owner = models.get(match[1]) or enums[match[1]]
            return f"    {docstring(owner.description, indent=4)}\n\n"
        if match[1] in enums:
            members = {member.name: member.description for member in enums[match[1]].members}
            text = members[match[2]]
        else:
            text = describe(fields[match[1], match[2]])
        return f"    {docstring(text, indent=4)}\n" if text else ""

    def value(match: re.Match[str]) -> str:
        return literal(enums[match[1]].members[int(match[2])].value)

    body = _DEFAULT.sub(default, body)
    body = _DOC.sub(doc, body)
    return _VALUE.sub(value, body)


def describe(field: ir.Field) -> str:
    """Return what a field's docstring says: its meaning and its wire name."""
    if field.wire == field.name:
        return field.description
    return f"{field.description} Wire name: `{field.wire}`.".strip()
