"""Models and enums to source, by datamodel-code-generator.

It is given a normalised document made from the IR, in which nothing has a name of its own:
classes are `Class000000`, fields `f0` and members `M0`. So it has no reason to rename anything,
and no text of a vendor reaches it. Names, defaults and docstrings are put in here, in one
pass, so that what is put in is never searched again.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from brokerspec import ir
from brokerspec.formats import Formats
from brokerspec.formats import parts as parts
from brokerspec.text import docstring, literal

TEMPLATES: Final = Path(__file__).parent / "templates" / "models"
_MARKS: Final = re.compile(
    r' = "@@DEFAULT Class(?P<holder>\d+)\.f(?P<default>\d+)@@"'
    r'|^    """@@DOC Class(?P<owner>\d+)(?:\.(?P<part>[fM]\d+))?@@"""\n'
    r"|^    f(?P<field>\d+)(?=: .*@@DEFAULT Class(?P<struct>\d+)\.)"
    r"|^    M\d+ = [\"']Class(?P<enum>\d+)\.(?P<member>\d+)[\"']"
    r"|\bClass(?P<name>\d+)\b",
    re.MULTILINE,
)
_FIELD: Final = re.compile(
    r"""^(    f\d+: )(.*\b(?:Optional|Union)\[.*?)( = "@@DEFAULT .*)$""", re.MULTILINE
)
_OLD_UNION: Final = re.compile(r"\b(Optional|Union)\[")
_EMPTY: Final[Mapping[str, Any]] = {"type": "null"}


def write_models(api: ir.Api, formats: Formats) -> str:
    """Return the classes of models.py, without its header."""
    unsorted: tuple[ir.Model | ir.Enum, ...] = (*api.models, *api.enums)
    classes = sorted(unsorted, key=lambda made: made.name)
    if not classes:
        return ""
    marks = {made.name: f"Class{index:06}" for index, made in enumerate(classes)}
    schemas = {
        marks[made.name]: _object(made, formats, marks)
        if isinstance(made, ir.Model)
        else _listing(made, marks[made.name])
        for made in classes
    }
    return _fill(_classes(_generate(schemas)), classes)


def formats_of(api: ir.Api) -> Formats:
    """Return the formats that the models and answers of an API use."""
    fields = [field.type for model in api.models for field in model.fields]
    answers = [kind for operation in api.operations for kind in operation.received]
    classes = [model.name for model in api.models] + [enum.name for enum in api.enums]
    used = (part for type_ in fields + answers for part in parts(type_))
    return Formats(used, api.zone, classes, [enum.name for enum in api.enums])


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
    with warnings.catch_warnings():
        # Its advice is about documents, and this one is ours.
        warnings.simplefilter("ignore")
        made = generate(json.dumps(document), config=config)
    if not isinstance(made, str):
        raise TypeError("datamodel-code-generator returned no single module")
    return made


def _classes(module: str) -> str:
    """Return a module without its imports: those are the template's."""
    start = re.search(r"^class ", module, re.MULTILINE)
    body = module[start.start() :].rstrip() + "\n" if start else ""
    # The old spelling is what it gives for classes that refer to each other.
    return _FIELD.sub(lambda found: f"{found[1]}{_modern(found[2])}{found[3]}", body)


def _modern(hint: str) -> str:
    """Return an annotation with `|` where it has Optional and Union."""
    found = _OLD_UNION.search(hint)
    if found is None:
        return hint
    members, depth, end = [""], 1, found.end()
    while depth:
        mark = hint[end]
        depth += (mark == "[") - (mark == "]")
        if mark == "," and depth == 1:
            members.append("")
        elif depth:
            members[-1] += mark
        end += 1
    if found[1] == "Optional":
        members.append("None")
    inside = " | ".join(member.strip() for member in members)
    made = _modern(hint[: found.start()] + inside + hint[end:])
    return made.replace(" | None | None", " | None")


def _object(model: ir.Model, formats: Formats, marks: Mapping[str, str]) -> dict[str, Any]:
    fields = {f"f{index}": field for index, field in enumerate(model.fields)}
    return {
        "type": "object",
        "required": [mark for mark, field in fields.items() if field.is_required],
        "properties": {mark: _schema(field.type, formats, marks) for mark, field in fields.items()},
    }


def _listing(enum: ir.Enum, mark: str) -> dict[str, Any]:
    return {
        "type": "string",
        "enum": [f"{mark}.{index}" for index in range(len(enum.members))],
        "x-enum-varnames": [f"M{index}" for index in range(len(enum.members))],
    }


def _schema(type_: ir.TypeRef, formats: Formats, marks: Mapping[str, str]) -> dict[str, Any]:
    made = formats.of(type_)
    if made is not None:
        return {"customTypePath": f"formats.{made.alias}"}
    match type_:
        case ir.Scalar():
            return dict(_SCALARS[type_.python])
        case ir.Named(name=name):
            return {"$ref": f"#/components/schemas/{marks[name]}"}
        case ir.ListOf(item=item):
            return {"type": "array", "items": _schema(item, formats, marks)}
        case ir.TupleOf(items=items):
            count = len(items)
            prefix = [_schema(item, formats, marks) for item in items]
            bounds = {"minItems": count, "maxItems": count}
            return {"type": "array", "prefixItems": prefix, "items": False, **bounds}
        case ir.MapOf(value=value):
            return {"type": "object", "additionalProperties": _schema(value, formats, marks)}
        case ir.OneOf(options=options):
            return {"anyOf": [_schema(option, formats, marks) for option in options]}
        case ir.Nullable(of=inner):
            return {"anyOf": [_schema(inner, formats, marks), _EMPTY]}


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


def _fill(body: str, classes: Sequence[ir.Model | ir.Enum]) -> str:
    """Put names, defaults, listed values and docstrings where the marks are."""

    def filled(match: re.Match[str]) -> str:
        found = {key: text for key, text in match.groupdict().items() if text is not None}
        match found:
            case {"holder": holder, "default": index}:
                return _default(_fields(classes[int(holder)])[int(index)])
            case {"owner": owner, "part": part}:
                text = _part(classes[int(owner)], part)
                return f"    {docstring(text, indent=4)}\n" if text else ""
            case {"owner": owner}:
                text = classes[int(owner)].description or "The document does not say what it is."
                return f"    {docstring(text, indent=4)}\n\n"
            case {"field": index, "struct": struct}:
                return f"    {_fields(classes[int(struct)])[int(index)].name}"
            case {"enum": enum, "member": index}:
                member = _members(classes[int(enum)])[int(index)]
                return f"    {member.name} = {literal(member.value)}"
            case _:
                return classes[int(found["name"])].name

    return _MARKS.sub(filled, body)


def _fields(made: ir.Model | ir.Enum) -> tuple[ir.Field, ...]:
    return made.fields if isinstance(made, ir.Model) else ()


def _members(made: ir.Model | ir.Enum) -> tuple[ir.Member, ...]:
    return made.members if isinstance(made, ir.Enum) else ()


def _part(made: ir.Model | ir.Enum, mark: str) -> str:
    """Return what the docstring of a field or member says."""
    index = int(mark[1:])
    if mark.startswith("M"):
        return _members(made)[index].description
    return describe(_fields(made)[index])


def _default(field: ir.Field) -> str:
    if field.wire == field.name:
        return "" if field.is_required else " = None"
    rest = "" if field.is_required else ", default=None"
    return f" = field(name={literal(field.wire)}{rest})"


def describe(field: ir.Field) -> str:
    """Return what a field's docstring says: its meaning and its wire name."""
    if field.wire == field.name:
        return field.description
    return f"{field.description} Wire name: `{field.wire}`.".strip()
