"""Types of fields to source, by datamodel-code-generator: every shape of a type only once.

A shape is a schema in which no name occurs: each class and format that it mentions is `R0`,
`R1` and so on. Documents of any size are made of a few dozen shapes. Those that are common
come with this package, others are remembered, so the library is seldom loaded. What it, a file
or a cache says about a shape counts only when it is nothing but a type.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from brokerspec import cache as memory

KNOWN: Final = Path(__file__).with_name("shapes.json")
LIBRARY: Final = "datamodel-code-generator"
_WORDS: Final = "Any|Decimal|None|Secret|bool|bytes|date|datetime|dict|int|list|str|time|tuple"
_TYPE: Final = re.compile(rf"(?:(?:{_WORDS}|R\d+)\b|[\[\], ]| \| )+")
_FIELD: Final = re.compile(r"^    f(?P<index>\d+): (?P<type>.+)$", re.MULTILINE)
# More than any document has; a cache that grew beyond it is begun again.
_MOST: Final = 20_000


def types_of(shapes: Iterable[str]) -> dict[str, str]:
    """Return the Python type of every shape; shapes are schemas as JSON texts."""
    wanted = dict.fromkeys(shapes)
    found = {shape: known for shape in wanted if (known := _known().get(shape))}
    missing = [shape for shape in wanted if shape not in found]
    if missing:
        key = memory.key_of(b"shapes")
        earlier = _sound(memory.recall(key) or {})
        new = make([shape for shape in missing if shape not in earlier])
        if new:
            kept = earlier if len(earlier) < _MOST else {}
            memory.remember(key, kept | new)
        found |= {shape: (new | earlier)[shape] for shape in missing}
    return found


def make(shapes: Iterable[str]) -> dict[str, str]:
    """Return the Python types of shapes, all of them made now."""
    ordered = list(shapes)
    if not ordered:
        return {}
    fields = {f"f{index}": json.loads(shape) for index, shape in enumerate(ordered)}
    module = _generate({"type": "object", "required": list(fields), "properties": fields})
    made = {ordered[int(match["index"])]: match["type"] for match in _FIELD.finditer(module)}
    if len(_sound(made)) != len(ordered):
        raise TypeError(f"{LIBRARY} did not return a type for every shape")
    return made


@cache
def _known() -> Mapping[str, str]:
    """Return the shapes that come with this package, when they are of the library installed."""
    content = json.loads(KNOWN.read_bytes())
    return _sound(content["types"]) if content["version"] == memory.version_of(LIBRARY) else {}


def _sound(found: Mapping[str, Any]) -> dict[str, str]:
    """Return the entries whose text is a type and nothing else."""
    return {
        shape: text
        for shape, text in found.items()
        if isinstance(text, str) and _TYPE.fullmatch(text)
    }


def _generate(schema: Mapping[str, Any]) -> str:
    from datamodel_code_generator import InputFileType, generate
    from datamodel_code_generator.config import GenerateConfig
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import PythonVersion

    config = GenerateConfig(
        input_file_type=InputFileType.OpenAPI,
        output_model_type=DataModelType.MsgspecStruct,
        target_python_version=PythonVersion.PY_311,
        formatters=[],
        disable_timestamp=True,
        disable_future_imports=True,
        use_annotated=False,
        use_standard_collections=True,
        use_tuple_for_fixed_items=True,
        use_union_operator=True,
    )
    document = {
        "openapi": "3.1.0",
        "info": {"title": "shapes", "version": "1"},
        "paths": {},
        "components": {"schemas": {"Shapes": schema}},
    }
    with warnings.catch_warnings():
        # They are about decoding with its own models, which these are not.
        warnings.simplefilter("ignore")
        return cast("str", generate(json.dumps(document), config=config))
